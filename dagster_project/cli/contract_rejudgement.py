"""`sportlake rejudge DATASET --contract NEW.yaml --apply`: what stands is judged again by a contract that was put in force.

Here: the answer for people and for programs. Not here: the steps (`pipelines/contract_trial/contract_rejudgement.py`), a trial (`contract_trial.py`).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from dagster_project.cli.console import RUN_NEXT, print_message, print_table
from dagster_project.cli.contract_trial import count_up
from dagster_project.engine_kind import EngineKind

if TYPE_CHECKING:
    from dagster_project.settings import Settings
    from pipelines.contract_trial.contract_rejudgement import ContractRejudgement, RejudgedReceipt

_RECEIPTS = (
    "单位 department",
    "期间 period",
    "原回执 receipt",
    "新回执 new receipt",
    "判定 verdict",
    "接收行 rows taken",
)


def show_application(
    settings: "Settings",
    dataset: str,
    file: Path,
    department: str | None,
    chosen: EngineKind | None,
    expected: str | None,
    *,
    as_json: bool,
) -> None:
    """Applies the contract in `file` to what stands, and prints what came of it; SportlakeError as the steps raise it."""
    from dagster_project.cli.progress import report_to_dagster
    from dagster_project.engines import open_engine
    from dagster_project.installation import load_deciding_workspace
    from pipelines.contract_trial.applicable_contract import find_applicable
    from pipelines.contract_trial.contract_rejudgement import ApplicationRequest, apply_contract
    from pipelines.contract_trial.trial_plan import list_trial_units, make_plan
    from pipelines.desk.desk_pages import refresh_pages
    from pipelines.submissions.decisions.rejudging import list_judgeable

    workspace, now = load_deciding_workspace(settings), settings.current_time()
    numbers = list_judgeable(workspace, dataset, department)
    contract = find_applicable(workspace, settings.contracts, dataset, file, numbers)
    plan = make_plan(workspace, settings.contracts, file)
    request = ApplicationRequest(contract, plan, department or "", expected, now)
    total = len(list_trial_units(workspace, dataset, department))
    with open_engine(settings, chosen) as engine, count_up(total) as tell:
        done = apply_contract(workspace, request, engine, tell)
    if done.receipts:
        refresh_pages(workspace, now)
        report_to_dagster(settings, workspace, [one.after for one in done.receipts])
    if as_json:
        import json

        typer.echo(json.dumps(describe_application(done), ensure_ascii=False))
    else:
        _print_application(done, settings.contracts)


def describe_application(done: "ContractRejudgement") -> dict[str, Any]:
    """Returns what was decided, as the ledger has it, and each receipt with its new one, as JSON values."""
    facts = done.decided.facts
    shown = {name: value for name, value in facts.items() if name != "numbers"}
    return {
        **shown,
        "ledger_entry": f"{done.decided.seq}:{done.decided.hash}",
        "receipts": [_describe_receipt(one) for one in done.receipts],
    }


def _describe_receipt(one: "RejudgedReceipt") -> dict[str, Any]:
    return {
        "number": one.before.number,
        "rejudged": one.after.number,
        "department": one.after.department,
        "period": one.after.period,
        "before": {"outcome": one.before.outcome, "accepted": one.before.accepted},
        "after": {"outcome": one.after.outcome, "accepted": one.after.accepted},
        "falls": one.falls,
    }


def _print_application(done: "ContractRejudgement", folder: Path) -> None:
    facts, contract = done.decided.facts, done.contract
    if not done.receipts:
        print_message(
            f"{contract.name} {contract.version}：没有结果有变的报送",
            f"nothing that stands changes by {contract.name} {contract.version}",
        )
    else:
        print_table(_RECEIPTS, map(_receipt_row, done.receipts))
    for one in done.fallen:
        print_message(
            f"{one.before.number} 不再接收，请单位按回执 {one.after.number} 改正；在此之前原数据仍然有效：{one.after.reason.zh}",
            f"not taken any more; its rows stand until the department mends it: {one.after.reason.en}",
        )
    print_message(
        f"按 {contract.name} {contract.version} 重新判定 {len(done.receipts)} 份，其中 {len(done.fallen)} 份不再接收；核对原件 {facts['originals']} 份，共 {facts['findings']} 条问题",
        f"{len(done.receipts)} judged again, {len(done.fallen)} not taken any more; {facts['findings']} findings in {facts['originals']} originals",
    )
    print_message(f"结果校验值 SHA-256 {facts['digest']}（{facts['engine']}）", "digest of all verdicts and findings")
    print_message(f"台账第 {done.decided.seq} 条", "the entry of the ledger that says so")
    if done.receipts:
        print_message(*RUN_NEXT)
    before = "、".join(f"{one['version']}（{one['sha256'][:16]}）" for one in facts["before"])
    if before:
        print_message(
            f"退回原规范 {before}：把它的文件放回 {folder}，再运行 sportlake rejudge {contract.name} --contract 文件 --apply",
            "to go back, put the file of the contract before it into that folder and apply it in the same way",
        )


def _receipt_row(one: "RejudgedReceipt") -> tuple[object, ...]:
    before, after = one.before, one.after
    name = after.department_name.zh if after.department_name else ""
    outcome = before.outcome if before.outcome == after.outcome else f"{before.outcome} → {after.outcome}"
    return (
        f"{after.department} {name}",
        after.period,
        before.number,
        after.number,
        outcome,
        f"{before.accepted} → {after.accepted}",
    )
