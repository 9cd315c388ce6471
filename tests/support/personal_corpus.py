"""A labelled corpus of personal data and of what only looks like it, made from a seed: no number belongs to anybody on purpose.

`positives(count)`: (text, kind) with right check digits, in the spellings that people use. `look_alikes(count)`: texts of offices, codes,
amounts, times and places with none in them. Not here: the judge.
"""

from collections.abc import Callable, Iterator

from pipelines.sample.random_values import RandomSource, make_credit_code, make_identity_card

DIVISIONS = ("210102", "210202", "210303", "210502", "211302", "110105", "370102", "440305", "832000")
PROVIDERS = ("qq.com", "163.com", "126.com", "sina.com", "vip.163.com", "139.com", "gmail.com", "foxmail.com")
STREETS = ("南京南街", "崇山东路", "长白街", "人民路", "黄河大街", "青年大街")
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
AROUND = (
    "{}",
    "联系人（示例）{}",
    "备注：{}，请勿外传。",
    "示例人员 {} 已登记",
    "（{}）",
    "见附件；{}；共 2 项",
    "id:{}",
)
ISSUERS = ("622202", "621700", "60", "4563", "5234", "3568")


def spellings(source: RandomSource, number: str, *groups: int) -> str:
    """The number as somebody might type it: plain, full-width, in groups, digit by digit, with characters of no width."""
    parts, at = [], 0
    for size in groups:
        parts.append(number[at : at + size])
        at += size
    ways: tuple[Callable[[], str], ...] = (
        lambda: number,
        lambda: number.translate(WIDE),
        lambda: " ".join(parts),
        lambda: "-".join(parts),
        lambda: "\u3000".join(parts),
        lambda: " ".join(number),
        lambda: "\u200b".join(parts),
        lambda: "\u2014".join(parts),
    )
    return source.choice(ways)()


def identity_card(source: RandomSource) -> tuple[str, str]:
    day = f"{source.randint(1930, 2018)}{source.randint(1, 12):02d}{source.randint(1, 28):02d}"
    number = make_identity_card(source.choice(DIVISIONS), day, source.randint(1, 998))
    return spellings(source, number, 6, 8, 4), "identity_card"


def bank_card(source: RandomSource) -> tuple[str, str]:
    start = source.choice(ISSUERS)
    size = 16 if start[0] in "345" else source.choice((16, 19))
    body = start + "".join(source.choice("0123456789") for _ in range(size - len(start) - 1))
    total = sum(sum(divmod(int(digit) * (2 - at % 2), 10)) for at, digit in enumerate(reversed(body)))
    return spellings(source, f"{body}{-total % 10}", 4, 4, 4, 4, *((3,) if size > 16 else ())), "bank_card"


def mobile(source: RandomSource) -> tuple[str, str]:
    number = f"1{source.choice('3456789')}{source.randint(0, 10**9 - 1):09d}"
    return source.choice(("", "+86 ", "0086", "手机", "Tel:")) + spellings(source, number, 3, 4, 4), "mobile"


def private_email(source: RandomSource) -> tuple[str, str]:
    local = source.choice(("zhang.san", "example", "a_b", "100200300", "lily+x"))
    return f"{local}{source.randint(1, 9999)}{source.choice('@＠')}{source.choice(PROVIDERS)}", "private_email"


def passport(source: RandomSource) -> tuple[str, str]:
    number = source.choice(
        (f"E{source.randint(0, 10**8 - 1):08d}", f"E{source.choice('ABCDEFGH')}{source.randint(0, 10**7 - 1):07d}")
    )
    return source.choice(("护照", "护照号码：", "Passport No. ", "护\u200b照号 ")) + number, "passport"


def officer_card(source: RandomSource) -> tuple[str, str]:
    number = f"{source.choice('军士')}字第{source.randint(10**5, 10**8)}号"
    return source.choice(("", "军官证：", "军官证号 ", "士兵证 ")) + number, "officer_card"


def home_address(source: RandomSource) -> tuple[str, str]:
    word = source.choice(("家庭住址：", "现住址 ", "户籍地址:", "家庭地址为"))
    return (
        f"{word}沈阳市和平区{source.choice(STREETS)}{source.randint(1, 300)}号{source.randint(1, 9)}单元",
        "home_address",
    )


def mangled_number(source: RandomSource) -> tuple[str, str]:
    return f"{source.choice(('2.10102', '2.10303199', '1.10105', '3.70102'))}E+17", "mangled_number"


CHECKSUMMED = (identity_card, bank_card)
OTHERS = (mobile, private_email, passport, officer_card, home_address)
WHOLE_CELLS = (mangled_number,)


