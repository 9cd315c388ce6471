"""Matching of a header to the fields of a contract, and the errors in a header.

Here: the matching, its findings and decisions, and the file's columns in the contract's order. Not here: the field that one label names
(`column_labels`), finding the header row (`pipelines/read/tables/header.py`), the unit of a column (`pipelines/units`), converting
(`normalise`).
"""

import dataclasses
import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache

import pyarrow as pa

from pipelines.columns.column_labels import SERIAL, field_names_by_label, label_key, match_label, split_brackets
from pipelines.read.reading import Reading
from pipelines.units.statements import StatedUnits
from pipelines.units.unit_matching import ReportedUnits, decide_units, list_labelled_fields
from quality.findings import Finding, masked_excerpt
from schemas.codelists import CodeList
from schemas.contract import Contract, Field
from schemas.disclosure import PersonalKind, disclosure_settings
from schemas.label_columns import LabelColumn, list_department_labels, list_label_columns
from schemas.policy import NewColumns
from schemas.rules.rule_base import Severity
from schemas.slice_columns import BY_NAME, SliceColumn
from schemas.text import Text

_LABEL_LIMIT = 80
_LABELS_KEPT = 1024
_SHORTEST_TITLE = 3
_REMARKS = frozenset(
    {"备注", "备考", "附注", "说明", "注", "remark", "remarks", "note", "notes", "comment", "comments"}
)
"""Labels of a column of remarks, which never stand for a field that is missing."""
_NEAR = 0.6
_NEAR_SHORT = 0.5
_SHORT = 2
"""Minimum similarity of labels that may be meant for each other; of two characters one must be the same."""


@dataclasses.dataclass(frozen=True)
class ColumnMatching:
    """`order[i]` is the index of the file's column for the contract's i-th field, None if the file has no such column.

    `units`: reported unit by field name, only where it differs from the field's unit and can be converted. `missing`: names of the
    required fields without a column; each of them is also a finding.
    """

    contract: Contract = dataclasses.field(repr=False)
    order: tuple[int | None, ...]
    units: Mapping[str, str]
    missing: frozenset[str]
    findings: tuple[Finding, ...]
    decisions: tuple[Text, ...]

    def arrange_columns(self, table: pa.Table) -> pa.Table:
        """Returns the columns named and ordered as in the contract; a field without a column is all null."""
        empty = pa.nulls(table.num_rows, pa.string())
        columns = [empty if at is None else table.column(at) for at in self.order]
        return pa.table(columns, schema=pa.schema([(field.name, pa.string()) for field in self.contract.fields]))


def match_reading(reading: Reading, contract: Contract, codelists: Mapping[str, CodeList]) -> ColumnMatching:
    """Matches the columns of a reading as `match_columns` does, with `named` set to the columns that the platform adds to releases of the dataset."""
    added: list[LabelColumn | SliceColumn] = [*list_department_labels({}), *BY_NAME.values()]
    named: list[LabelColumn | SliceColumn] = [*list_label_columns(contract, codelists), *added]
    return match_columns(reading.labels, contract, reading.columns, reading.stated, named)


def match_columns(
    labels: Sequence[str],
    contract: Contract,
    places: Sequence[int] | None = None,
    stated: StatedUnits | None = None,
    named: Sequence[LabelColumn | SliceColumn] = (),
) -> ColumnMatching:
    """Matches the labels of a header to the fields of a contract; of two columns for one field the first is read.

    `places`: the number of each label's column in the file (first = 1), needed if the reader has left columns out. `stated`: units that
    the file states outside its labels. `named`: the columns that the platform adds to a release; a file made from a release has them too,
    and they are skipped, which is recorded as a decision.

    Findings (judge `cell`, no row, severity error, types of frictionless): `blank-label`, `extra-label`, `duplicate-label`,
    `missing-label` of a required field, `denied-column` of personal data, and those of `unit_matching.decide_units` on the unit of a
    field. A column that is no field gives a warning, or an error if the contract's `new_columns` says so or if its label resembles that
    of a missing field; its cells are never read. A missing optional field is a decision, not a finding.
    """
    names = field_names_by_label(contract)
    derived = _label_column_keys(named) - names.keys()
    found = [(None, None) if label_key(label) in derived else match_label(label, names) for label in labels]
    first: dict[str, int] = {}
    for at, (name, _) in enumerate(found):
        if name is not None:
            first.setdefault(name, at)
    reported = _decide_units(found, labels, first, contract, stated or StatedUnits())
    missing = [field for field in contract.fields if field.name not in first]
    new_columns = contract.policy.new_columns
    findings = [
        *_find_label_errors(labels, places or range(1, len(labels) + 1), found, first, missing, new_columns, derived),
        *reported.findings,
        *_find_missing_required(missing),
    ]
    return ColumnMatching(
        contract=contract,
        order=tuple(first.get(field.name) for field in contract.fields),
        units=reported.units,
        missing=frozenset(field.name for field in missing if field.required),
        findings=tuple(findings),
        decisions=(*_list_decisions(labels, found, missing, derived), *reported.decisions),
    )


