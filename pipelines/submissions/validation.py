"""Validation of one file against its contract, from bytes to verdict, without writing anything.

read → match labels → normalise → correct → cells → rows → problem data → table → verdict. Here: that order, and the input of
each check. Not here: storing results (`intake.py`), or the checks themselves (`quality`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import column_matching
from pipelines.normalise import CellRewrite, NormalisedTable, normalise_table
from pipelines.read import Reading, read_file
from pipelines.submissions import plausibility
from pipelines.submissions.corrections import CorrectedTable, apply_corrections, read_corrections
from pipelines.submissions.shrinking import check_shrinking, count_replaced_rows, describe_shrinking
from pipelines.workbook_stamp import find_outdated
from pipelines.workspace import Workspace
from quality.conformance import CellOverflow, conform_typed
from quality.conformance.lines import RecordLines
from quality.expectations import judge_table
from quality.findings import Finding, masked_excerpt
from quality.rules import RuleContext, judge_rows
from quality.verdict import Verdict, decide_verdict
from schemas.contract import Contract, rule_fields
from schemas.errors import UnreadableFile
from schemas.rules import InArea, InPeriod
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse.types import arrow_schema


@dataclass(frozen=True)
class Validation:
    """What was read, found and decided about one file. `accepted`: typed rows for the lake, None if there are none."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    reading: Reading | None = None
    rewrites: tuple[CellRewrite, ...] = ()
    decisions: tuple[Text, ...] = ()
    accepted: pa.Table | None = None


def validate_submission(
    workspace: Workspace,
    file: Path,
    contract: Contract,
    slice_: SliceKey | None,
    called: str | None = None,
    on: date | None = None,
    sha256: str | None = None,
    *,
    received: date | None = None,
    complete: bool = False,
    waived: Collection[str] = (),
) -> Validation:
    """Validates `file`.

    Without a slice, corrections, rules about the period and the department's area, and comparisons with other submissions are
    left out. `called`: the name that the department gave the file, if it is stored under another. `on`: the day that decides
    which corrections are valid (without it none are applied), and the day of receipt unless `received` gives another. `sha256`: of
    the file, to find the same bytes in another slice. `complete`: the department says so, and the file may have far fewer rows than
    it replaces. `waived`: types of findings about rows or the table that a steward accepts; they become warnings.

    A file that is not a readable table is refused, with one finding that says why and how to correct it.
    """
    try:
        reading = read_file(file, contract)
    except UnreadableFile as refusal:
        message = _rename_file_in(refusal.text, file.name, called or file.name)
        return refuse_submission(Finding(judge="table", type=refusal.kind, severity="error", message=message))
    matching = column_matching.match_columns(reading.labels, contract)
    spelled = normalise_table(matching.arrange_columns(reading.table), reading.rows, contract, matching.units)
    corrected = _apply_corrections(workspace, spelled, reading, contract, slice_, on)
    normal = corrected.normal
    findings = [*find_outdated(reading.stamp, contract), *reading.findings, *matching.findings, *corrected.findings]
    cells = conform_typed(normal.table, reading.rows, contract)
    findings += _new_findings(cells.findings, reading.findings, matching.missing, contract)
    findings += _overflow_findings(cells.overflows, _rows_with_errors(findings), contract)
    table, rows = _drop_rows(cells.typed.cast(arrow_schema(contract)), reading.rows, _rows_with_errors(findings))
    blind = {rule.id for rule in contract.rules if matching.missing & set(rule_fields(rule))}
    judged = _judge_rows(workspace, table, rows, contract, slice_, received or on)
    findings += [finding for finding in judged if finding.type not in blind]
    findings += _check_plausibility(workspace, normal.table, table, rows, contract, slice_, sha256)
    findings = _waive_findings(findings, waived)
    decisions = [*reading.decisions, *matching.decisions, *corrected.decisions]
    verdict = decide_verdict(findings, reading.table.num_rows, contract.policy.quarantine.share)
    if verdict.accepted:
        table, _ = _drop_rows(table, rows, verdict.held_back)
        compared, said = _compare_with_standing(workspace, table, contract, slice_, complete or reading.complete)
        findings += _waive_findings(compared, waived)
        decisions += said
        verdict = decide_verdict(findings, reading.table.num_rows, contract.policy.quarantine.share)
    return Validation(
        verdict=verdict,
        findings=_add_line_numbers(findings, reading.lines),
        reading=reading,
        rewrites=tuple(normal.rewrites),
        decisions=tuple(decisions),
        accepted=table if verdict.accepted else None,
    )


def _compare_with_standing(
    workspace: Workspace, table: pa.Table, contract: Contract, slice_: SliceKey | None, complete: bool
) -> tuple[list[Finding], list[Text]]:
    """Returns what the table as a whole does not meet beside what stands, and the decision that fewer rows are right."""
    if slice_ is None:
        return judge_table(table, None, contract), []
    previous = workspace.lake.read_previous(contract, slice_)
    replaced = count_replaced_rows(workspace, contract, slice_, previous)
    shrunk = check_shrinking(contract, slice_, table.num_rows, replaced)
    found = judge_table(table, previous, contract)
    if shrunk and complete:
        return found, [describe_shrinking(table.num_rows, replaced)]
    return [*found, *shrunk], []


