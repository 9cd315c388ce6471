"""`sportlake demo`, `submit`, `run`: puts files into the inbox, and processes the inbox.

Here: the arguments and the order of the runs. Not here: the runs (`progress.py`), the final report (`report.py`).
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.console import ActorOption, handle_errors, print_error, print_message, say_interrupted

if TYPE_CHECKING:
    from dagster_project.runs import RunResult
    from dagster_project.settings import Settings
    from pipelines.submissions.inbox.early_hand_in import EarlyHandIn
    from pipelines.submissions.inbox.inbox import Arrival
    from pipelines.workspace import Workspace

EXIT_FAILED = 1
_LOADED_DURING_COPY = ("dagster_project.batches", "dagster_project.cli.report", "pipelines.desk.desk_pages")
_LOADED_DURING_READING = ("dagster_project.run_definitions", "dagster_project.run_storage", "dagster_project.event_log")
_LOCK_HELD = 0.0005
"""Seconds that one thread holds the interpreter's lock while others wait for it: with Python's own 0.005 loading Dagster delays the threads that read."""
EXITS = {"accept": 0, "hold_back": 1, "quarantine": 1, "refused": 2}
"""Exit code of `submit` by outcome."""


@handle_errors
def fill_sample_inbox(
    seed: Annotated[int, typer.Option(help="随机种子 the same seed gives the same rows")] = 20261125,
    share: Annotated[float, typer.Option(min=0.001, max=1.0, help="场地数量的比例 share of the facilities")] = 1.0,
    dataset: Annotated[
        list[str] | None,
        typer.Option("--dataset", help="只放入该数据集的文件，可重复 files of these datasets only; all by default"),
    ] = None,
) -> None:
    """在收件夹放入示例报送（全部为虚构数据）。 Put sample files, all invented, into the inbox."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.sample.fill import fill_inbox
    from pipelines.sample.people import write_sample_people
    from schemas.contract import find_contract
    from warehouse.atomic_files import write_atomically

    workspace = load_workspace(read_settings())
    only = [find_contract(workspace.contracts, name).name for name in dataset or ()]
    workspace.layout.inbox.mkdir(parents=True, exist_ok=True)
    write_atomically(workspace.layout.synthetic_marker, "示例数据（虚构）\nsynthetic sample data\n")
    count = fill_inbox(
        workspace.layout.inbox,
        workspace.contracts,
        workspace.codelists,
        workspace.departments,
        seed=seed,
        share=share,
        only=only,
    )
    print_message(f"已放入 {count} 份示例文件：{workspace.layout.inbox}", f"{count} sample files put into the inbox")
    if write_sample_people(workspace.layout.people):
        print_message(f"示例人员（虚构）：{workspace.layout.people}", "sample people, all invented")
    print_message("接下来：sportlake run", "next: sportlake run")


@handle_errors
@say_interrupted()
def submit_command(
    file: Annotated[Path, typer.Argument(help="要报送的文件 the file to hand in")],
    dataset: Annotated[str, typer.Option(help="数据集 dataset")],
    department: Annotated[str, typer.Option(help="单位代码 code of the department")],
    period: Annotated[str | None, typer.Option(help="期间，默认当前期间 period; the current one by default")] = None,
    complete: Annotated[
        bool,
        typer.Option("--complete", help="确为完整数据，行数可明显减少 this is all: fewer rows than before are right"),
    ] = False,
    actor: ActorOption = None,
) -> None:
    """报送一份文件并立即判定。退出码 0 全部接收，1 部分暂缓或退回修改，2 拒收。 Hand in one file; exit 0 taken, 1 held back or quarantined, 2 refused."""
    from dagster_project.settings import read_settings
    from pipelines.submissions.inbox.early_hand_in import begin_hand_in
    from warehouse.layout import Layout

    settings = read_settings(actor)
    sys.setswitchinterval(_LOCK_HELD)
    with begin_hand_in(file, Layout(settings.home)) as early:
        outcome = _hand_in(settings, file, early, (dataset, department, period), complete=complete)
    raise typer.Exit(EXITS[outcome])


def _hand_in(
    settings: "Settings", file: Path, early: "EarlyHandIn", place: tuple[str, str, str | None], *, complete: bool
) -> str:
    """Returns the outcome of a file for that place (dataset, department, period), which is printed; raises typer.Exit after a failure."""
    from dagster_project.installation import load_workspace
    from pipelines.submissions.inbox.deposit import begin_early_reading, deposit_file, find_target
    from pipelines.submissions.inbox.own_departments import require_own_department
    from schemas.execution.ahead import run_both

    workspace, now = load_workspace(settings), settings.current_time()
    dataset, department, period = place
    target = find_target(workspace, dataset, department, period, now.date())
    require_own_department(workspace, department)
    run_both(
        lambda: begin_early_reading(workspace, file, target, now.date(), early),
        lambda: _load_modules(_LOADED_DURING_COPY),
    )
    from dagster_project.batches import finish_decisions
    from dagster_project.cli.progress import run_intake
    from dagster_project.cli.report import print_answer, print_failures, print_receipts
    from pipelines.desk.desk_pages import refresh_pages
    from pipelines.intake import find_unfinished
    from pipelines.submissions.receipts.receipt_files import read_receipt
    from warehouse.lake.standing import find_standing

    finish_decisions(workspace, now)
    before = find_standing(workspace.ledger, str(target.slice))
    # Loading Dagster, the storages of its instance and the templates takes as long as reading a large file, which other cores do.
    arrival, _ = run_both(
        lambda: deposit_file(workspace, file, target, now.date(), complete=complete, early=early),
        _prepare_judgement,
    )
    ran = run_intake(settings, workspace, find_unfinished(workspace, [arrival]))
    refresh_pages(workspace, settings.current_time(), {department})
    print_receipts(workspace, [arrival])
    if print_failures(workspace, ran):
        raise typer.Exit(EXIT_FAILED)
    print_answer(workspace, arrival.number, before, find_standing(workspace.ledger, str(target.slice)))
    return read_receipt(workspace, arrival.number).outcome


