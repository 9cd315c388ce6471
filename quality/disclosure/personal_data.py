"""Personal data in a table: which cells hold the number of a document, of a card or of a telephone, a private mailbox, a home.

Intake runs it on every cell that was read, the gate on every cell that would be published, the rescan on what is public; none relies on
the others. Whole columns are searched by Arrow; only the few cells that might hold something are read one by one. Not here: what counts
as such a number (`personal_numbers.py`), what a finding says (`schemas/disclosure.yaml`), names of people, which no pattern tells from
those of others.

Source: 个人信息保护法 art. 4, 25, 28; DOMAIN 0.5.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from math import isnan
from operator import itemgetter
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from quality.brief_findings import BriefFindings, FindingCounter
from quality.disclosure.folding import PersonalNumber, fold_text
from quality.disclosure.person_columns import mark_person_rows
from quality.disclosure.personal_numbers import find_personal_numbers
from quality.disclosure.wide_net import select_likely, suspect_positions
from quality.findings import Finding, FindingKind
from quality.rules.identities import is_credit_code
from quality.text_columns import SearchedColumn, open_column, search_once
from schemas.contract import Contract, Field
from schemas.disclosure import PersonalKind, disclosure_settings
from schemas.execution.ahead import map_ahead
from schemas.execution.collector import pause_collector
from schemas.execution.spilled_table import unmap_pages
from schemas.rules.rules import CreditCode

FINDING_TYPES: Mapping[PersonalKind, str] = {
    "identity_card": "no-identity-card",
    "bank_card": "no-bank-card",
    "mobile": "no-mobile-number",
    "private_email": "no-private-email",
    "passport": "no-passport",
    "officer_card": "no-officer-card",
    "home_address": "no-home-address",
    "mangled_number": "no-mangled-number",
}
"""Finding type of each kind that is an error. No steward may accept a row in spite of one of these."""
LIKELY_TYPES: Mapping[PersonalKind, str] = {
    "identity_card_shape": "like-identity-card",
    "passport_shape": "like-passport",
}
"""Finding type of each kind that is only likely: a warning."""
_KINDS: Mapping[PersonalKind, FindingKind] = {
    **{kind: FindingKind("row", name, "error", None) for kind, name in FINDING_TYPES.items()},
    **{kind: FindingKind("row", name, "warning", None) for kind, name in LIKELY_TYPES.items()},
}
"""Of each kind what its findings have in common, but for their field."""
BLOCK = 1 << 16
"""Rows searched at a time, so that the texts that are likely take little memory."""
_LONG_NUMBER = 10**14
"""Whole numbers from here on have 15 digits or more: no amount, area or count that a contract knows reaches it."""


def find_personal_data(table: pa.Table, rows: pa.Array, contract: Contract) -> Iterator[Finding]:
    """Yields one finding for each cell and kind of personal data, by row, then in the order of the contract's fields.

    `table`: texts as they were read, or typed values; columns that are no field of the contract are not looked at. `rows`: number
    of each row in its file (header = 1). `value` of a finding is masked. Errors, but for `LIKELY_TYPES`, which are warnings. A table
    without rows has no findings. Exempt are: a private mailbox in an office's contact field; a valid credit code in its own field;
    a key or coded identifier that is a number as a whole and happens to look like a bank card or, where its pattern asks for digits,
    like a mobile number; an amount of eleven digits in a field of numbers. A flat is a home only in a row with a person's name.
    """
    for place in _find_places(table, rows, contract):
        yield _make_finding(place)


def collect_personal_data(table: pa.Table, rows: pa.Array, contract: Contract, most: int | None) -> BriefFindings:
    """Returns what `find_personal_data` yields: the first `most` findings of each kind, all for None, and the rows of the others."""
    counter = FindingCounter(most)
    with pause_collector():
        made = [
            _make_finding(place)
            for place in _find_places(table, rows, contract)
            if counter.is_made(_KINDS[place.number.kind]._replace(field=place.field), place.row)
        ]
    return BriefFindings(made, counter.list_unlisted())


class _Place(NamedTuple):
    """Where personal data were found: row, position of the field in the contract, its name, and the number or address."""

    row: int
    position: int
    field: str
    number: PersonalNumber


def _find_places(table: pa.Table, rows: pa.Array, contract: Contract) -> Iterator[_Place]:
    """Yields the place of each finding, in their order."""
    if table.num_rows <= BLOCK:
        yield from _find_in_block(table, rows, contract)
        return
    starts = range(0, table.num_rows, BLOCK)
    for found in map_ahead(
        lambda start: _find_in_block(table.slice(start, BLOCK), rows.slice(start, BLOCK), contract), starts
    ):
        yield from found
        unmap_pages()


def _find_in_block(table: pa.Table, rows: pa.Array, contract: Contract) -> list[_Place]:
    codes = {rule.field for rule in contract.rules if isinstance(rule, CreditCode)}
    columns = {
        field.name: texts
        for field in contract.fields
        if field.name in table.column_names and (texts := _open_searched(table.column(field.name))) is not None
    }
    if not columns or not table.num_rows:
        return []
    places = {field.name: at for at, field in enumerate(contract.fields)}
    persons = mark_person_rows(table, contract)
    found: list[_Place] = []
    for name, at, cell in _find_in_columns(columns, with_flats=persons is not None):
        field = contract.fields[places[name]]
        about_person = persons is not None and persons[at].as_py() and not field.policy.office_contact
        numbers = cell.of_person if about_person else cell.numbers
        kept = [one for one in numbers if not _is_exempt(one, cell.text, field, contract, codes)]
        first = {one.kind: one for one in reversed(kept)}
        row = rows[at].as_py()
        found += [_Place(row, places[name], name, one) for one in kept if first[one.kind] is one]
    return sorted(found, key=itemgetter(0, 1))


def _open_searched(column: pa.ChunkedArray) -> SearchedColumn | None:
    """Returns a column of text as it is searched, and of numbers those of 15 digits or more; None for types that hold neither."""
    if (opened := open_column(column)) is not None:
        texts = opened.texts.cast(pa.string())
        return search_once(texts) if opened.cells is None else SearchedColumn(texts, opened.cells)
    numbers = _long_numbers_as_text(column)
    return None if numbers is None else SearchedColumn(numbers.combine_chunks(), None)


def _find_in_columns(
    columns: Mapping[str, SearchedColumn], *, with_flats: bool
) -> Iterator[tuple[str, int, "_SuspectCell"]]:
    """Yields column, row position and content of every cell that holds something."""
    names, ends, end = list(columns), list[int](), 0
    for column in columns.values():
        end += len(column.texts)
        ends.append(end)
    texts = pa.chunked_array([column.texts for column in columns.values()], pa.string())
    for position, cell in _find_in_texts(texts, with_flats=with_flats):
        at = bisect_right(ends, position)
        start = ends[at - 1] if at else 0
        for row in columns[names[at]].find_rows(position - start):
            yield names[at], row, cell


class _SuspectCell:
    """A folded text and the personal data in it; `of_person`: what it would hold in a row about a person."""

    def __init__(self, text: str, *, with_flats: bool) -> None:
        self.text = fold_text(text)
        self.numbers = find_personal_numbers(self.text)
        self.of_person = find_personal_numbers(self.text, of_person=True) if with_flats else self.numbers


def _find_in_texts(texts: pa.ChunkedArray, *, with_flats: bool) -> Iterator[tuple[int, _SuspectCell]]:
    """Yields position and content of every text that holds something; equal texts are judged once.

    All columns in one array: compiling the expressions costs more than searching a small table. `with_flats`: flats are sought too.
    """
    positions, likely = select_likely(texts, with_flats=with_flats)
    if not len(likely):
        return
    encoded = likely.combine_chunks().dictionary_encode()
    holding = {}
    for at in suspect_positions(encoded.dictionary, with_flats=with_flats).to_pylist():
        cell = _SuspectCell(encoded.dictionary[at].as_py(), with_flats=with_flats)
        if cell.of_person:
            holding[at] = cell
    if not holding:
        return
    hits = pc.indices_nonzero(pc.is_in(encoded.indices, value_set=pa.array(holding, encoded.indices.type)))
    for at in hits.to_pylist():
        yield positions[at].as_py(), holding[encoded.indices[at].as_py()]


def _long_numbers_as_text(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Returns typed numbers of 15 digits or more as text; None if there are none, or for other types."""
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)) or not len(column):
        return None
    most = pc.max(pc.abs(column)).as_py()
    if most is None or most < _LONG_NUMBER:
        return None
    texts = [None if value is None or isnan(value) else str(int(value)) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _is_exempt(one: PersonalNumber, text: str, field: Field, contract: Contract, codes: set[str]) -> bool:
    if one.kind == "private_email":
        return field.policy.office_contact
    if one.kind == "identity_card_shape" and is_credit_code(text[one.start : one.end]):
        return True
    whole = (one.start, one.end) == (0, len(text))
    if not whole:
        return False
    if field.name in codes and is_credit_code(text):
        return True
    if one.kind == "mobile" and field.type in {"number", "integer"}:
        return text.isdigit()
    return one.kind != "identity_card" and text.isdigit() and _is_documented_number(one, text, field, contract)


def _is_documented_number(one: PersonalNumber, text: str, field: Field, contract: Contract) -> bool:
    """Whether the field's pattern asks for just such digits; without a pattern, whether a key looks like a bank card."""
    pattern = field.constraints.get("pattern")
    if pattern is None:
        return one.kind == "bank_card" and field.name in contract.primary_key
    lettered = f"A{text[1:]}", f"{text[:-1]}A", "A" * len(text)
    return bool(re.fullmatch(pattern, text)) and not any(re.fullmatch(pattern, other) for other in lettered)


def _make_finding(place: _Place) -> Finding:
    words, kind = disclosure_settings().kinds[place.number.kind], _KINDS[place.number.kind]
    return Finding(
        judge=kind.judge,
        type=kind.type,
        severity=kind.severity,
        row=place.row,
        field=place.field,
        value=place.number.masked,
        message=words.message,
        mend=words.mend,
    )