def positives(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """`count` texts of every kind with the kind that stands in it."""
    source = RandomSource.seeded_by("positives", seed)
    for _ in range(count):
        for make in (*CHECKSUMMED, *OTHERS):
            text, kind = make(source)
            around = "{}" if kind in {"officer_card", "passport", "home_address"} else source.choice(AROUND)
            yield around.format(text), kind
        for make in WHOLE_CELLS:
            yield make(source)


def look_alike(source: RandomSource) -> str:
    """One text in which nothing belongs to a person."""
    return source.choice(LOOK_ALIKES)(source)


LOOK_ALIKES: tuple[Callable[[RandomSource], str], ...] = (
    lambda s: make_credit_code(s.choice(("11", "12", "51", "52", "91")), s.choice(DIVISIONS[:5]), s.randint(0, 99999)),
    lambda s: f"统一社会信用代码：{make_credit_code('51', '210100', s.randint(0, 99999))}",
    lambda s: f"{s.choice(('024', '0411', '0412', '010'))}-{s.randint(2, 8)}{s.randint(0, 9999999):07d}",
    lambda s: f"0411-{s.randint(8, 8)}{s.randint(0, 9999999):07d} 转 {s.randint(8000, 8999)}；024-{s.randint(2, 2)}{s.randint(0, 9999999):07d}",
    lambda s: f"400-{s.randint(100, 999)}-{s.randint(1000, 9999)}",
    lambda s: f"LN-{s.choice(DIVISIONS[:5])}-FB{s.randint(1, 9):02d}-{s.randint(1, 99999):05d}",
    lambda s: f"EV-{s.randint(2015, 2026)}-{s.randint(2101, 2114)}-{s.randint(1, 9999):04d}",
    lambda s: f"{s.randint(2016, 2026)}-210102-{s.randint(10, 99)}-{s.randint(1, 99):02d}-{s.randint(1, 999999):06d}",
    lambda s: f"大体许〔{s.randint(2020, 2026)}〕{s.randint(1, 300)}号",
    lambda s: f"沈房权证中心字第N{s.randint(10**8, 10**9 - 1)}号",
    lambda s: f"辽体群字第{s.randint(1, 9999)}号",
    lambda s: f"{s.randint(2000, 2026)}-{s.randint(1, 12):02d}-{s.randint(1, 28):02d} {s.randint(0, 23):02d}:{s.randint(0, 59):02d}:{s.randint(0, 59):02d}",
    lambda s: f"{s.randint(2000, 2026)}{s.randint(1, 12):02d}{s.randint(1, 28):02d}{s.randint(0, 23):02d}{s.randint(0, 59):02d}{s.randint(0, 59):02d}",
    lambda s: f"{s.randint(118, 125)}.{s.randint(0, 10**8):08d},{s.randint(38, 43)}.{s.randint(0, 10**8):08d}",
    lambda s: f"{s.randint(1, 10**10)}.{s.randint(0, 99):02d}元",
    lambda s: f"{s.randint(1, 99)},{s.randint(100, 999)},{s.randint(100, 999)},{s.randint(100, 999)}.00",
    lambda s: f"沈阳市{s.choice(('和平区', '皇姑区', '浑南区'))}{s.choice(STREETS)}{s.randint(1, 400)}号{s.randint(1, 30)}层{s.randint(100, 3099)}室",
    lambda s: f"http://www.lnsports.gov.cn/zfxxgk/{s.randint(2015, 2026)}{s.randint(1, 12):02d}/t{s.randint(2015, 2026)}{s.randint(1, 12):02d}{s.randint(1, 28):02d}_{s.randint(10**6, 10**7)}.html",
    lambda s: f"tyj{s.randint(1, 99)}@ln.gov.cn",
    lambda s: f"场地{s.randint(1, 40)}片，座席 {s.randint(100, 60000)}，建成 {s.randint(1980, 2025)} 年，面积 {s.randint(100, 99999)} ㎡",
    lambda s: f"出厂编号 {s.choice('EG')}{s.randint(10**7, 10**8 - 1)}",
    lambda s: f"{s.choice('EG')}{s.randint(10**7, 10**8 - 1)}",
    lambda s: f"SN{s.randint(10**11, 10**12)}",
    lambda s: f"第{s.randint(1, 30)}组 第{s.randint(1, 8)}道 {s.randint(10, 59)}.{s.randint(0, 99):02d} 秒",
    lambda s: f"报名需携带护照或军官证，电话 024-{s.randint(2, 2)}{s.randint(0, 9999999):07d}",
    lambda _: "报名表须填写家庭住址、联系方式，本页不公开",
    lambda s: f"{s.randint(10**7, 10**8)}",
    lambda s: f"192.168.{s.randint(0, 255)}.{s.randint(0, 255)}:{s.randint(1024, 65535)}",
    lambda s: f"国统字〔{s.randint(2015, 2026)}〕{s.randint(1, 200)}号；统计用区划代码 210102{s.randint(1, 999):03d}{s.randint(1, 999):03d}",
    lambda s: f"6{s.randint(3, 9)}{s.randint(10**14, 10**15 - 1)}",
)  # fmt: skip


def look_alikes(count: int, seed: int = 2) -> list[str]:
    """`count` texts with nothing of a person in them."""
    source = RandomSource.seeded_by("look-alikes", seed)
    return [look_alike(source) for _ in range(count)]
