"""Corrections: reviewed records that correct a known error of a source until the source corrects it itself.

One file per dataset, `corrections/<dataset>.csv` below the installation's home, next to the data. Columns: `department`, `period`
(empty: every period), the fields of the primary key, then `field,old,new,reason,who,approved_by,until`. `old` and `new` are
spelled as in the contract; `approved_by` must differ from `who`; `until` is the last day of use. A correction that matches no
row, or whose old value differs, is an error and is never ignored. Not here: spellings (`normalise`), holding rows back.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from pipelines.normalise import CellRewrite, NormalisedTable
from pipelines.submissions.checks.replaced_cells import replace_cells
from pipelines.submissions.finding_words import FindingWords
from quality.findings import Finding, masked_excerpt
from schemas.codelists import CodeList
from schemas.contract import Contract
from schemas.errors import ContractError
from schemas.frozen_model import FrozenModel
from schemas.rules.rule_base import Severity
from schemas.slices import SliceKey
from schemas.text import Text

_SCOPE = ("department", "period")
_ABOUT = ("field", "old", "new", "reason", "who", "approved_by", "until")


_ONE_PERSON, _NO_CHANGE = "one person", "no change"
_MISTAKES = {
    _ONE_PERSON: Text(zh="who（提出人）和 approved_by（审核人）须为两人", en="who and approved_by must be two people"),
    _NO_CHANGE: Text(zh="old（原值）和 new（新值）相同", en="old and new are the same"),
}


class Correction(FrozenModel):
    """One corrected cell: in the row with `key`, `field` holds `old` and should hold `new` (empty text: null)."""

    department: str = Field(min_length=1)
    period: str
    key: tuple[str, ...]
    field: str
    old: str
    new: str
    reason: str = Field(min_length=1)
    who: str = Field(min_length=1)
    approved_by: str = Field(min_length=1)
    until: date

    @model_validator(mode="after")
    def _require_review(self) -> "Correction":
        if self.who == self.approved_by:
            raise ValueError(_ONE_PERSON)
        if self.old == self.new:
            raise ValueError(_NO_CHANGE)
        return self

    def is_about(self, slice_: SliceKey) -> bool:
        """Whether the correction applies to that slice."""
        return self.department == slice_.department and self.period in {"", slice_.period}


@dataclass(frozen=True)
class CorrectedTable:
    """The table after its corrections, with a decision or finding for each one that was used or could not be."""

    normal: NormalisedTable
    findings: tuple[Finding, ...] = ()
    decisions: tuple[Text, ...] = ()


def read_corrections(path: Path, contract: Contract) -> tuple[Correction, ...]:
    """Returns all corrections of a dataset; empty if there is no file.

    Raises ContractError, which names the wrong line, or the file if its header is wrong or it cannot be read.
    """
    if not path.is_file():
        return ()
    columns = correction_columns(contract)
    named = ",".join(columns)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines, strict=True, restkey="")
        try:
            if tuple(reader.fieldnames or ()) != columns:
                raise ContractError(
                    Text(
                        zh=f"更正记录 {path.name} 的列应为 {named}",
                        en=f"the columns of the corrections {path.name} must be {named}",
                    )
                )
            return tuple(_parse_correction(line, contract, f"{path.name}:{reader.line_num}") for line in reader)
        except (csv.Error, UnicodeDecodeError) as wrong:
            raise ContractError(
                Text(
                    zh=f"更正记录 {path.name} 无法读取（{wrong}）；应为 UTF-8 编码的 CSV，列为 {named}",
                    en=f"the corrections {path.name} cannot be read ({wrong}); they are CSV in UTF-8 with the columns {named}",
                )
            ) from wrong


def correction_columns(contract: Contract) -> tuple[str, ...]:
    """Returns the columns of a dataset's corrections in their order."""
    return (*_SCOPE, *contract.primary_key, *_ABOUT)


