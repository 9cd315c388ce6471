"""Header labels to fields of the contract: which column is which, and what the header gets wrong.

Here: the matching, its findings and decisions, and the file's columns put in the contract's order. Not here: which spellings
a label may have (`column_matching.py`), finding the header row (`read/header.py`), converting units (`normalise`).
"""

import dataclasses
import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import pyarrow as pa

from pipelines.units import UNITS, exponent_between, unit_key
from quality.findings import Finding, shown
from schemas.contract import Contract, Field
from schemas.policy import NewColumns
from schemas.rules import Severity
from schemas.text import Text

SERIAL = frozenset({"序号", "no", "no.", "编次", "行号"})
"""Labels of a running number that people add for themselves; the column is left out, and the receipt says so."""
_COMPARED = 80
_OF_NEW_COLUMNS: Mapping[NewColumns, Severity] = {"refuse": "error", "hold": "warning", "accept": "info"}


@dataclasses.dataclass(frozen=True)
class Matching:
    """`order[i]` is the column of the file that holds the contract's i-th field, None if the file has none.

    `units`: reported unit of a field, only where it differs from the field's and can be converted. `missing`: the required
    fields that no column stands for, each of them already a finding.
    """

    contract: Contract = dataclasses.field(repr=False)
    order: tuple[int | None, ...]
    units: Mapping[str, str]
    missing: frozenset[str]
    findings: tuple[Finding, ...]
    decisions: tuple[Text, ...]

    def arrange(self, table: pa.Table) -> pa.Table:
        """The file's columns under the contract's names and in its order; a field that the file lacks is all null."""
        empty = pa.nulls(table.num_rows, pa.string())
        columns = [empty if at is None else table.column(at) for at in self.order]
        return pa.table(columns, schema=pa.schema([(one.name, pa.string()) for one in self.contract.fields]))


def match(labels: Sequence[str], contract: Contract) -> Matching:
    """Which label is which field.

    Findings (judge `cell`, no row, severity error, frictionless's types): `blank-label`, `extra-label`, `duplicate-label`,
    `missing-label` of a required field, `incorrect-label` for a unit that cannot become the field's. A column that is no field
    is an error, a warning or said in passing, as the contract's `new_columns` has it; its cells go nowhere in any case. An
    optional field that is missing is a decision, not a finding.
    """
    names = names_of(contract)
    found = [field_of(label, names) for label in labels]
    first: dict[str, int] = {}
    for at, (name, _) in enumerate(found):
        if name is not None:
            first.setdefault(name, at)
    units, of_units = _units(found, labels, first, contract)
    missing = [field for field in contract.fields if field.name not in first]
    new_columns = contract.policy.new_columns
    findings = [*_of_labels(labels, found, first, missing, new_columns), *of_units, *_missing_required(missing)]
    return Matching(
        contract=contract,
        order=tuple(first.get(field.name) for field in contract.fields),
        units=units,
        missing=frozenset(field.name for field in missing if field.required),
        findings=tuple(findings),
        decisions=(*_decisions(labels, found, missing), *_converted(units, contract)),
    )


def _of_labels(
    labels: Sequence[str],
    found: Sequence[tuple[str | None, str | None]],
    first: Mapping[str, int],
    missing: Sequence[Field],
    new_columns: NewColumns,
) -> list[Finding]:
    findings = []
    for at, (label, (name, _)) in enumerate(zip(labels, found, strict=True)):
        if not label_key(label):
            findings.append(_blank(at))
        elif name is None and label_key(label) not in SERIAL:
            findings.append(_extra(at, label, missing, new_columns))
        elif name is not None and first[name] != at:
            findings.append(_duplicate(at, label, first[name], labels[first[name]]))
    return findings


def _finding(
    kind: str,
    message: Text,
    *,
    severity: Severity = "error",
    field: str | None = None,
    value: str | None = None,
    mend: Text,
) -> Finding:
    return Finding(
        judge="cell", type=kind, severity=severity, field=field, value=shown(value), message=message, mend=mend
    )


def _blank(at: int) -> Finding:
    return _finding(
        "blank-label",
        Text(zh=f"第 {at + 1} 列有数据而没有表头", en=f"column {at + 1} holds data but has no label"),
        mend=Text(zh="补上表头，或删去整列", en="give it a label, or delete the column"),
    )


def _extra(at: int, label: str, missing: Sequence[Field], new_columns: NewColumns) -> Finding:
    near = _near(label, missing)
    mend = (
        Text(
            zh=f"是否应为“{near.title}”（{near.name}）？如是请改表头，否则请删去整列",
            en=f"did you mean {near.policy.title_en} ({near.name})? Then rename it, else delete the column",
        )
        if near
        else Text(
            zh="采集模板中没有这一列，请删去，或改用模板的表头",
            en="the template has no such column: delete or rename it",
        )
    )
    left_out = new_columns != "refuse"
    message = Text(
        zh=f"第 {at + 1} 列“{shown(label, _COMPARED)}”不是本数据集的字段{'，未读取' if left_out else ''}",
        en=f"column {at + 1} “{shown(label, _COMPARED)}” is no field of this dataset{' and was left out' if left_out else ''}",
    )
    return _finding("extra-label", message, severity=_OF_NEW_COLUMNS[new_columns], value=label, mend=mend)


