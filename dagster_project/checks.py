"""Dagster asset checks of judges, gate and due hand-ins: specs declared with the assets, results made from their output.

Results are made from receipts and candidates; this module finds nothing itself. A file that is sent back is an expected event: its checks
fail, the run succeeds. The gate blocks. Checks run inside the asset's step, except freshness. Not here: the judges, the gate and the
calendar (`pipelines`). https://docs.dagster.io/guides/test/asset-checks
"""

from collections.abc import Mapping, Sequence
from datetime import date

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationTargetMaterializationData

from dagster_project.partitions import asset_key
from dagster_project.receipt_server import receipt_address
from dagster_project.resources import WorkspaceResource
from pipelines.release import Candidate
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.submissions.timeliness import find_owed_slices
from pipelines.workspace import Workspace
from quality.findings import Finding, count_by_type
from schemas.contract import Contract
from schemas.text import Text
from warehouse.deadlines import OwedSlice

JUDGES = {
    "cells": ("cell", "单元格 · Cells: every cell has the type, format and constraints that the contract asks for."),
    "rows": (
        "row",
        "行 · Rows: every row keeps the rules of the contract (checksums, sums, dates, places, code lists).",
    ),
    "table": (
        "table",
        "整表 · Table: the file as a whole is plausible beside the last accepted one, and readable at all.",
    ),
}
GATE = "gate"
FRESHNESS = "freshness"
FILES = "files"
CORRECTIONS = "corrections"
# The check of files names this many of them.
_FILES_SHOWN = 20
# A check's page lists this many of the most frequent finding types.
_TYPES_SHOWN = 20


def build_judge_check_specs(accepted: dg.AssetKey, slices: dg.PartitionsDefinition[str]) -> list[dg.AssetCheckSpec]:
    """Returns one check for each judge, with a result for each accepted slice."""
    return [
        dg.AssetCheckSpec(name, asset=accepted, description=about, partitions_def=slices)
        for name, (_, about) in JUDGES.items()
    ]


def build_files_check_spec(asset: dg.AssetKey) -> dg.AssetCheckSpec:
    """Returns the check that no file stands quarantined or refused."""
    about = "文件 · Files: no slice's newest file was quarantined or refused; names each that was, the department and the reason."
    return dg.AssetCheckSpec(FILES, asset=asset, description=about)


def build_files_check_result(sent_back: Sequence[Receipt], port: int) -> dg.AssetCheckResult:
    """Returns the result over the files that were sent back, with a link to the receipt of each; passed if there are none."""
    shown = sent_back[:_FILES_SHOWN]
    links = {f"{receipt.number} {receipt.filename}": receipt_address(port, receipt.number) for receipt in shown}
    return dg.AssetCheckResult(
        check_name=FILES,
        passed=not sent_back,
        severity=dg.AssetCheckSeverity.ERROR,
        description="\n".join(_describe_sent_back(receipt) for receipt in shown) or None,
        metadata={"files": len(sent_back), **{name: dg.MetadataValue.url(link) for name, link in links.items()}},
    )


def build_corrections_check_spec(accepted: dg.AssetKey) -> dg.AssetCheckSpec:
    """Returns the check that the corrections on record can be read."""
    about = "更正记录 · Corrections: the corrections on record, of every dataset, can be read and are applied."
    return dg.AssetCheckSpec(CORRECTIONS, asset=accepted, description=about)


def build_corrections_check_result(problems: Sequence[Text]) -> dg.AssetCheckResult:
    """Returns the result over what is wrong with corrections on record; passed if nothing is."""
    return dg.AssetCheckResult(
        check_name=CORRECTIONS,
        passed=not problems,
        severity=dg.AssetCheckSeverity.ERROR,
        description="\n".join(f"{problem.zh} {problem.en}" for problem in problems) or None,
        metadata={"problems": len(problems)},
    )


def build_freshness_check(contract: Contract) -> dg.AssetChecksDefinition:
    """Returns the check that every department has handed in what is due: a step of its own, because time passes without runs.

    Dagster's own freshness is the time since a step ran; one city's file would make the whole dataset fresh.
    """

    @dg.asset_check(
        asset=asset_key(contract.name, "table"),
        name=FRESHNESS,
        description="及时性 · Freshness: every department has handed in the newest period whose time limit is over.",
    )
    def freshness(workspace: WorkspaceResource) -> dg.AssetCheckResult:
        home = workspace.open_workspace()
        today = workspace.current_time().date()
        return build_freshness_result(home, find_owed_slices(home, contract, today), today)

    return freshness


