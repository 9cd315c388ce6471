"""Personal data in a table: which cells hold a mobile number, a bank card, a private mailbox or an identity card.

The intake asks it of every cell that was read, the gate of every cell that would go out; neither trusts the other. Whole columns
are searched by Arrow; only the few cells that might hold something are read one by one. Not here: what counts as such a number
(`personal_numbers.py`), names and addresses of people, which no pattern tells from those of offices.

Source: 个人信息保护法 art. 4, 25, 28; DOMAIN 0.5.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from math import isnan

import pyarrow as pa
import pyarrow.compute as pc

from quality.findings import Finding
from quality.personal_numbers import (
    HYPHENS,
    SHORTEST_NUMBER,
    ZERO_WIDTH,
    PersonalKind,
    PersonalNumber,
    email_domain_pattern,
    find_personal_numbers,
    fold_text,
)
from quality.rules.identities import is_credit_code
from schemas.contract import Contract, Field
from schemas.rules import CreditCode
from schemas.text import Text

FINDING_TYPES: Mapping[PersonalKind, str] = {
    "identity_card": "no-identity-card",
    "bank_card": "no-bank-card",
    "mobile": "no-mobile-number",
    "private_email": "no-private-email",
}
"""Finding type of each kind. No steward may accept a row in spite of one of these."""
_MESSAGES: Mapping[PersonalKind, tuple[Text, Text]] = {
    "identity_card": (
        Text(zh="单元格中含有身份证号码，不得提交公开", en="the cell holds an identity card number, which may never be published"),
        Text(zh="请删除身份证号码后重新报送", en="remove the number and send the file again"),
    ),
    "bank_card": (
        Text(zh="单元格中含有银行卡号，不得提交公开", en="the cell holds a bank card number, which may never be published"),
        Text(zh="请删除银行卡号后重新报送", en="remove the number and send the file again"),
    ),
    "mobile": (
        Text(zh="单元格中含有手机号码，不得提交公开", en="the cell holds a mobile number, which may never be published"),
        Text(
            zh="请删除手机号码后重新报送；需要公布联系方式的，请填单位固定电话，如 024-23206016",
            en="remove the number and send the file again; where a contact is wanted give the office's landline, such as 024-23206016",
        ),
    ),
    "private_email": (
        Text(zh="单元格中含有个人邮箱地址，不得提交公开", en="the cell holds a private e-mail address, which may never be published"),
        Text(
            zh="请删除邮箱地址后重新报送；需要公布联系方式的，请填单位固定电话",
            en="remove the address and send the file again; where a contact is wanted give the office's landline",
        ),
    ),
}  # fmt: skip
_LONG_NUMBER = 10**14
"""Whole numbers from here on have 15 digits or more: no amount, area or count that a contract knows reaches it."""
_FILLED = 6
"""Bytes of the shortest text that can hold anything sought: an address such as a@qq.com."""


def find_personal_data(table: pa.Table, rows: pa.Array, contract: Contract) -> list[Finding]:
    """Return one error for each cell and kind of personal data, by row, then in the order of the contract's fields.

    `table`: texts as they were read, or typed values; columns that are no field of the contract are not looked at. `rows`: number
    of each row in its file (header = 1). `value` of a finding is masked. A table without rows has no findings. Exempt are: a
    private mailbox in an office's contact field; a valid credit code in its own field; a key or coded identifier that is
    a number as a whole and happens to look like a bank card or, where its pattern asks for digits, like a mobile number; an
    amount of eleven digits in a field of numbers.
    """
    codes = {rule.field for rule in contract.rules if isinstance(rule, CreditCode)}
    columns = {
        field.name: texts
        for field in contract.fields
        if field.name in table.column_names and (texts := _long_numbers_as_text(table.column(field.name))) is not None
    }
    if not columns or not table.num_rows:
        return []
    names, places = list(columns), {field.name: at for at, field in enumerate(contract.fields)}
    found: list[tuple[int, int, Finding]] = []
    for position, cell in _find_in_texts(pa.chunked_array([c for texts in columns.values() for c in texts.chunks])):
        field = contract.fields[places[names[position // table.num_rows]]]
        row = rows[position % table.num_rows].as_py()
        kept = [one for one in cell.found if not _is_exempt(one, cell.text, field, contract, codes)]
        first = {one.kind: one for one in reversed(kept)}
        found += [
            (row, places[field.name], _make_finding(row, field.name, one)) for one in kept if first[one.kind] is one
        ]
    return [finding for _, _, finding in sorted(found, key=lambda one: one[:2])]


class _SuspectCell:
    """A folded text and what belongs to a person in it."""

    def __init__(self, text: str) -> None:
        self.text = fold_text(text)
        self.found = find_personal_numbers(self.text)


def _find_in_texts(texts: pa.ChunkedArray) -> Iterator[tuple[int, _SuspectCell]]:
    """Yield position and content of every text that holds something; equal texts are judged once.

    All columns in one array: compiling the expressions costs more than searching a small table.
    """
    positions, likely = _select_likely(texts)
    if not len(likely):
        return
    encoded = likely.combine_chunks().dictionary_encode()
    holding = {}
    for at in _suspect_positions(encoded.dictionary).to_pylist():
        cell = _SuspectCell(encoded.dictionary[at].as_py())
        if cell.found:
            holding[at] = cell
    if not holding:
        return
    hits = pc.indices_nonzero(pc.is_in(encoded.indices, value_set=pa.array(holding, encoded.indices.type)))
    for at in hits.to_pylist():
        yield positions[at].as_py(), holding[encoded.indices[at].as_py()]


def _long_numbers_as_text(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Return the column as text: of typed numbers only those of 15 digits or more; None for types that hold neither."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column.cast(pa.string())
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)) or not len(column):
        return None
    most = pc.max(pc.abs(column)).as_py()
    if most is None or most < _LONG_NUMBER:
        return None
    texts = [None if value is None or isnan(value) else str(int(value)) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _select_likely(texts: pa.ChunkedArray) -> tuple[pa.Array, pa.ChunkedArray]:
    """Return the texts with an `@` or at least eleven digits, in whatever characters these are written, and their positions."""
    long_enough = pc.fill_null(pc.greater_equal(pc.binary_length(texts), _FILLED), False)
    some = texts.filter(long_enough)
    likely = pc.match_substring_regex(some, _LIKELY)
    return pc.indices_nonzero(long_enough).filter(likely), some.filter(likely).cast(pa.large_string())


def _suspect_positions(texts: pa.LargeStringArray) -> pa.Array:
    """Return the positions of texts that may hold something once they are folded: a wider net than `find_personal_numbers`."""
    plain = pc.replace_substring_regex(pc.replace_substring_regex(texts, f"[{ZERO_WIDTH}]", ""), f"[{HYPHENS}]", "-")
    folded = pc.utf8_normalize(plain, form="NFKC")
    return pc.indices_nonzero(pc.match_substring_regex(folded, _suspect_pattern()))


_GAP = r"[ \t\r\n\f\v\-./()]*"
_DIGITS = "0-9\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u24ea\uff10-\uff19\U0001d7ce-\U0001d7ff\U0001fbf0-\U0001fbf9"
"""Every character that NFKC (Unicode 15) turns into one digit."""
_LIKELY = f"[@\uff20\ufe6b]|(?:[{_DIGITS}][^{_DIGITS}]*){{{SHORTEST_NUMBER}}}"


@cache
def _suspect_pattern() -> str:
    mobile = f"1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}"
    long = f"[1-9](?:{_GAP}[0-9]){{14}}"
    return f"(?i){email_domain_pattern()}|{mobile}|{long}"


def _is_exempt(one: PersonalNumber, text: str, field: Field, contract: Contract, codes: set[str]) -> bool:
    if one.kind == "private_email":
        return field.policy.office_contact
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


def _make_finding(row: int, field: str, one: PersonalNumber) -> Finding:
    message, mend = _MESSAGES[one.kind]
    return Finding(
        judge="row",
        type=FINDING_TYPES[one.kind],
        severity="error",
        row=row,
        field=field,
        value=one.masked,
        message=message,
        mend=mend,
    )
