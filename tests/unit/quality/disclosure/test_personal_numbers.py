"""What belongs to a person is seen however it is written, masked, and told from the numbers of offices."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.disclosure.folding import fold_text
from quality.disclosure.personal_numbers import find_personal_numbers, mask_personal_numbers

CARD, STARRED = "21010219900307125X", "210102********125X"
OTHER, OTHER_STARRED = "11010519491231002X", "110105********002X"
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
MOBILE, MOBILE_STARRED = "13800138000", "138********"
BANK, BANK_STARRED = "6222021234567890128", "6222***************"


def found_in(text):
    return [(one.kind, one.masked) for one in find_personal_numbers(fold_text(text))]


def test_the_cards_of_this_test_are_right_by_the_other_formula():
    assert [(2 * int(card[:17], 13) + "0123456789X".index(card[17])) % 11 for card in (CARD, OTHER)] == [1, 1]


@pytest.mark.parametrize(
    "text",
    [
        CARD, CARD.lower(), CARD.translate(WIDE), f"张三{CARD}，电话", f"身份证：{CARD}。", "210102 19900307 125X", "210102-19900307-125-X",
        "210102\u3000－19900307\u2014\u2014125X", " ".join(CARD), "210102.19900307.125X", "210102/1990/03/07/125X", "210102·19900307·125X", "_".join(CARD),
        "2️⃣1️⃣0️⃣1️⃣0️⃣2️⃣1️⃣9️⃣9️⃣0️⃣0️⃣3️⃣0️⃣7️⃣1️⃣2️⃣5️⃣X", "\u202a210102\u206219900307\u2063125X\u202c", "2101021990\u200b0307125X", f"id_{CARD}_x", f"12345,{CARD}",
        "²¹⁰¹⁰²¹⁹⁹⁰⁰³⁰⁷¹²⁵X", "𝟐𝟏𝟎𝟏𝟎𝟐𝟏𝟗𝟗𝟎𝟎𝟑𝟎𝟕𝟏𝟐𝟓Ⅹ", "姓名\n210102\n19900307125X",
    ],
)  # fmt: skip
def test_a_card_is_found_however_it_is_written_and_only_its_ends_are_shown(text):
    assert found_in(text) == [("identity_card", STARRED)]


def test_several_numbers_are_found_in_their_order():
    text = f"{CARD} {MOBILE}，{OTHER}"
    assert [masked for _, masked in found_in(text)] == [STARRED, MOBILE_STARRED, OTHER_STARRED]
    assert [masked for _, masked in found_in(f"{MOBILE} {CARD}")] == [MOBILE_STARRED, STARRED]


@pytest.mark.parametrize("text", ["210102900307123", "身份证号 210102 900307 123", "２１０１０２９００３０７１２３"])
def test_an_old_card_of_fifteen_digits_needs_a_real_birthday(text):
    assert found_in(text) == [("identity_card", "210102*********")]
    assert found_in(text.replace("0307", "1331").replace("０３０７", "１３３１")) == []


@pytest.mark.parametrize(
    "text",
    [
        MOBILE, f"手机{MOBILE}，", f"Tel:{MOBILE}", f"tel{MOBILE}", MOBILE.translate(WIDE), "138-0013-8000", "138 0013 8000", "138.0013.8000",
        "138—0013—8000", "138/0013/8000", "(138)0013-8000", "(138)00138000", "138-00138000", "1380013-8000", "138 001 38000", " ".join(MOBILE),
        "138\u200b00138000", "138\u00a00013\u00a08000", "+86 13800138000", "(+86)138-0013-8000", "0086-13800138000", "8613800138000", "013800138000",
        "024-23206016、13800138000", "王老师 13800138000（微信同号）", "①③⑧⓪⓪①③⑧⓪⓪⓪", "https://example.org/?tel=13800138000",
    ],
)  # fmt: skip
def test_a_mobile_number_is_found_however_it_is_written(text):
    assert found_in(text) == [("mobile", MOBILE_STARRED)]


@pytest.mark.parametrize(
    "text", [BANK, f"卡号{BANK}", "6222 0212 3456 7890 128", "6222-0212-3456-7890-128", " ".join(BANK), "6222.0212.3456.7890.128", "6222·0212·3456·7890·128", BANK.translate(WIDE), "622202 1234567890128"]
)  # fmt: skip
def test_a_bank_card_is_found_however_it_is_written(text):
    assert found_in(text) == [("bank_card", BANK_STARRED)]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("邮箱example123@qq.com，", "***@qq.com"), ("name＠１６３．com", "***@163.com"), ("a.b@vip.163.com", "***@163.com"), ("A_B@QQ.COM", "***@qq.com"),
        ("x @ qq.com", "***@qq.com"), ("mailto:zhang@outlook.com?subject=x", "***@outlook.com"), ("a+b@gmail.com.", "***@gmail.com"),
    ],
)  # fmt: skip
def test_a_private_mailbox_is_found_however_it_is_written(text, masked):
    assert found_in(text) == [("private_email", masked)]


@pytest.mark.parametrize(
    "text",
    [
        "", "辽宁省沈阳市和平区南京南街 24 号", CARD[:-1], f"1{CARD}", f"{CARD}1", f"A{CARD}", f"{CARD}Z",
        "21010219901307125X", "010102199003071239", "210102179003071230",
        # landlines
        "024-23206016", "024-23206016 024-23206017 024-2320", "02423206016", "010-82345678", "0411-82345678-8001", "400-123-4567", "12345",
        "62345678 62345679", "024-62345678 62345679", "024-23206016转8001",
        # codes of our contracts
        "91110000600037341L", "51210100MJX000018F", "12210000463000000X-2025", "LN-210102-FB01-00001", "EV-2013-211302-0001", "EV-2026-2113-0001",
        "OP-210102-FB01-00001-001", "FE-210102-139123", "SR-2101-0001", "大体许〔2026〕3号", "2018-210102-89-03-012345", "SN13912345678", "13912345678X",
        "210100000012345", "注册号210102001105123",
        # amounts, areas, coordinates, days, addresses of machines
        "13800138000元", "资金 13800138000.50", "13,800,138,000", "123.13912345678,41.8", "15000 200000", "面积 1500平方米 2018 2019 2020",
        "1998-09-08 150人", "座席 150 2023-10-01", "座席 150 20231001", "1985-04-12 1234567", "1998 150 2003", "20260709123456", "2026-11-28 09:38:47",
        "1532873456789", "192.168.100.10", "http://172.16.254.100/", "http://www.lnsports.gov.cn/zfxxgk/201712/t20171220_3134337.html",
        # mailboxes of offices
        "office@tyj.ln.gov.cn", "a@qq.company.org", "a@notqq.com", "a@qq.com.example.org", "@qq.com", "tyj@shenyang.gov.cn",
    ],
)  # fmt: skip
def test_what_belongs_to_nobody_is_left_alone(text):
    assert found_in(text) == []


def test_a_mistyped_card_is_masked_however_it_is_written():
    assert mask_personal_numbers("张三2101021990\u200b03071231") == "张三210102********1231"
    assert mask_personal_numbers("张三210102.1990.03.07.1231") == "张三210102********1231"


def test_a_text_is_masked_at_every_place_and_stays_readable():
    text = f"联系人（示例）手机{MOBILE}，邮箱example123@qq.com，卡号{BANK}，身份证{CARD}"
    assert (
        mask_personal_numbers(text)
        == f"联系人(示例)手机{MOBILE_STARRED},邮箱***@qq.com,卡号{BANK_STARRED},身份证{STARRED}"
    )


@settings(max_examples=200)
@given(
    st.text(), st.text(), st.lists(st.sampled_from(["", " ", "-", "\u3000", "\u200b", "—"]), min_size=17, max_size=17)
)
def test_no_way_to_write_a_card_gets_through(before, after, gaps):
    spread = CARD[0] + "".join(gap + digit for gap, digit in zip(gaps, CARD[1:], strict=True))
    assert ("identity_card", STARRED) in found_in(f"{before}，{spread}，{after}")


@given(st.text(alphabet=st.characters(exclude_categories=["N"], exclude_characters="@＠﹫")))
def test_text_without_digits_and_addresses_is_never_changed(text):
    assert mask_personal_numbers(text) == text
