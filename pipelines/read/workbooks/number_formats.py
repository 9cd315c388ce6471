"""What a number shows by its number format: `0.932` in the format `0.0%` is 93.2%, `80` in `0.00"万元"` is 80万元.

What a cell shows is what its author meant, so the numbers of fields with a unit are read as they are shown, with the
unit in the cell; normalisation then converts and records them. No digit is rounded away. Not here: where the formats
stand (`workbook_parts`, `workbook_xml`), units (`pipelines/units/spellings.py`).

Source: ECMA-376 part 1, §18.8.31 (numFmts: sections, `%`, scaling by trailing commas, literal text).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.read.reading import Reading
from pipelines.read.tables.header import Header
from pipelines.units.spellings import (
    UNITS,
    complete_unit,
    exponent_between,
    looks_like_unit,
    shift_decimal_point,
    unit_key,
)
from schemas.contract import Contract
from schemas.text import Text

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|(?P<skipped>[_*].)|\[(?P<bracketed>[^\]]*)\]?|(?P<digit>[0#?])|(?P<sign>.)',
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_CURRENCY = re.compile(r"US\$|HK\$|NT\$|\$|€|£|USD|HKD|EUR|GBP|美元|港[元币]|欧元|日元", re.IGNORECASE)
_MULTIPLE = re.compile(r"[百千万亿]")
_THOUSAND = 3
_PERCENT = 2
_DIGITS = 15
"""Significant digits of a spreadsheet number; those beyond are noise. Source: Microsoft, Excel specifications and limits."""
_MEASURED = frozenset({"元", "m2", "m", "%", "亩"})
_EXAMPLES = 2
_LONGEST_CODE = 1_000


@dataclass(frozen=True)
class NumberSection:
    """One section of a format: the powers of ten by which it shows a number, the text around the number, its condition."""

    exponent: int
    suffix: str
    condition: tuple[str, Decimal] | None = None
    currency: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether the section shows the number itself, without any text behind it or a foreign currency before it."""
        return not self.exponent and not self.suffix and not self.currency


def parse_number_format(code: str) -> tuple[NumberSection, ...]:
    """Returns the sections of a number format; empty if each shows the number itself, or dates and times.

    A code longer than any program writes is taken for a plain one.
    """
    if len(code) > _LONGEST_CODE:
        return ()
    sections = [_parse_section(tokens) for tokens in _split_sections(code)]
    if any(section is None for section in sections[:2]):
        return ()
    known = tuple(section or NumberSection(0, "") for section in sections)
    return () if all(section.is_plain for section in known) else known


def show_number(sections: Sequence[NumberSection], value: Decimal) -> NumberSection:
    """Returns the section that shows this value."""
    for section in sections:
        if section.condition and _COMPARISONS[section.condition[0]](value, section.condition[1]):
            return section
    if any(section.condition for section in sections):
        return next((section for section in sections if section.condition is None), sections[-1])
    return sections[1] if value < 0 and len(sections) > 1 else sections[0]


def find_shown_styles(codes: Sequence[str]) -> dict[int, tuple[NumberSection, ...]]:
    """Returns the sections of each cell style whose number format shows another number, or text behind it."""
    found = {at: parse_number_format(code) for at, code in enumerate(codes)}
    return {at: sections for at, sections in found.items() if sections}


def columns_with_units(header: Header, left: int, contract: Contract) -> dict[int, str]:
    """Returns the unit of the contract by sheet column (from 0) of each labelled field that has one."""
    units = {field.name: field.policy.unit for field in contract.fields if field.type in {"number", "integer"}}
    named = ((left + at, units.get(name)) for at, name in enumerate(header.fields) if name)
    return {column: unit for column, unit in named if unit}


def apply_number_formats(
    reading: Reading,
    formatted: Mapping[tuple[int, int], Sequence[int]],
    styles: Mapping[int, tuple[NumberSection, ...]],
    units: Mapping[int, str],
) -> Reading:
    """Returns the reading with the numbers as their cells show them.

    `formatted` holds the rows (from 0) by sheet column and cell style, `units` the contract's unit by sheet column. A
    column whose numbers are scaled by a format that names no unit is one of `stated.scaled`: what it is measured in has to be
    said elsewhere.
    """
    table, scaled = reading.table, set(reading.stated.scaled)
    decisions: list[Text] = []
    for at, column in enumerate(reading.columns):
        parts = [(style, rows) for (place, style), rows in formatted.items() if place == column - 1]
        if not parts:
            continue
        texts = table.column(at).combine_chunks()
        changes: dict[str, str] = {}
        for style, rows in parts:
            marked = pc.is_in(reading.rows, value_set=pa.array([row + 1 for row in rows], pa.int64()))
            raws = texts.filter(marked).dictionary_encode()
            shown = [_show_cell(raw, styles[style], units[column - 1]) for raw in raws.dictionary.to_pylist()]
            changes |= {
                raw: new for raw, (new, _) in zip(raws.dictionary.to_pylist(), shown, strict=True) if raw != new
            }
            if any(is_scaled for _, is_scaled in shown):
                scaled.add(at)
            texts = pc.replace_with_mask(
                texts, marked, pa.array([new for new, _ in shown], pa.string()).take(raws.indices)
            )
        if changes:
            decisions.append(_describe_shown(reading.labels[at], changes))
            table = table.set_column(at, table.column_names[at], pa.chunked_array([texts]))
    stated = replace(reading.stated, scaled=frozenset(scaled))
    return replace(reading, table=table, stated=stated, decisions=(*reading.decisions, *decisions))