def mark_corrections(corrections: Sequence[Correction], slice_: SliceKey, on: date) -> list[str]:
    """Returns a short hash of each correction that belongs to the slice and is valid on that day; equal corrections have equal hashes."""
    due = [correction for correction in corrections if correction.is_about(slice_) and correction.until >= on]
    return sorted(hashlib.sha256(correction.model_dump_json().encode()).hexdigest()[:16] for correction in due)


def apply_corrections(
    normal: NormalisedTable,
    rows: pa.Array,
    contract: Contract,
    corrections: Sequence[Correction],
    slice_: SliceKey,
    on: date,
    codelists: Mapping[str, CodeList],
) -> CorrectedTable:
    """Applies the corrections that belong to the slice and are still valid on that day.

    Each use is a rewrite (why: `correction`) and a decision. Findings: `correction-unmatched` (error, no row), `correction-differs`
    (error on the row), `correction-unneeded` and `correction-expired` (warnings: remove the record).
    """
    relevant = [correction for correction in corrections if correction.is_about(slice_)]
    expired = [correction for correction in relevant if correction.until < on]
    due = [correction for correction in relevant if correction.until >= on]
    words = FindingWords(contract, codelists)
    findings = [_make_finding(correction, words, "correction-expired", "warning", None) for correction in expired]
    columns = {name: normal.table.column(name) for name in normal.table.column_names}
    rewrites, decisions = list(normal.rewrites), []
    changed: dict[str, dict[int, str | None]] = {}
    for correction, places in zip(due, _find_rows(normal.table, contract, due), strict=True):
        if not places:
            findings.append(_make_finding(correction, words, "correction-unmatched", "error", None))
        for place in places:
            row = rows[place].as_py()
            before = changed.get(correction.field, {}).get(place, columns[correction.field][place].as_py())
            if (before or "") != correction.old:
                kind = "correction-unneeded" if (before or "") == correction.new else "correction-differs"
                severity: Severity = "warning" if kind == "correction-unneeded" else "error"
                findings.append(_make_finding(correction, words, kind, severity, row, before))
                continue
            changed.setdefault(correction.field, {})[place] = correction.new or None
            rewrites.append(CellRewrite(row, correction.field, before or "", correction.new or None, "correction"))
            decisions.append(_describe_use(correction, words, row))
    table = replace_cells(normal.table, changed)
    return CorrectedTable(NormalisedTable(table, rewrites), tuple(findings), tuple(decisions))


def _parse_correction(line: Mapping[str, str | None], contract: Contract, place: str) -> Correction:
    about = {name: line[name] for name in (*_SCOPE, *_ABOUT)}
    try:
        correction = Correction.model_validate({**about, "key": tuple(line[name] for name in contract.primary_key)})
    except ValidationError as wrong:
        raise _correction_error(place, [_describe_mistake(error) for error in wrong.errors()]) from wrong
    if "" in line:
        named = ",".join(correction_columns(contract))
        raise _correction_error(
            place, [Text(zh=f"单元格多于表头的列 {named}", en=f"the line has more cells than the header {named}")]
        )
    if correction.field not in {field.name for field in contract.fields}:
        known = ", ".join(field.name for field in contract.fields)
        raise _correction_error(
            place,
            [
                Text(
                    zh=f"“{contract.title.zh}”没有字段 {correction.field}；可用：{known}",
                    en=f"{contract.name} has no field {correction.field}; there are: {known}",
                )
            ],
        )
    return correction


def _describe_mistake(error: ErrorDetails) -> Text:
    """Returns in our words what pydantic found wrong with a line."""
    name = str(error["loc"][0]) if error["loc"] else ""
    if not name:
        return _MISTAKES[str(error["ctx"]["error"])]
    if name == "until":
        return Text(zh="until 应为日期，如 2026-12-31", en="until must be a day such as 2026-12-31")
    if name == "key":
        return Text(zh="编码字段不能缺少", en="a field of the primary key is missing")
    return Text(zh=f"{name} 不能为空", en=f"{name} must not be empty")


