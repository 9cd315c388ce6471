r"""Decoding of escapes that a program left in a cell: HTML entities, `\u6c88`, the `_x000D_` of workbooks, line ends.

An escape that stands for nothing printable is left alone, so that validation sees it. Not here: text in a wrong encoding
(`pipelines/read/damaged_text.py`).

Sources: HTML Standard, named character references; RFC 8259, 7 (`\u` escapes, surrogate pairs); ECMA-376 part 1, 22.9.2.19
(`_xHHHH_`).
"""

import re
from html import unescape
from html.entities import html5

_ENTITY = re.compile(r"&#\d{4,6}(?![\d;])|&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_UNICODE = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
_WORKBOOK = re.compile(r"_x(00[01][0-9A-Fa-f]|007[Ff]|005[Ff](?=_x[0-9A-Fa-f]{4}_))_", re.ASCII)
_LINE_END = re.compile(r"\r\n?")


def decode_escapes(cell: str) -> str:
    r"""Converts `&#27784;`, `&amp;`, `\u6c88` and `_x000D_` to the characters they stand for; a cell without any is unchanged."""
    if "&" in cell:
        cell = _ENTITY.sub(_decode_entity, cell)
    if "\\u" in cell:
        cell = _UNICODE.sub(_decode_unicode, cell)
    return _WORKBOOK.sub(lambda found: chr(int(found[1], 16)), cell) if "_x" in cell else cell


def unify_line_ends(cell: str) -> str:
    """Converts the line ends inside a cell to LF."""
    return _LINE_END.sub("\n", cell)


def _decode_entity(found: re.Match[str]) -> str:
    name = found[0][1:]
    text = unescape(found[0]) if name.startswith("#") or name in html5 else found[0]
    return text if _is_printable(text) else found[0]


def _decode_unicode(found: re.Match[str]) -> str:
    units = bytes.fromhex(found[0].replace("\\u", ""))
    try:
        text = units.decode("utf-16-be")
    except UnicodeDecodeError:
        return found[0]
    return text if _is_printable(text) else found[0]


def _is_printable(text: str) -> bool:
    """Whether the text is something to see or a blank; U+FFFD and private-use characters are neither."""
    return all(letter.isprintable() or letter.isspace() for letter in text) and "\ufffd" not in text