def _duplicate(at: int, label: str, other: int, other_label: str) -> Finding:
    here, there = shown(label, _COMPARED), shown(other_label, _COMPARED)
    return _finding(
        "duplicate-label",
        Text(
            zh=f"第 {at + 1} 列“{here}”与第 {other + 1} 列“{there}”是同一字段",
            en=f"column {at + 1} “{here}” and column {other + 1} “{there}” are the same field",
        ),
        value=label,
        mend=Text(zh="只留一列", en="keep one of them"),
    )


def _near(label: str, missing: Sequence[Field]) -> Field | None:
    keys: dict[str, Field] = {}
    for field in missing:
        for spelling in (field.title, field.policy.title_en, field.name):
            keys.setdefault(label_key(spelling), field)
    close = get_close_matches(label_key(label)[:_COMPARED], keys, n=1, cutoff=0.5)
    return keys[close[0]] if close else None


def _missing_required(missing: Sequence[Field]) -> list[Finding]:
    return [
        _finding(
            "missing-label",
            Text(
                zh=f"缺少必填列“{field.title}”（{field.name}）",
                en=f"the required column {field.policy.title_en} ({field.name}) is missing",
            ),
            field=field.name,
            mend=Text(zh="按采集模板补上这一列", en="add the column as in the template"),
        )
        for field in missing
        if field.required
    ]


def _units(
    found: Sequence[tuple[str | None, str | None]],
    labels: Sequence[str],
    first: Mapping[str, int],
    contract: Contract,
) -> tuple[dict[str, str], list[Finding]]:
    units: dict[str, str] = {}
    findings: list[Finding] = []
    for name, at in first.items():
        field, inner = contract.field(name), found[at][1]
        unit = field.policy.unit
        if inner is None or unit is None or unit_key(inner) not in UNITS or unit_key(inner) == unit_key(unit):
            continue
        if exponent_between(inner, unit) is None:
            findings.append(_wrong_unit(field, labels[at], inner))
        elif exponent_between(inner, unit) != 0:
            units[name] = inner
    return units, findings


def _wrong_unit(field: Field, label: str, inner: str) -> Finding:
    return _finding(
        "incorrect-label",
        Text(
            zh=f"“{field.title}”的单位应为{field.policy.unit}，表头写的是{inner}，无法换算",
            en=f"{field.policy.title_en} is measured in {field.policy.unit}; the label says {inner}, which cannot become it",
        ),
        field=field.name,
        value=label,
        mend=Text(zh=f"改为以{field.policy.unit}填报", en=f"report it in {field.policy.unit}"),
    )


def _decisions(
    labels: Sequence[str], found: Sequence[tuple[str | None, str | None]], missing: Sequence[Field]
) -> list[Text]:
    decisions = []
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


def _converted(units: Mapping[str, str], contract: Contract) -> list[Text]:
    return [
        Text(
            zh=f"“{contract.field(name).title}”以{unit}填报，换算为{contract.field(name).policy.unit}",
            en=f"{contract.field(name).policy.title_en} is reported in {unit} and converted to {contract.field(name).policy.unit}",
        )
        for name, unit in units.items()
    ]


_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_BRACKETED = re.compile(r"^(?P<bare>.+?)[(\[【〔](?P<inner>[^()\[\]【】〔〕]*)[)\]】〕]$")
_TAIL = re.compile(r"^(?P<bare>.+?)[/:,、_](?P<inner>[^/:,、_]+)$")


def label_key(label: str) -> str:
    """What two spellings of a label have in common: NFKC, no blanks, no `*`, small letters."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", label)).strip("*：:").casefold()


def names_of(contract: Contract) -> dict[str, str]:
    """Field name by every key that a label of it may have; a title that two fields share stands for neither."""
    titles: dict[str, set[str]] = {}
    for field in contract.fields:
        for title in (field.title, field.policy.title_en):
            for key in (label_key(title), *([found[0]] if (found := _parted(label_key(title))) else [])):
                titles.setdefault(key, set()).add(field.name)
    shared = {key: names.pop() for key, names in titles.items() if len(names) == 1}
    return shared | {label_key(field.name): field.name for field in contract.fields}


def field_of(label: str, names: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The field that a label stands for and what its brackets say, as far as there are any."""
    key = label_key(label)
    parted = _parted(key)
    if key in names:
        # A field's own name says nothing of a unit, even where it ends in `_m`.
        return names[key], parted[1] if parted and key != label_key(names[key]) else None
    if parted and parted[0] in names:
        return names[parted[0]], parted[1]
    return None, None


def _parted(key: str) -> tuple[str, str] | None:
    if bracketed := _BRACKETED.match(key):
        return bracketed["bare"].strip("*"), bracketed["inner"]
    tail = _TAIL.match(key)
    return (tail["bare"], tail["inner"]) if tail and unit_key(tail["inner"]) in UNITS else None
