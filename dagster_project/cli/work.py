"""`sportlake work`: who must do what until when, and which hand-ins of one department stand.

Read only; the same facts as the desk's pages. Not here: which items are open (`pipelines/work_items`), the state of all datasets
(`status.py`).
"""

from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.console import handle_errors, print_message, print_table

if TYPE_CHECKING:
    from datetime import date

    from pipelines.work_items.work_item import WorkItem
    from pipelines.workspace import Workspace

MOST = 200
"""Hand-ins of a department that are looked at, newest first."""


@handle_errors
def work_command(
    department: Annotated[
        str | None, typer.Option("--department", help="单位代码，默认全部 code of the department; all by default")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            "--period", help="只列该年或该期间的报送，与 --department 同用 only hand-ins of that year or period"
        ),
    ] = None,
) -> None:
    """待办事项：谁、做什么、期限；加 --department 另列该单位的报送及现状。 Who must do what until when; with --department also its hand-ins and their states."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.work_items.work_list import list_department_items, list_work_items
    from schemas.departments import find_department
    from schemas.errors import UsageError
    from schemas.slices import period_days
    from schemas.text import Text

    settings = read_settings()
    workspace, now = load_workspace(settings), settings.current_time()
    if department is None:
        if period is not None:
            raise UsageError(Text(zh="--period 须与 --department 同用", en="--period goes with --department"))
        _print_items(workspace, list_work_items(workspace, now), now.date())
        return
    find_department(workspace.departments, department)
    if period is not None:
        period_days(period)
    _print_hand_ins(workspace, department, period)
    _print_items(workspace, list_department_items(workspace, department, now), now.date())


def _print_hand_ins(workspace: "Workspace", department: str, period: str | None) -> None:
    """Prints what the department handed in, newest first, with state and last day."""
    from pipelines.submissions.receipts.hand_in_lines import list_hand_in_lines
    from pipelines.submissions.receipts.receipt_page import read_sentences

    newest = workspace.ledger.find_newest("submission", "department", department, MOST)
    lines = [
        line
        for line in list_hand_in_lines(workspace, newest)
        if period is None or line.period == period or line.period.startswith(f"{period}-")
    ]
    if not lines:
        print_message("没有报送", "nothing was handed in")
        return
    states = {line.state: read_sentences()[f"receipts.state.{line.state}"] for line in lines}
    print_table(
        ("回执 receipt", "数据集 dataset", "期间 period", "收到 received", "现状 state", "期限 mend by"),
        [
            (
                line.number,
                line.dataset or line.filename,
                line.period or "—",
                line.day,
                f"{states[line.state].zh} {states[line.state].en}",
                line.deadline or "—",
            )
            for line in lines
        ],
        title=f"{workspace.departments[department].zh}：报送 Hand-ins",
    )


def _print_items(workspace: "Workspace", items: "list[WorkItem]", today: "date") -> None:
    """Prints the items in their order, and where the desk shows them."""
    if not items:
        print_message("没有待办事项", "nothing to do")
        return
    print_table(
        ("期限 due", "逾期天数 days late", "责任方 who", "类别 kind", "办理要求 to do", "办理方式 how"),
        [
            (
                item.due or "—",
                item.days_late(today) or "—",
                item.role_name.zh if item.role_name else item.owner,
                item.kind_name.zh,
                f"{item.text.zh} {item.text.en}",
                item.command or item.page,
            )
            for item in items
        ],
        title="待办事项 Work items",
    )
    print_message(
        f"工作台：{workspace.layout.desk / 'index.html'}", "the same as pages, brought up to date by each run"
    )
