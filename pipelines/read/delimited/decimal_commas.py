"""Detection of decimal commas in files that are delimited by semicolons, as programs with European settings write them.

There `21,400` may be 21.4 or 21 400. A column is read with decimal commas where another of its numbers can be read in no
other way (`21,4`); where another one shows that commas separate thousands (`1,234,567`), they do. Where no number
decides, each doubtful one is a finding. Only `number` fields are searched: whole numbers have no decimals. Not here:
rewriting the cells (`pipelines/normalise`).
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.columns.column_labels import field_names_by_label, match_label
from pipelines.read.defects import doubtful_comma
from pipelines.read.marked_cells import MarkedCells, mark_cells
from pipelines.read.reading import Reading
from quality.findings import Finding
from schemas.contract import Contract
from schemas.text import Text

_UNIT = r"(?:\s*[^\d\s.,+-].*)?"
_DECIMAL = re.compile(
    rf"[+-]?(?:\d+,(?:\d{{1,2}}|\d{{4,}})|0\d*,\d+|\d{{4,}},\d+|\d{{1,3}}(?:\.\d{{3}})+,\d+){_UNIT}", re.ASCII
)
_THOUSANDS = re.compile(rf"[+-]?[1-9]\d{{0,2}}(?:(?:,\d{{3}}){{2,}}(?:\.\d+)?|,\d{{3}}\.\d+){_UNIT}", re.ASCII)
_DOUBTFUL = re.compile(rf"([+-]?[1-9]\d{{0,2}}),(\d{{3}}){_UNIT}", re.ASCII)
_DOUBTFUL_POINT = re.compile(rf"([+-]?[1-9]\d{{0,2}})\.(\d{{3}}){_UNIT}", re.ASCII)
_POINT = re.compile(rf"[+-]?\d+\.\d+{_UNIT}", re.ASCII)


class DecimalCommas(NamedTuple):
    """The fields whose commas stand before decimals, the doubtful cells of each field, and the decisions."""

    fields: frozenset[str] = frozenset()
    doubtful: tuple[MarkedCells, ...] = ()
    decisions: tuple[Text, ...] = ()


def find_decimal_commas(reading: Reading, contract: Contract) -> DecimalCommas:
    """Returns what the commas in the numbers of a reading mean; a doubtful cell is an error (`doubtful-comma`)."""
    names = field_names_by_label(contract)
    fields: set[str] = set()
    cells: list[MarkedCells] = []
    decisions: list[Text] = []
    for label, column in zip(reading.labels, reading.table.columns, strict=True):
        name = match_label(label, names)[0]
        if name is None or contract.get_field(name).type != "number" or not _has_commas(column):
            continue
        numbers = {text: _plain_number(text) for text in pc.unique(column).to_pylist()}
        decimal = any(_DECIMAL.fullmatch(number) for number in numbers.values())
        thousands = any(_THOUSANDS.fullmatch(number) for number in numbers.values())
        if decimal and not thousands:
            fields.add(name)
            decisions.append(_describe_decision(contract.get_field(name).label))
        if doubtful := _list_doubtful(numbers, decimal=decimal, thousands=thousands):
            marked = pc.is_in(column, value_set=pa.array(list(doubtful), pa.string()))
            make = partial(_make_finding, doubtful)
            cells.append(mark_cells("doubtful-comma", name, column, reading.rows, marked, make))
    return DecimalCommas(frozenset(fields), tuple(cells), tuple(decisions))


def _has_commas(column: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.match_substring_regex(column, "[,，]")).as_py())


def _plain_number(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().removeprefix("¥").lstrip()


def _list_doubtful(numbers: dict[str, str], *, decimal: bool, thousands: bool) -> dict[str, tuple[str, str]]:
    """Returns both values of each text that can be read in two ways: with its comma or point before decimals, and between thousands."""
    if decimal and not thousands:
        # Commas stand before decimals; points do as well only if some number can be read in no other way.
        points = [number for number in numbers.values() if _POINT.fullmatch(number)]
        form = _DOUBTFUL_POINT if all(_DOUBTFUL_POINT.fullmatch(number) for number in points) else None
    else:
        form = _DOUBTFUL if decimal == thousands else None
    found = {text: form.fullmatch(number) for text, number in numbers.items()} if form else {}
    return {text: (_strip_zeros(f"{at[1]}.{at[2]}"), f"{at[1]}{at[2]}") for text, at in found.items() if at}


def _strip_zeros(number: str) -> str:
    return number.rstrip("0").rstrip(".")


def _make_finding(doubtful: Mapping[str, tuple[str, str]], row: int, field: str | None, text: str) -> Finding:
    return doubtful_comma(row, field, text.strip(), *doubtful[text])


def _describe_decision(label: Text) -> Text:
    return Text(
        zh=f"“{label.zh}”中的逗号是小数点（本列有只能这样读的数），按小数读取",
        en=f"commas in {label.en} stand before decimals, since some numbers of the column can be read in no other way",
    )