def _show_cell(cell: str, sections: Sequence[NumberSection], unit: str) -> tuple[str, bool]:
    """Returns the cell as it is shown, and whether its number is scaled without a unit; a 0 is 0 in any unit."""
    try:
        value = Decimal(cell)
    except InvalidOperation:
        return cell, False
    section = show_number(sections, value)
    if not value.is_finite() or not value or section.is_plain:
        return cell, False
    suffix = complete_unit(section.suffix, unit)
    shown = section.currency + shift_decimal_point(_significant_text(value), section.exponent)
    known = UNITS.get(unit_key(suffix))
    if known is None:
        if section.currency or _MULTIPLE.search(suffix) or looks_like_unit(suffix):
            return shown + suffix, False
        return (shown, True) if section.exponent else (cell, False)
    if exponent_between(suffix, unit) is None and known[0] not in _MEASURED and not known[1]:
        return cell, False
    return shown + suffix, False


def _significant_text(value: Decimal) -> str:
    return (
        format(Decimal(f"{value:.{_DIGITS}g}"), "f") if len(value.as_tuple().digits) > _DIGITS else format(value, "f")
    )


def _split_sections(code: str) -> Iterator[list[re.Match[str]]]:
    tokens: list[re.Match[str]] = []
    for token in _TOKEN.finditer(code):
        if token["sign"] == ";":
            yield tokens
            tokens = []
        else:
            tokens.append(token)
    yield tokens


def _parse_section(tokens: Sequence[re.Match[str]]) -> NumberSection | None:
    """Returns one section; None if it shows no number of its own: a date, a time, text, or nothing."""
    digits = [at for at, token in enumerate(tokens) if token["digit"]]
    if not digits:
        general = "".join(token["sign"] or "" for token in tokens).lower().startswith("general")
        return NumberSection(0, _literal_text(tokens)) if general else None
    inside, behind = tokens[digits[0] : digits[-1]], tokens[digits[-1] + 1 :]
    if any((token["sign"] or "").lower() in {*"ymdhsge年月日"} and token["sign"] not in {"E", "e"} for token in tokens):
        return None
    commas = 0
    while commas < len(behind) and behind[commas]["sign"] == ",":
        commas += 1
    percents = sum(token["sign"] == "%" for token in tokens)
    exponent = _PERCENT * percents - _THOUSAND * commas - _literal_decimals(inside)
    suffix = _literal_text(behind) + "%" * percents
    currency = _CURRENCY.search(_literal_text(tokens[: digits[0]]) + _bracketed_currency(tokens))
    return NumberSection(exponent, suffix, _parse_condition(tokens), currency[0] if currency else "")


def _literal_decimals(inside: Sequence[re.Match[str]]) -> int:
    """Returns the number of digits behind a literal point, as in `0!.0,`: it stands where no point is computed."""
    at = next((at for at, token in enumerate(inside) if "." in (token["escaped"] or token["quoted"] or "")), None)
    if at is None or any(token["sign"] == "." for token in inside):
        return 0
    return sum(token["digit"] is not None for token in inside[at:]) + 1


def _literal_text(tokens: Sequence[re.Match[str]]) -> str:
    return "".join(token["quoted"] or token["escaped"] or _bare_literal(token["sign"]) for token in tokens).strip()


def _bare_literal(sign: str | None) -> str:
    """Returns a character that stands in a format without quotes, as Chinese spreadsheet programs write units."""
    return sign if sign and sign > "\x7f" else ""


def _bracketed_currency(tokens: Sequence[re.Match[str]]) -> str:
    """Returns the currency sign in a bracket such as `[$€-407]`."""
    return "".join(
        token["bracketed"][1:].split("-")[0] for token in tokens if (token["bracketed"] or "").startswith("$")
    )


def _parse_condition(tokens: Sequence[re.Match[str]]) -> tuple[str, Decimal] | None:
    for token in tokens:
        if found := _CONDITION.fullmatch((token["bracketed"] or "").strip()):
            return found[1], Decimal(found[2])
    return None


_COMPARISONS = {
    "<": Decimal.__lt__,
    "<=": Decimal.__le__,
    ">": Decimal.__gt__,
    ">=": Decimal.__ge__,
    "=": Decimal.__eq__,
    "<>": Decimal.__ne__,
}


def _describe_shown(label: str, changes: Mapping[str, str]) -> Text:
    some = list(changes.items())[:_EXAMPLES]
    shown = "、".join(f"{raw} → {new}" for raw, new in some)
    return Text(
        zh=f"“{label.strip()}”按单元格显示的数读取（{shown}）",
        en=f"“{label.strip()}” was read as its cells show it ({shown})",
    )