def _find_label_errors(
    labels: Sequence[str],
    places: Sequence[int],
    found: Sequence[tuple[str | None, str | None]],
    first: Mapping[str, int],
    missing: Sequence[Field],
    new_columns: NewColumns,
    derived: Collection[str],
) -> list[Finding]:
    findings = []
    spelled = _spell_fields(missing)
    for at, (label, (name, _)) in enumerate(zip(labels, found, strict=True)):
        if not label_key(label):
            findings.append(_blank_label_finding(places[at]))
        elif name is None and (denied := disclosure_settings().find_denied_kind(label)):
            findings.append(_denied_column_finding(places[at], label, denied, new_columns))
        elif name is None and label_key(label) not in {*SERIAL, *derived}:
            findings.append(_extra_column_finding(places[at], label, spelled, new_columns))
        elif name is not None and first[name] != at:
            other = first[name]
            findings.append(_duplicate_label_finding(places[at], label, places[other], labels[other]))
    return findings


def _make_finding(
    kind: str,
    message: Text,
    *,
    severity: Severity = "error",
    field: str | None = None,
    value: str | None = None,
    mend: Text,
) -> Finding:
    return Finding(
        judge="cell", type=kind, severity=severity, field=field, value=masked_excerpt(value), message=message, mend=mend
    )


def _blank_label_finding(place: int) -> Finding:
    return _make_finding(
        "blank-label",
        Text(zh=f"第 {place} 列有数据而没有表头", en=f"column {place} holds data but has no label"),
        mend=Text(zh="补上表头，或删去整列", en="give it a label, or delete the column"),
    )


def _extra_column_finding(place: int, label: str, missing: Mapping[str, Field], new_columns: NewColumns) -> Finding:
    near = _nearest_missing(label, missing)
    mend = (
        Text(
            zh=f"是否应为“{near.title}”？如是请改表头，否则请删去整列",
            en=f"did you mean {near.policy.title_en} ({near.name})? Then rename it, else delete the column",
        )
        if near
        else Text(
            zh="采集模板中没有这一列，其内容不会入库；如为模板中的某一列，请改用模板的表头",
            en="the template has no such column and nothing of it is kept; if one of the template is meant, use its label",
        )
        if new_columns == "ignore"
        else Text(
            zh="采集模板中没有这一列，请删去，或改用模板的表头",
            en="the template has no such column: delete or rename it",
        )
    )
    left_out = new_columns == "ignore" and near is None
    more = Text(zh="，未读取", en=" and was left out") if left_out else Text(zh="", en="")
    if near:
        more = Text(zh=f"，像是“{near.title}”", en=f", but near to {near.policy.title_en}")
    message = Text(
        zh=f"第 {place} 列“{masked_excerpt(label, _LABEL_LIMIT)}”不是本数据集的字段{more.zh}",
        en=f"column {place} “{masked_excerpt(label, _LABEL_LIMIT)}” is no field of this dataset{more.en}",
    )
    return _make_finding("extra-label", message, severity="warning" if left_out else "error", value=label, mend=mend)


def _denied_column_finding(place: int, label: str, kind: PersonalKind, new_columns: NewColumns) -> Finding:
    """Returns the finding on a column of personal data, which is never read: a warning, or an error if new columns are refused."""
    shown, what = masked_excerpt(label, _LABEL_LIMIT), disclosure_settings().kinds[kind].name
    return _make_finding(
        "denied-column",
        Text(
            zh=f"第 {place} 列“{shown}”是个人信息（{what.zh}），任何时候都不公开，该列未读取、未入库",
            en=f"column {place} “{shown}” is personal data ({what.en}), which is never published: it was not read, and nothing of it is kept in the lake",
        ),
        severity="warning" if new_columns == "ignore" else "error",
        value=label,
        mend=Text(
            zh="请从报送文件中删去整列，以后报送也不要包含",
            en="delete the column from the file, and leave it out of later ones",
        ),
    )


