"""The negative list against a table: which of its entries the rows, the columns or the dataset itself touch.

Not here: the list (`schemas/negative_list.py`), and what is done about it (`quality/gate.py`, `pipelines/publication/rescan.py`).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from quality.disclosure.folding import ZERO_WIDTH, fold_text
from quality.disclosure.wide_net import DIGITS, LETTERS
from quality.findings import Finding
from schemas.contract import SLICE_COLUMNS, Contract, Field
from schemas.disclosure import title_key
from schemas.negative_list import NegativeEntry, select_entries
from schemas.text import Text

NEGATIVE_LIST = "negative-list"
"""Type of the findings."""
MOST_ROWS = 20
"""Rows that are named for one entry; the message has the number of all."""
_WRITTEN_OTHERWISE = f"[{ZERO_WIDTH}{LETTERS}{DIGITS[3:]}\u2e80-\u2fdf\uf900-\ufaff]"


def find_negative_entries(
    table: pa.Table, rows: pa.Array, contract: Contract, entries: Iterable[NegativeEntry], on: date | None
) -> list[Finding]:
    """Return an error for every entry in force on that day that is touched: about the table, a column, or each row (at most `MOST_ROWS`).

    `rows`: number of each row as people see it. Without a day every entry counts, whatever its dates. Words are compared folded.
    """
    return [
        finding
        for entry in select_entries(entries, contract.name, on)
        for finding in _find_touched(table, rows, contract, entry)
    ]


def _find_touched(table: pa.Table, rows: pa.Array, contract: Contract, entry: NegativeEntry) -> Iterator[Finding]:
    there = [field for field in contract.fields if field.name in table.column_names]
    named = [field for field in there if _is_named(field, entry)] if entry.fields else there
    if entry.words:
        yield from _find_rows(table, rows, named, entry)
    elif entry.fields:
        for field in named:
            about = Text(zh=f"“{field.label.zh}”一列", en=f"the column {field.label.en}")
            yield _make_finding(entry, about, field=field.name)
    else:
        yield _make_finding(entry, Text(zh="本数据集", en="the dataset"))


def _is_named(field: Field, entry: NegativeEntry) -> bool:
    keys = {title_key(name) for name in entry.fields}
    return bool(keys & {title_key(name) for name in (field.name, field.title, field.policy.title_en)})


def _find_rows(table: pa.Table, rows: pa.Array, fields: Iterable[Field], entry: NegativeEntry) -> Iterator[Finding]:
    touched = {
        at: field.name
        for field in reversed(list(fields))
        if field.name not in SLICE_COLUMNS
        for at in _matching_positions(table.column(field.name), entry)
    }
    many = len(touched)
    for at in sorted(touched)[:MOST_ROWS]:
        about = Text(
            zh=f"本行（共 {many} 行）" if many > 1 else "本行", en=f"the row (one of {many})" if many > 1 else "the row"
        )
        yield _make_finding(entry, about, row=rows[at].as_py(), field=touched[at])


def _matching_positions(column: pa.ChunkedArray, entry: NegativeEntry) -> list[int]:
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return []
    words = "|".join(re.escape(fold_text(word)) for word in entry.words)
    pattern = f"^(?:{words})$" if entry.match == "is" else words
    texts = column.cast(pa.large_string()).combine_chunks()
    plain = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    written = pc.indices_nonzero(pc.fill_null(pc.match_substring_regex(texts, _WRITTEN_OTHERWISE), False)).to_pylist()
    folded = [at for at in written if re.search(pattern, fold_text(texts[at].as_py()))]
    return sorted({*pc.indices_nonzero(plain).to_pylist(), *folded})


def _make_finding(entry: NegativeEntry, about: Text, *, row: int | None = None, field: str | None = None) -> Finding:
    return Finding(
        judge="table" if row is None else "row",
        type=NEGATIVE_LIST,
        severity="error",
        row=row,
        field=field,
        message=Text(
            zh=f"{about.zh}属于负面清单“{entry.name.zh}”（{entry.circumstance.zh}；依据：{entry.basis}），不得公开",
            en=f"{about.en} is on the negative list as “{entry.name.en}” ({entry.circumstance.en}; basis: {entry.basis}) and may not become public",
        ),
        mend=Text(
            zh="请删去该内容，或由保密审查人员核实后修订负面清单",
            en="leave it out, or have the confidentiality reviewer correct the negative list",
        ),
    )