def _prepare_judgement() -> None:
    """Loads and reads what a hand-in needs from its judgement to the pages at its end."""
    from pipelines.desk.desk_pages import compile_pages
    from schemas.execution.code_version import read_code_version

    _load_modules(_LOADED_DURING_READING)
    compile_pages()
    read_code_version()


def _load_modules(names: "Sequence[str]") -> None:
    for name in names:
        import_module(name)


@handle_errors
@say_interrupted()
def run_command(
    actor: ActorOption = None,
    no_approve: Annotated[
        bool,
        typer.Option(
            "--no-approve",
            help="示例数据也不由示例人员审批 let sample data wait too; nobody approves other data by himself",
        ),
    ] = False,
) -> None:
    """处理收件夹中的全部文件：校验、入库、发布、更新开放目录、重建分析库。 The whole inbox through the walk; then release, publish, rebuild."""
    from dagster_project.batches import find_waiting, finish_decisions
    from dagster_project.cli import report
    from dagster_project.cli.progress import report_to_dagster, run_intake
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.desk.desk_pages import refresh_pages
    from pipelines.publication.emptied_datasets import withdraw_emptied
    from pipelines.review.sample_review import may_review_samples
    from pipelines.submissions.decisions.rejudging import rejudge_due

    settings = read_settings(actor)
    workspace = load_workspace(settings)
    finish_decisions(workspace, settings.current_time())
    waiting = find_waiting(workspace, settings.current_time().date())
    arrivals = [arrival for arrival in waiting.arrivals if not _is_built(workspace, arrival)]
    ran = run_intake(settings, workspace, arrivals)
    report.print_receipts(workspace, arrivals)
    report.print_unstorable(waiting.unstorable)
    again, problems = rejudge_due(workspace, settings.current_time())
    report_to_dagster(settings, workspace, again)
    report.print_rejudged(again, problems)
    report.print_withdrawn(withdraw_emptied(workspace, settings.current_time()))
    ran += _release_and_publish(settings, workspace, ran, not no_approve and may_review_samples(workspace))
    broke = report.print_failures(workspace, ran)
    _stamp_ledger(settings, workspace)
    report.print_lacking_programs(settings)
    report.print_entry_points(workspace, refresh_pages(workspace, settings.current_time()))
    if broke:
        raise typer.Exit(EXIT_FAILED)


def _stamp_ledger(settings: "Settings", workspace: "Workspace") -> None:
    """Has the ledger's head stamped if an authority is set; prints a message if it does not answer, and the run still succeeds."""
    if settings.timestamp_url is None:
        return
    from pipelines.audit.timestamps import stamp_head
    from schemas.errors import LedgerError, UsageError

    try:
        head = stamp_head(workspace, settings.timestamp_url, settings.timestamp_root)
    except (LedgerError, UsageError) as wrong:
        print_error(wrong.text)
        return
    if head is not None:
        print_message(f"台账第 {head.seq} 条已加盖时间戳", f"entry {head.seq} of the ledger has a time stamp")


def _is_built(workspace: "Workspace", arrival: "Arrival") -> bool:
    return arrival.slice is not None and workspace.contracts[arrival.slice.dataset].policy.built is not None


def _take_in_built(settings: "Settings", workspace: "Workspace") -> "tuple[list[RunResult], set[str]]":
    """Builds the datasets that the platform builds and takes their files in, also those that a killed run left.

    Returns the runs, and the datasets of the files.

    This follows the releases, which some built datasets describe; all are built together, so that a run after a kill keeps the same
    order.
    """
    from dagster_project.batches import find_waiting
    from dagster_project.cli import report
    from dagster_project.cli.progress import run_intake
    from pipelines.built_datasets.hand_in import build_datasets

    build_datasets(workspace, settings.current_time())
    waiting = find_waiting(workspace, settings.current_time().date()).arrivals
    arrivals = [arrival for arrival in waiting if _is_built(workspace, arrival)]
    ran = run_intake(settings, workspace, arrivals)
    if arrivals:
        print_message("平台自行生成的数据集：", "datasets that the platform builds itself:")
        report.print_receipts(workspace, arrivals)
    return ran, {arrival.slice.dataset for arrival in arrivals if arrival.slice}


def _release_and_publish(
    settings: "Settings", workspace: "Workspace", ran: "Sequence[RunResult]", sample_review: bool
) -> "list[RunResult]":
    """Makes the releases that are due, publishes, and prints what was released and what waits for people."""
    from dagster_project.cli import report
    from dagster_project.cli.progress import publish_due, release_due
    from pipelines.publication.due import newest_releases, releases_due
    from pipelines.review.approvals import list_waiting

    before, now = newest_releases(workspace), settings.current_time()
    built = {name for name, contract in workspace.contracts.items() if contract.policy.built}
    done = release_due(settings, workspace, sample_review=sample_review, later=built)
    ran_built, taken = _take_in_built(settings, workspace)
    done += ran_built
    waiting = set() if sample_review else {one.dataset for one in list_waiting(workspace, now)} - taken
    if due := [name for name in releases_due(workspace) if name in built and name not in waiting]:
        done += release_due(settings, workspace, due, sample_review=sample_review)
    done += publish_due(settings, workspace)
    waits = list_waiting(workspace, now)
    made = {name: number for name, number in newest_releases(workspace).items() if before.get(name) != number}
    report.print_releases(workspace, made, [*ran, *done], waits)
    report.print_waiting(workspace, waits)
    return done