def refuse_submission(finding: Finding) -> Validation:
    """Returns the validation of a file that is refused: no valid submission, or no table."""
    verdict = Verdict(outcome="refused", reason=finding.message, rows=0)
    return Validation(verdict=verdict, findings=(finding,))


def _waive_findings(findings: Sequence[Finding], waived: Collection[str]) -> list[Finding]:
    """Returns the findings, those of the waived types as warnings; a finding about a cell is never waived."""
    return [
        finding.model_copy(update={"severity": "warning"})
        if finding.type in waived and finding.judge != "cell" and finding.severity == "error"
        else finding
        for finding in findings
    ]


def _apply_corrections(
    workspace: Workspace,
    normal: NormalisedTable,
    reading: Reading,
    contract: Contract,
    slice_: SliceKey | None,
    on: date | None,
) -> CorrectedTable:
    if slice_ is None or on is None:
        return CorrectedTable(normal)
    corrections = read_corrections(workspace.layout.corrections_file(contract.name), contract)
    return (
        apply_corrections(normal, reading.rows, contract, corrections, slice_, on)
        if corrections
        else CorrectedTable(normal)
    )


def _check_plausibility(
    workspace: Workspace,
    texts: pa.Table,
    table: pa.Table,
    rows: pa.Array,
    contract: Contract,
    slice_: SliceKey | None,
    sha256: str | None,
) -> list[Finding]:
    found = plausibility.check_table(texts, table, rows, contract)
    if slice_ is not None:
        found += plausibility.check_fragment(workspace, table, contract, slice_)
        found += plausibility.check_twin(workspace, contract, slice_, sha256) if sha256 else []
    return found


def _add_line_numbers(findings: Sequence[Finding], lines: RecordLines | None) -> tuple[Finding, ...]:
    """Returns the findings with the line on which their row begins, if the file has lines."""
    if lines is None:
        return tuple(findings)
    return tuple(f if f.row is None else f.model_copy(update={"line": lines.line_number(f.row)}) for f in findings)


def _overflow_findings(overflows: Iterable[CellOverflow], wrong: set[int], contract: Contract) -> list[Finding]:
    """Returns findings for numbers and times that Table Schema allows but no column can hold.

    They are reported as frictionless reports a wrong type. Rows in `wrong` already have an error and are skipped.
    """
    return [
        Finding(
            judge="cell",
            type="type-error",
            severity="error",
            row=overflow.row,
            field=overflow.field,
            value=masked_excerpt(overflow.value),
            message=Text(
                zh=f"{contract.get_field(overflow.field).title}“{masked_excerpt(overflow.value)}”太大，无法保存",
                en=f'{contract.get_field(overflow.field).label.en} "{masked_excerpt(overflow.value)}" is too large to be kept',
            ),
            mend=Text(zh="请核对数值和单位", en="check the number and its unit"),
        )
        for overflow in sorted(overflows)
        if overflow.row not in wrong
    ]


def _rename_file_in(text: Text, kept: str, called: str) -> Text:
    return Text(zh=text.zh.replace(f"“{kept}”", f"“{called}”"), en=text.en.replace(f"“{kept}”", f"“{called}”"))


def _new_findings(
    found: Sequence[Finding], said: Sequence[Finding], missing: frozenset[str], contract: Contract
) -> list[Finding]:
    """Drops findings that only follow from a missing column, or from a row or cell that the reader has reported.

    `said`: the findings of the reader.
    """
    places = {(finding.row, finding.field) for finding in said}
    news = []
    for finding in found:
        at = set(contract.primary_key) if finding.type == "primary-key" else {finding.field}
        if not at & missing and not any((finding.row, name) in places for name in (*at, None)):
            news.append(finding)
    return news


def _judge_rows(
    workspace: Workspace,
    table: pa.Table,
    rows: pa.Array,
    contract: Contract,
    slice_: SliceKey | None,
    received: date | None,
) -> list[Finding]:
    if slice_ is None:
        contract = contract.exclude_rules(InPeriod, InArea)
        slice_ = SliceKey(dataset=contract.name, department=contract.policy.owner, period="2099")
    context = RuleContext(
        slice=slice_,
        department=workspace.departments[slice_.department],
        received=received,
        codelists=workspace.codelists,
        datasets=_referenced_tables(workspace, contract),
    )
    return judge_rows(table, rows, contract, context)


def _referenced_tables(workspace: Workspace, contract: Contract) -> Mapping[str, pa.Table]:
    """Returns the current accepted rows of the datasets that the contract refers to, without those that have none."""
    return {
        name: workspace.lake.read_current(workspace.contracts[name])
        for name in contract.references
        if workspace.lake.current_version(workspace.contracts[name]) is not None
    }


def _rows_with_errors(findings: Iterable[Finding]) -> set[int]:
    return {f.row for f in findings if f.severity == "error" and f.row is not None}


def _drop_rows(table: pa.Table, rows: pa.Array, numbers: "set[int] | tuple[int, ...]") -> tuple[pa.Table, pa.Array]:
    if not numbers:
        return table, rows
    keep = pc.invert(pc.is_in(rows, value_set=pa.array(sorted(numbers), pa.int64())))
    return table.filter(keep), rows.filter(keep)
