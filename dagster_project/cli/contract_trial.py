"""`sportlake rejudge DATASET --contract NEW.yaml`: what a contract would make of all that was ever handed in; writes nothing.

Here: the answer for people and for programs, and progress. Not here: the trial (`pipelines/contract_trial`), applying a
contract (`contract_rejudgement.py`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from dagster_project.cli.console import print_message, print_table
from dagster_project.engine_kind import EngineKind

if TYPE_CHECKING:
    from dagster_project.settings import Settings
    from pipelines.contract_trial.trial_effects import TrialEffects
    from pipelines.contract_trial.trial_verdict import TrialOutcome, TrialVerdict

MOST_ORIGINALS, MOST_CELLS = 100, 3
"""Originals, and cells of each, that the text lists; the JSON has all that came back."""
_DEPARTMENTS = (
    "单位 department",
    "原件 originals",
    "结果有变 change",
    "将退回 would fall",
    "将接收 would be taken",
    "接收行增减 rows",
    "新增问题 new findings",
    "消除问题 gone",
)
_ORIGINALS = ("回执 receipt", "期间 slice", "判定 verdict", "接收行 rows taken", "新增问题 new findings")


def show_trial(
    settings: "Settings", dataset: str, file: Path, department: str | None, chosen: EngineKind | None, *, as_json: bool
) -> None:
    """Prints what the contract in `file` would make of a dataset's originals; SportlakeError as the steps raise it."""
    from dagster_project.engines import open_engine
    from dagster_project.installation import load_workspace
    from pipelines.contract_trial.applicable_contract import find_required_version
    from pipelines.contract_trial.trial_effects import try_contract
    from pipelines.contract_trial.trial_plan import list_trial_units, plan_trial
    from pipelines.submissions.decisions.rejudging import list_judgeable

    workspace = load_workspace(settings)
    plan = plan_trial(workspace, settings.contracts, dataset, file)
    units = list_trial_units(workspace, dataset, department)
    with open_engine(settings, chosen) as engine, count_up(len(units)) as tell:
        effects = try_contract(workspace, plan, units, engine, tell)
    least = find_required_version(workspace, effects.contract, list_judgeable(workspace, dataset, department))
    if as_json:
        import json

        typer.echo(json.dumps(describe_effects(effects) | {"required_version": least}, ensure_ascii=False))
        return
    _print_effects(effects)
    if least is not None:
        print_message(
            f"版本号 {effects.contract.version} 过低：须高于现行的 {workspace.contracts[dataset].version}，且不低于 {least}；请在生效前改好",
            f"the version is too low: higher than the one in force, and {least} at least; raise it before it is in force",
        )


@contextmanager
def count_up(total: int) -> Iterator[Callable[[int], None]]:
    """Shows on a terminal how many originals are judged; on standard error, so that the answer stays alone."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("重新判定 judging"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda more: progress.advance(task, more)


def describe_effects(effects: "TrialEffects") -> dict[str, Any]:
    """Returns the effects as JSON values: of the originals those that change, with the cells that came back."""
    head = effects.head
    return {
        "dataset": effects.contract.name,
        "contract": {"version": effects.contract.version, "sha256": effects.contract.digest},
        "engine": effects.engine,
        "ledger_head": None if head is None else f"{head.seq}:{head.hash}",
        "originals": len(effects.verdicts),
        "findings": effects.findings,
        "digest": effects.digest,
        "lost": list(effects.lost),
        "departments": [one._asdict() | {"name": one.name.model_dump()} for one in effects.departments],
        "changed": [_describe_verdict(one) for one in effects.changed],
        "releases": [one._asdict() | {"created": one.created.isoformat()} for one in effects.releases],
    }


def _describe_verdict(one: "TrialVerdict") -> dict[str, Any]:
    return {
        "number": one.unit.number,
        "department": one.unit.department,
        "period": one.unit.period,
        "rows": one.rows,
        "before": one.before._asdict(),
        "after": one.after._asdict(),
        "falls": one.falls,
        "other_rows": one.other_rows,
        "new": one.new,
        "gone": one.gone,
        "cells": [cell._asdict() for cell in one.found],
    }


def _print_effects(effects: "TrialEffects") -> None:
    rows = [
        (f"{one.department} {one.name.zh}", one.originals, one.changed, one.falling, one.rising, f"{one.rows:+d}", one.new, one.gone)
        for one in effects.departments
    ]  # fmt: skip
    print_table(_DEPARTMENTS, rows)
    listed = effects.changed[:MOST_ORIGINALS]
    if listed:
        print_table(_ORIGINALS, map(_original_row, listed))
    if more := len(effects.changed) - len(listed):
        print_message(f"另有 {more} 份未列出（--json 列出全部）", f"{more} more are not listed (--json lists all)")
    for one in effects.releases:
        print_message(
            f"版本 {one.number}（{one.created}）：{one.originals} 份原件的数据不同，{one.rows:+d} 行；已发布的文件不变",
            f"release {one.number}: {one.originals} of its originals would have other rows, {one.rows:+d}; what is released stays",
        )
    _print_end(effects)


def _print_end(effects: "TrialEffects") -> None:
    contract = effects.contract
    if effects.lost:
        print_message(
            f"{len(effects.lost)} 份没有原件，未判定：{'、'.join(effects.lost[:5])}",
            "their originals are not there; they were not judged",
        )
    print_message(
        f"{contract.name} {contract.version}：判定 {len(effects.verdicts)} 份原件，{len(effects.changed)} 份结果有变，共 {effects.findings} 条问题",
        f"{len(effects.changed)} of {len(effects.verdicts)} originals would change; {effects.findings} findings in all",
    )
    print_message(f"结果校验值 SHA-256 {effects.digest}（{effects.engine}）", "digest of all verdicts and findings")
    print_message("未作改动", "nothing was written")


def _original_row(one: "TrialVerdict") -> tuple[object, ...]:
    named = [f"{_place(cell.cell, cell.row, cell.field)} {cell.type}" for cell in one.found[:MOST_CELLS]]
    more = [f"… ({one.new})"] if one.new > len(named) else []
    return (
        one.unit.number,
        f"{one.unit.department}/{one.unit.period}",
        _pair(one.before, one.after),
        f"{one.before.accepted} → {one.after.accepted}",
        "、".join([*named, *more]) or ("数据有变 other values" if one.other_rows else "—"),
    )


def _pair(before: "TrialOutcome", after: "TrialOutcome") -> str:
    return before.outcome if before.outcome == after.outcome else f"{before.outcome} → {after.outcome}"


def _place(cell: str | None, row: int | None, field: str | None) -> str:
    """Returns the name of a cell, or row and field as far as there are."""
    return cell or "/".join(str(part) for part in (row, field) if part is not None) or "—"
