"""The negative list against a table: which of its entries the rows, the columns or the dataset itself touch.

Not here: the list (`schemas/negative_list.py`), and what is done about it (`quality/gate.py`, `pipelines/publication/rescan.py`).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from quality.disclosure.folding import ZERO_WIDTH, fold_text
from quality.disclosure.wide_net import DIGITS, LETTERS
from quality.findings import Finding
from quality.text_columns import SearchedColumn, open_column
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
    """Returns an error for every entry in force on that day that is touched: about the table, a column, or each row (at most `MOST_ROWS`).

    `rows`: number of each row as people see it. Without a day every entry counts, whatever its dates. Words are compared folded.
    """
    search = NegativeSearch(contract, table.column_names, select_entries(entries, contract.name, on))
    search.add_matches(rows, search.match_rows(table))
    return search.list_findings()


class NegativeSearch:
    """The search of a table for entries of the negative list, one part of its rows after the other."""

    def __init__(self, contract: Contract, columns: Collection[str], entries: Iterable[NegativeEntry]) -> None:
        there = [field for field in contract.fields if field.name in columns]
        self._entries = [
            (entry, [field for field in there if _is_named(field, entry)] if entry.fields else there)
            for entry in entries
        ]
        self._touched: list[tuple[int, list[tuple[int, str]]]] = [(0, []) for _ in self._entries]

    def match_rows(self, table: pa.Table) -> list[Mapping[int, str]]:
        """Returns, for each entry, the positions of the rows with a text that it forbids, and the first such field; changes no state."""
        worded = [(entry, fields) for entry, fields in self._entries if entry.words]
        named = {field.name for _, fields in worded for field in fields if field.name not in SLICE_COLUMNS}
        likely = {name: _find_likely(table.column(name), [entry for entry, _ in worded]) for name in sorted(named)}
        return [_match_entry(entry, fields, likely) for entry, fields in self._entries]

    def add_matches(self, rows: pa.Array, matches: Sequence[Mapping[int, str]]) -> None:
        """Adds the result of `match_rows` for the next part; `rows`: the row numbers of the part."""
        for at, matched in enumerate(matches):
            many, first = self._touched[at]
            more = sorted(matched)[: MOST_ROWS - len(first)]
            self._touched[at] = (many + len(matched), [*first, *((rows[row].as_py(), matched[row]) for row in more)])

    def list_findings(self) -> list[Finding]:
        """Returns the findings of all parts, in the order of the entries."""
        return [
            finding
            for (entry, fields), (many, first) in zip(self._entries, self._touched, strict=True)
            for finding in _describe_touched(entry, fields, many, first)
        ]


def _describe_touched(
    entry: NegativeEntry, fields: Sequence[Field], many: int, first: Sequence[tuple[int, str]]
) -> Iterator[Finding]:
    if entry.words:
        zh, en = (f"本行（共 {many} 行）", f"the row (one of {many})") if many > 1 else ("本行", "the row")
        for row, field in first:
            yield _make_finding(entry, Text(zh=zh, en=en), row=row, field=field)
    elif entry.fields:
        for one in fields:
            about = Text(zh=f"“{one.label.zh}”一列", en=f"the column {one.label.en}")
            yield _make_finding(entry, about, field=one.name)
    else:
        yield _make_finding(entry, Text(zh="本数据集", en="the dataset"))


def _is_named(field: Field, entry: NegativeEntry) -> bool:
    keys = {title_key(name) for name in entry.fields}
    return bool(keys & {title_key(name) for name in (field.name, field.title, field.policy.title_en)})


class _LikelyTexts(NamedTuple):
    """The texts of a column that an entry may forbid (few, as a rule): original, folded if that differs, and positions."""

    column: SearchedColumn
    places: list[int]
    plain: pa.Array
    folded: list[str | None]


def _find_likely(column: pa.ChunkedArray, entries: Sequence[NegativeEntry]) -> _LikelyTexts | None:
    opened = open_column(column)
    if opened is None or not entries:
        return None
    texts = opened.texts.cast(pa.large_string())
    written = pc.fill_null(pc.match_substring_regex(texts, _WRITTEN_OTHERWISE), False)
    worded = pc.fill_null(pc.match_substring_regex(texts, "|".join(map(_word_pattern, entries))), False)
    places = pc.indices_nonzero(pc.or_(written, worded)).to_pylist()
    folded = [fold_text(texts[at].as_py()) if written[at].as_py() else None for at in places]
    return _LikelyTexts(opened, places, texts.take(pa.array(places, pa.int64())), folded)


def _match_entry(
    entry: NegativeEntry, fields: Sequence[Field], likely: Mapping[str, _LikelyTexts | None]
) -> dict[int, str]:
    touched = dict[int, str]()
    if not entry.words:
        return touched
    pattern = _word_pattern(entry)
    for field in reversed(fields):
        if (found := likely.get(field.name)) is None or not found.places:
            continue
        plain = pc.match_substring_regex(found.plain, pattern).to_pylist()
        for place, same, folded in zip(found.places, plain, found.folded, strict=True):
            if same or (folded is not None and re.search(pattern, folded)):
                touched |= dict.fromkeys(found.column.find_rows(place), field.name)
    return touched


def _word_pattern(entry: NegativeEntry) -> str:
    words = "|".join(re.escape(fold_text(word)) for word in entry.words)
    return f"^(?:{words})$" if entry.match == "is" else words


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
