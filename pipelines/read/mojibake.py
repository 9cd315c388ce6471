"""Restoration of Chinese text that a program decoded in the wrong encoding, by encoding it again and decoding it correctly.

Two confusions are undone: UTF-8 read as GBK (`娌堥槼` for 沈阳) and Chinese read as Latin-1 or Windows-1252 (`ÉòÑô`, `æ²ˆé˜³`), one upon the
other up to three times. A restoration is accepted only if it turns text that is not ordinary Chinese into ordinary Chinese. Libraries for
other languages (ftfy) do not cover the Chinese encodings, in which most byte sequences are valid characters. Not here: text whose
characters are lost (`damaged_text`).

Sources: GB 2312-80 (level 1: the 3 755 most frequent characters, lead bytes B0 to D7), GB 18030-2022, RFC 3629.
"""

import re
from functools import cache

from schemas.execution.late_pattern import compile_late

_ROUNDS = 3
_LEAST_COMMON = 0.6
"""Least share of restored characters that are frequent ones: chance makes mostly rare ones."""
_LEAST_RESTORED = 2
_LEVEL_ONE = range(0xB0, 0xD8)
_LEADS = range(0xE4, 0xEA)
"""Lead bytes of the common Chinese characters in UTF-8."""
_CHINESE = compile_late("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_ALLOWED = compile_late(
    "[\u0000-\u007f\u00b7\u2014-\u2026\u2460-\u24ff\u3000-\u303f\u3400-\u9fff\uff00-\uffef\U00020000-\U0003ffff]*"
)
_WINDOWS = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_LATIN_CHARACTERS = f"\u0080-\u00ff{_WINDOWS}"
"""What a byte above 7F becomes in Latin-1 and Windows-1252, as the inside of a regex character class."""
_LATIN = compile_late("[\u00a1-\u00ff]")
_LATIN_RUN = compile_late(f"[{_LATIN_CHARACTERS}]{{2,}}")
LATIN_LETTERS = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff"
"""The letters among these; Chinese read as Latin-1 has at least one."""
_LETTER = compile_late(f"[{LATIN_LETTERS}]")
_LEAST_DIFFERENT = 3
"""Least number of different characters: `××××` stands for a name that is left out."""
_ENDINGS = [
    "育馆",
    "球馆",
    "泳馆",
    "武馆",
    "术馆",
    "冰场",
    "雪场",
    "球场",
    "育场",
    "径场",
    "动场",
    "马场",
    "广场",
    "公园",
    "校园",
    "乐园",
    "学院",
    "医院",
    "学校",
    "中心",
    "协会",
    "员会",
    "总会",
    "公司",
    "街道",
    "社区",
    "小区",
    "育局",
    "身房",
    "路径",
    "步道",
    "泳池",
]
"""Endings of names: the last byte of one is put back where it was lost."""
_DELETE = 0x7F


@cache
def utf8_as_gbk_characters() -> str:
    """Returns the characters that UTF-8 text read as GBK holds, as the inside of a regex character class; most are rare."""
    pairs = (bytes((lead, trail)) for lead in _LEADS for trail in range(0x40, 0xFF) if trail != _DELETE)
    return "".join(re.escape(pair.decode("gbk", "ignore")) for pair in pairs)


def restore_text(text: str) -> str | None:
    """Returns the text as it was before it was decoded wrongly; None if it is not garbled or cannot be restored."""
    restored = text
    for _ in range(_ROUNDS):
        again = _undo_gbk(restored) or _undo_latin(restored)
        if again is None:
            break
        restored = again
    return restored if restored != text else None


def is_garbled(text: str) -> bool:
    """Whether most of the text is UTF-8 that was read as GBK, even if lost bytes make it impossible to restore."""
    read = text.encode("gbk", "ignore")
    restored = read.decode("utf-8", "ignore")
    bytes_restored = sum(len(letter.encode()) for letter in _CHINESE.findall(restored))
    high = sum(byte > _DELETE for byte in read)
    return (
        _count_chinese(restored) >= _LEAST_RESTORED
        and bytes_restored >= _LEAST_COMMON * high
        and _common_share(restored) > max(_LEAST_COMMON, _common_share(text))
    )


def _undo_gbk(text: str) -> str | None:
    """Returns UTF-8 text that was read as GBK; a `?` that stands for the last byte of a known ending is filled in."""
    for encoding in ("gbk", "gb18030"):
        try:
            read = b"".join(b"\x80" if letter == "€" else letter.encode(encoding) for letter in text)
            restored = _complete_ending(read).decode()
        except UnicodeError:
            continue
        if _count_chinese(restored) >= _LEAST_RESTORED and _common_share(restored) > _common_share(text):
            return restored if _is_ordinary(restored) else None
    return None


def _complete_ending(read: bytes) -> bytes:
    if not read.endswith(b"?"):
        return read
    fitting = [ending for ending in _ENDINGS if read[:-1].endswith(ending.encode()[:-1])]
    return read[:-1] + fitting[0].encode()[-1:] if len(fitting) == 1 else read


def _undo_latin(text: str) -> str | None:
    """Returns Chinese text that was read as Latin-1 or Windows-1252, in the whole cell or in parts of it."""
    if not _LETTER.search(text):
        return None
    if (whole := _decode_latin(text)) is not None:
        return whole
    parts = _LATIN_RUN.sub(lambda run: _decode_latin(run[0]) or run[0], text)
    return parts if parts != text and _is_ordinary(parts) else None


def _decode_latin(text: str) -> str | None:
    try:
        read = b"".join(_latin_byte(letter) for letter in text)
    except UnicodeError:
        return None
    return _decode_utf8(read) or _decode_gb18030(read, len(set(_LATIN.findall(text))))


def _decode_utf8(read: bytes) -> str | None:
    """Returns the Chinese text of these bytes, or of what was read as Latin-1 once more."""
    try:
        restored = read.decode()
    except UnicodeError:
        return None
    enough = _count_chinese(restored) >= _LEAST_RESTORED and _is_ordinary(restored)
    return restored if enough else _decode_latin(restored) if len(restored) < len(read) else None


def _decode_gb18030(read: bytes, different: int) -> str | None:
    try:
        restored = read.decode("gb18030")
    except UnicodeError:
        return None
    enough = different >= _LEAST_DIFFERENT and _count_chinese(restored) >= _LEAST_RESTORED
    return restored if enough and _is_ordinary(restored) else None


def _latin_byte(letter: str) -> bytes:
    return letter.encode("cp1252") if letter in _WINDOWS else letter.encode("latin-1")


def _is_ordinary(text: str) -> bool:
    """Whether the text is Chinese as people write it: no other script, and mostly frequent characters."""
    return _ALLOWED.fullmatch(text) is not None and _common_share(text) >= _LEAST_COMMON


def _count_chinese(text: str) -> int:
    return len(_CHINESE.findall(text))


def _common_share(text: str) -> float:
    """Returns the share of frequent characters among the Chinese ones; 0 if there are none."""
    found = _CHINESE.findall(text)
    return sum(_is_common(letter) for letter in found) / len(found) if found else 0.0


def _is_common(letter: str) -> bool:
    try:
        return letter.encode("gb2312")[0] in _LEVEL_ONE
    except UnicodeError:
        return False