def _duplicate_label_finding(place: int, label: str, other: int, other_label: str) -> Finding:
    here, there = masked_excerpt(label, _LABEL_LIMIT), masked_excerpt(other_label, _LABEL_LIMIT)
    return _make_finding(
        "duplicate-label",
        Text(
            zh=f"第 {place} 列“{here}”与第 {other} 列“{there}”是同一字段",
            en=f"column {place} “{here}” and column {other} “{there}” are the same field",
        ),
        value=label,
        mend=Text(zh="只留一列", en="keep one of them"),
    )


def _spell_fields(missing: Sequence[Field]) -> dict[str, Field]:
    """Maps the label keys of titles and names to the fields that have no column; of two fields with the same key the first is kept."""
    spelled: dict[str, Field] = {}
    for field in missing:
        for spelling in (field.title, field.policy.title_en, field.name):
            spelled.setdefault(label_key(spelling), field)
    return spelled


def _nearest_missing(label: str, missing: Mapping[str, Field]) -> Field | None:
    key = label_key(label)[:_LABEL_LIMIT]
    if key in _REMARKS:
        return None
    close = _find_closest(key, tuple(missing))
    return None if close is None else missing[close]


@lru_cache(maxsize=_LABELS_KEPT)
def _find_closest(key: str, spellings: tuple[str, ...]) -> str | None:
    """Returns the spelling closest to the key of a label; None if none is close. Cached, because the files of a batch have the same labels."""
    close = get_close_matches(key, spellings, n=1, cutoff=_NEAR if len(key) > _SHORT else _NEAR_SHORT)
    return close[0] if close else None


def _find_missing_required(missing: Sequence[Field]) -> list[Finding]:
    return [
        _make_finding(
            "missing-label",
            Text(
                zh=f"缺少必填列“{field.title}”",
                en=f"the required column {field.policy.title_en} ({field.name}) is missing",
            ),
            field=field.name,
            mend=Text(zh="按采集模板补上这一列", en="add the column as in the template"),
        )
        for field in missing
        if field.required
    ]


def _decide_units(
    found: Sequence[tuple[str | None, str | None]],
    labels: Sequence[str],
    first: Mapping[str, int],
    contract: Contract,
    stated: StatedUnits,
) -> ReportedUnits:
    columns = [(name, labels[at], found[at][1], at in stated.scaled) for name, at in first.items()]
    fields = list_labelled_fields(contract, columns)
    titles = {label_key(spelling): known.field.name for known in fields for spelling in _spellings(known.field)}

    def resolve(subject: str) -> list[str]:
        words = [label_key(word) for word in re.split(r"[、和及]", subject) if word]
        return [name for word in words if (name := titles.get(word) or _name_at_end(word, titles))]

    return decide_units(fields, stated.statements, resolve)


def _spellings(field: Field) -> tuple[str, ...]:
    bare = split_brackets(label_key(field.title))
    return (field.title, field.policy.title_en, field.name, *([bare[0]] if bare else []))


def _name_at_end(words: str, titles: Mapping[str, str]) -> str | None:
    """Returns the field whose title ends the words, as in 各协会注册资金; the longest of several."""
    ends = [title for title in titles if len(title) >= _SHORTEST_TITLE and words.endswith(title)]
    return titles[max(ends, key=len)] if ends else None


def _label_column_keys(named: Sequence[LabelColumn | SliceColumn]) -> set[str]:
    return {label_key(label) for one in named for label in (one.name, one.title.zh, one.title.en)}


def _list_decisions(
    labels: Sequence[str],
    found: Sequence[tuple[str | None, str | None]],
    missing: Sequence[Field],
    derived: Collection[str],
) -> list[Text]:
    decisions = []
    if left := [label.strip() for label in labels if label_key(label) in derived]:
        decisions.append(
            Text(
                zh=f"未读取代码名称列和报送单位、期间列（由平台写入，名称如有改动请改代码列）：{'、'.join(left)}",
                en=f"left out the columns that the platform writes: names of codes (to change one, change its code), department and period: {', '.join(left)}",
            )
        )
    for label, (name, _) in zip(labels, found, strict=True):
        if name is None and label_key(label) in SERIAL:
            decisions.append(
                Text(zh=f"未读取序号列“{label.strip()}”", en=f"left out the running number “{label.strip()}”")
            )
    if optional := [field for field in missing if not field.required]:
        decisions.append(
            Text(
                zh=f"文件没有以下选填列，按空白处理：{'、'.join(field.title for field in optional)}",
                en=f"optional columns that the file lacks are left empty: {', '.join(f.policy.title_en for f in optional)}",
            )
        )
    return decisions