def build_freshness_result(workspace: Workspace, owed: Sequence[OwedSlice], today: date) -> dg.AssetCheckResult:
    """Returns the result over what the departments owe: fails if anything is late; all of it is in the table."""
    late = [one for one in owed if one.is_late(today)]
    schema = dg.TableSchema(
        columns=[dg.TableColumn(head, "string") for head in ("department", "period", "due", "state")]
    )
    records = [dg.TableRecord(_freshness_record(workspace, one, today)) for one in owed]
    return dg.AssetCheckResult(
        passed=not late,
        severity=dg.AssetCheckSeverity.ERROR,
        description="\n".join(_describe_late(workspace, one) for one in late) or None,
        metadata={
            "due": len(owed),
            "handed_in": sum(one.stands for one in owed),
            "late": len(late),
            "slices": dg.MetadataValue.table(records=records, schema=schema),
        },
    )


def build_evaluation(
    instance: dg.DagsterInstance, key: dg.AssetKey, result: dg.AssetCheckResult, partition: str | None = None
) -> dg.AssetCheckEvaluation:
    """Returns the result as a statement about a partition, or the whole asset, whichever partition was materialized last.

    Dagster ties a result to the partition of its run; where that was not materialized the UI would show no result at all.
    """
    last = instance.fetch_materializations(key, limit=1).records
    target = (
        AssetCheckEvaluationTargetMaterializationData(
            storage_id=last[0].storage_id, run_id=last[0].run_id, timestamp=last[0].timestamp
        )
        if last
        else None
    )
    return dg.AssetCheckEvaluation(
        asset_key=key,
        check_name=result.check_name or "",
        passed=result.passed,
        metadata=result.metadata,
        severity=result.severity,
        description=result.description,
        target_materialization_data=target,
        partition=partition,
    )


def build_gate_check_spec(candidate: dg.AssetKey) -> dg.AssetCheckSpec:
    """Returns the check that every release must pass."""
    about = "发布审核 · The gate before publication: personal data, missing metadata, too many rows held back. Blocks the release."
    return dg.AssetCheckSpec(GATE, asset=candidate, description=about, blocking=True)


def build_judge_check_results(receipts: Sequence[Receipt], port: int) -> list[dg.AssetCheckResult]:
    """Returns each judge's result over these files: passed if it found nothing; with names of files and links to receipts."""
    found = [finding for receipt in receipts for finding in receipt.findings]
    about = {
        f"{receipt.number} {receipt.filename}": dg.MetadataValue.url(receipt_address(port, receipt.number))
        for receipt in receipts
    }
    severity = dg.AssetCheckSeverity.WARN
    return [
        _build_check_result(name, [finding for finding in found if finding.judge == judge], severity, about)
        for name, (judge, _) in JUDGES.items()
    ]


def build_gate_check_result(candidate: Candidate | None) -> dg.AssetCheckResult:
    """Returns the gate's result for a candidate; passed if nothing has been accepted yet."""
    found = candidate.objections if candidate else ()
    severity = dg.AssetCheckSeverity.ERROR if candidate and candidate.blocked else dg.AssetCheckSeverity.WARN
    return _build_check_result(GATE, found, severity)


def _describe_sent_back(receipt: Receipt) -> str:
    name = receipt.department_name
    by = f"{name.zh} {name.en}（{receipt.department}，{receipt.period}）" if name else "—"
    return f"{receipt.filename} · {by}：{receipt.reason.zh} {receipt.reason.en}"


def _describe_late(workspace: Workspace, owed: OwedSlice) -> str:
    name, day = workspace.departments[owed.slice.department].name, owed.deadline.day
    return f"{name.zh} {name.en}（{owed.slice.department}）：{owed.slice.period} 最迟应于 {day} 报送 was due by {day}"


def _freshness_record(workspace: Workspace, owed: OwedSlice, today: date) -> dict[str, str]:
    state = "已报送 handed in" if owed.stands else "逾期 late" if owed.is_late(today) else "未到期 not due yet"
    name, until = workspace.departments[owed.slice.department].name, owed.deadline
    return {
        "department": f"{owed.slice.department} {name.zh} {name.en}",
        "period": owed.slice.period,
        "due": f"{until.day}{' （节假日安排未公布 holidays not announced yet）' if until.provisional else ''}",
        "state": state,
    }


def _build_check_result(
    name: str,
    found: Sequence[Finding],
    severity: dg.AssetCheckSeverity,
    about: Mapping[str, dg.MetadataValue] | None = None,
) -> dg.AssetCheckResult:
    counts = dict(list(count_by_type(found).items())[:_TYPES_SHOWN])
    example = f"{found[0].message.zh}\n{found[0].message.en}" if found else None
    return dg.AssetCheckResult(
        check_name=name,
        passed=not found,
        severity=severity,
        description=example,
        metadata={"findings": sum(count_by_type(found).values()), **counts, **(about or {})},
    )