def _correction_error(place: str, mistakes: Sequence[Text]) -> ContractError:
    zh, en = "；".join(one.zh for one in mistakes), "; ".join(one.en for one in mistakes)
    return ContractError(
        Text(zh=f"更正记录 {place} 有误：{zh}。请改正该行", en=f"the correction {place} is wrong: {en}; mend that line")
    )


def _find_rows(table: pa.Table, contract: Contract, corrections: Sequence[Correction]) -> Iterator[list[int]]:
    """Yields, for each correction, the positions in the table of the rows with its key."""
    if not corrections:
        return
    first = table.column(contract.primary_key[0])
    likely = pc.is_in(first, value_set=pa.array(sorted({one.key[0] for one in corrections}), pa.string()))
    places = pc.indices_nonzero(likely).to_pylist()
    keys = zip(
        *(table.column(name).take(pa.array(places, pa.int64())).to_pylist() for name in contract.primary_key),
        strict=True,
    )
    found: dict[tuple[str, ...], list[int]] = {}
    for place, key in zip(places, keys, strict=True):
        found.setdefault(tuple(cell or "" for cell in key), []).append(place)
    yield from (found.get(one.key, []) for one in corrections)


def _name_value(words: FindingWords, field: str, value: str | None) -> Text:
    """Returns a value as a receipt says it: a code by its name, a long text cut, a dash for nothing."""
    return words.name_cell(field, masked_excerpt(value or None, 40)) or Text(zh="—", en="—")


def _describe_use(one: Correction, words: FindingWords, row: int) -> Text:
    title = words.labels[one.field]
    old, new = _name_value(words, one.field, one.old), _name_value(words, one.field, one.new)
    return Text(
        zh=f"第 {row} 行 {title.zh} 按更正记录由“{old.zh}”改为“{new.zh}”：{one.reason}（{one.who} 提出，{one.approved_by} 审核，至 {one.until}）",
        en=f"row {row}: {title.en} corrected from “{old.en}” to “{new.en}”: {one.reason} (by {one.who}, approved by {one.approved_by}, until {one.until})",
    )


_FINDING_TEXTS: Mapping[str, tuple[str, str, str, str]] = {
    "correction-unmatched": (
        "更正记录找不到对应的行",
        "a correction matches no row",
        "请核对编码，或删去这条更正记录",
        "check the key, or take the correction out",
    ),
    "correction-differs": (
        "更正记录的原值与文件不符",
        "the old value of a correction is not what the file holds",
        "请核对后修改更正记录",
        "look at both and mend the correction",
    ),
    "correction-unneeded": (
        "文件已经改正，更正记录不再需要",
        "the file is right by now and the correction no longer needed",
        "请删去这条更正记录",
        "take the correction out",
    ),
    "correction-expired": (
        "更正记录已过期，未使用",
        "a correction has expired and was not applied",
        "请延期并重新审核，或删去这条更正记录",
        "have it approved anew, or take it out",
    ),
}


def _make_finding(
    one: Correction, words: FindingWords, kind: str, severity: Severity, row: int | None, before: str | None = None
) -> Finding:
    zh, en, mend_zh, mend_en = _FINDING_TEXTS[kind]
    key = "/".join(one.key)
    title = words.labels[one.field]
    expected, actual = _name_value(words, one.field, one.old), _name_value(words, one.field, before)
    return Finding(
        judge="table",
        type=kind,
        severity=severity,
        row=row,
        field=one.field,
        value=masked_excerpt(before),
        message=Text(
            zh=f"{zh}：{key} 的 {title.zh}，原值“{expected.zh}”" + (f"，文件为“{actual.zh}”" if row else ""),
            en=f"{en}: {title.en} of {key}, old value “{expected.en}”"
            + (f", the file has “{actual.en}”" if row else ""),
        ),
        mend=Text(zh=mend_zh, en=mend_en),
    )
