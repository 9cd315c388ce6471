"""The values to erase, as patterns that find every spelling of them, and what takes their place in a text.

A spelling may use full-width letters or digits, other hyphens, characters without width, separators between the digits of a number, and
the escapes of JSON, HTML, XML and CSV: so the same pattern reads a cell and a whole file. Pure. Not here: files, tables, people.
"""

import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property, lru_cache
from html import escape

from quality.disclosure.folding import HYPHENS, ZERO_WIDTH, fold_text
from schemas.errors import UsageError
from schemas.text import Text

MARK = "〔已删除〕"
"""What stands in a text in place of an erased value."""
LONGEST_VALUE = 200
MOST_VALUES = 20
_SHORTEST_NUMBER, _SHORTEST_LATIN, _SHORTEST_CHINESE = 6, 5, 2
_NO_WIDTH = f"[{re.escape(ZERO_WIDTH)}]*"
_BETWEEN_DIGITS = f"[{re.escape(ZERO_WIDTH + HYPHENS)} \u00a0\u3000\\-._/·．／]*"
_BLANK = "[ \t\u00a0\u2002-\u200a\u3000]+"
_EDGE = '"\t\r\n,;|，；｜><'
_NUMBER = re.compile(r"[0-9]+[Xx]?")
_ESCAPED = r"(?<=\\u[0-9A-Fa-f]{4})"


class SoughtValues:
    """One or more values, each a line of plain text. `count_in` and `blank_text` work on raw text, `is_whole` on one cell."""

    def __init__(self, values: Sequence[str]) -> None:
        self.folded = tuple(dict.fromkeys(fold_text(value).strip() for value in values if value.strip()))
        self._numbers = frozenset(value for value in map(_strip_number, self.folded) if value)

    @property
    def has_numbers(self) -> bool:
        """Whether one of the values is a number."""
        return bool(self._numbers)

    def count_in(self, text: str) -> int:
        """Returns how often one of the values stands in the text."""
        return sum(1 for _ in self._pattern.finditer(text))

    def is_whole(self, cell: str) -> bool:
        """Whether a cell holds one of the values and nothing else."""
        return self._pattern.fullmatch(cell.strip()) is not None

    def is_number(self, text: str) -> bool:
        """Whether the text is a number (also written as `13800138000.0` or `1.3800138E10`) that equals one of the values."""
        try:
            number = float(text)
        except ValueError:
            return False
        return any(value.isdigit() and float(value) == number for value in self._numbers)

    def blank_text(self, text: str) -> str:
        """Returns the text with each value replaced by `MARK`; a value that fills a whole cell of a delimited file is replaced by nothing."""
        return self._pattern.sub(lambda found: "" if _fills_cell(text, found) else MARK, text)

    def mask_text(self, text: str) -> str:
        """Returns the text with as many `*` in place of each value as it has bytes in UTF-8."""
        return self._pattern.sub(lambda found: "*" * len(found[0].encode("utf-8", "surrogatepass")), text)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        ways = "|".join(f"(?:{_spell_value(value)})" for value in self.folded)
        # Tested first, because most characters of a file begin no value: twice as fast.
        starts = "".join(sorted({one for value in self.folded for one in _list_starts(value)}))
        return re.compile(rf"(?=[{re.escape(starts)}\\\\&])(?:{ways})", re.IGNORECASE)


def checked_values(lines: Sequence[str]) -> SoughtValues:
    """Returns the values to erase, one a line.

    UsageError if there are none or too many, or one is too long, or so short that it would be found in what has nothing to do with it.
    """
    values = [line.strip() for line in lines if line.strip()]
    if not 1 <= len(values) <= MOST_VALUES:
        raise UsageError(
            Text(
                zh=f"给出了 {len(values)} 个值；一次请给 1 至 {MOST_VALUES} 个，每行一个",
                en=f"there are {len(values)} values; give 1 to {MOST_VALUES}, one a line",
            )
        )
    for number, value in enumerate(values, 1):
        _refuse_vague(number, fold_text(value).strip())
    return SoughtValues(values)


def _refuse_vague(number: int, value: str) -> None:
    digits = _strip_number(value)
    least = _SHORTEST_NUMBER if digits else _SHORTEST_LATIN if value.isascii() else _SHORTEST_CHINESE
    length = len(digits or value)
    if least <= length <= LONGEST_VALUE and value.isprintable():
        return
    raise UsageError(
        Text(
            zh=f"第 {number} 个值有 {length} 个字符，应为一行 {least} 至 {LONGEST_VALUE} 个字符的文字；过短的值会误删无关内容",
            en=f"value {number} has {length} characters; give one line of {least} to {LONGEST_VALUE}: a shorter one would be found where it does not belong",
        )
    )


def _strip_number(value: str) -> str:
    """Returns the digits of a value that is a number with or without separators; empty text for any other."""
    bare = re.sub(r"[ \-._/·]", "", value)
    return bare if _NUMBER.fullmatch(bare) else ""


def _spell_value(value: str) -> str:
    if number := _strip_number(value):
        digits = _BETWEEN_DIGITS.join(map(_spell_character, number))
        return f"(?:(?<![0-9])|{_ESCAPED}){digits}(?![0-9])"
    return _NO_WIDTH.join(_BLANK if part.isspace() else _spell_character(part) for part in re.findall(r"\s+|\S", value))


def _list_starts(value: str) -> set[str]:
    """Returns the characters, other than a backslash and `&`, with which a spelling of the value may begin."""
    first = (_strip_number(value) or value)[0]
    return {first, unicodedata.normalize("NFD", first)[0], *_same_characters()[first.casefold()]}


@lru_cache(maxsize=4096)
def _spell_character(character: str) -> str:
    """Returns the pattern of all spellings of one character."""
    same = _same_characters()[character.casefold()] | {character}
    ways = [f"[{re.escape(''.join(sorted(same)))}]"]
    parts = unicodedata.normalize("NFD", character)
    ways += [re.escape(parts)] if parts != character else []
    for one in sorted(same):
        units = one.encode("utf-16-be")
        ways.append("".join(rf"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)))
        ways += [rf"&\#0*{ord(one)};", rf"&\#x0*{ord(one):x};"]
        ways += [re.escape(named) for named in (escape(one),) if named != one]
    ways += {'"': ['""', r"\\\""], "\\": [r"\\\\"], "/": [r"\\/"], "'": ["&apos;"]}.get(character, [])
    return f"(?:{'|'.join(sorted(ways, key=len, reverse=True))})"


@lru_cache(maxsize=1)
def _same_characters() -> dict[str, set[str]]:
    """Returns, by folded character, the other characters that fold to it, without those that differ in case alone."""
    same: dict[str, set[str]] = defaultdict(set)
    for character in (chr(code) for code in range(sys.maxunicode + 1)):
        if (unicodedata.decomposition(character) or character in HYPHENS) and len(folded := fold_text(character)) == 1:
            same[folded.casefold()].add(character)
    return same


def _fills_cell(text: str, found: re.Match[str]) -> bool:
    before, after = text[max(found.start() - 1, 0) : found.start()], text[found.end() : found.end() + 1]
    return (not before or before in _EDGE) and (not after or after in _EDGE)
