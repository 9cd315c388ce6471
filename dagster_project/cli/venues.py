"""`sportlake venues propose`, `same`, `different`, `show`: which records of several datasets are one venue; stewards decide.

Not here: what is proposed and what a decision brings about (`pipelines/venues`).
"""

from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.console import ActorOption, handle_errors, print_message, print_table

if TYPE_CHECKING:
    from pipelines.workspace import Workspace

MOST_SHOWN = 50
app = typer.Typer(
    name="venues",
    help="场馆：一个场馆在各数据集中的不同名称；propose 比对，same、different 认定，show 查看。 One venue under several names: compare, decide, look.",
    no_args_is_help=True,
)
FirstArgument = Annotated[str, typer.Argument(metavar="ID", help="场馆编号，如 LN-V000012 id of a venue")]
SecondArgument = Annotated[str, typer.Argument(metavar="ID", help="另一个场馆编号 another id")]
ReasonOption = Annotated[str, typer.Option("--reason", help="原因，写入台账 why, for the ledger")]
UndoOption = Annotated[bool, typer.Option("--undo", help="取消这一认定 take that decision back")]


@app.command("propose")
@handle_errors
def propose_command() -> None:
    """比对新的和有变动的场馆记录，列出可能是同一场馆的。 Compare records that are new or changed; some seconds for a province."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.desk.desk_pages import refresh_pages
    from pipelines.venues.venue_proposals import find_state, propose_venues

    settings = read_settings()
    workspace, now = load_workspace(settings), settings.current_time()
    compared = propose_venues(workspace, now)
    refresh_pages(workspace, now)
    state = find_state(workspace)
    waiting = state.open if state else 0
    print_message(f"已比对 {compared} 条新的或有变动的记录", f"{compared} records were new or changed")
    print_message(
        f"待认定 {waiting} 对：{workspace.layout.desk / 'venues.html'}", f"{waiting} pairs wait; sportlake venues show"
    )


@app.command("show")
@handle_errors
def show_command(
    venue: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="场馆编号，默认列出待认定的 id of a venue; what waits by default"),
    ] = None,
) -> None:
    """列出待认定的记录；给出编号时列出该场馆的全部名称和认定。 List what waits, or all names of one venue and who decided."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings

    workspace = load_workspace(read_settings())
    if venue is None:
        _print_proposals(workspace)
    else:
        _print_venue(workspace, venue)


@app.command("same")
@handle_errors
def same_command(
    first: FirstArgument,
    second: SecondArgument,
    reason: ReasonOption = "",
    undo: UndoOption = False,
    actor: ActorOption = None,
) -> None:
    """认定两个编号是同一场馆，沿用较早的编号。 Say that two ids are one venue, which keeps the older id."""
    _decide(first, second, is_same=True, reason=reason, undo=undo, actor=actor)


@app.command("different")
@handle_errors
def different_command(
    first: FirstArgument,
    second: SecondArgument,
    reason: ReasonOption = "",
    undo: UndoOption = False,
    actor: ActorOption = None,
) -> None:
    """认定两个编号是不同场馆，不再提出。 Say that two ids are different venues, which are then not proposed again."""
    _decide(first, second, is_same=False, reason=reason, undo=undo, actor=actor)


def _decide(first: str, second: str, *, is_same: bool, reason: str, undo: bool, actor: str | None) -> None:
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.desk.desk_pages import refresh_pages
    from pipelines.venues.venue_decisions import decide_pair, describe_decision, undo_pair

    settings = read_settings(actor)
    workspace, now = load_workspace(settings), settings.current_time()
    if undo:
        for undone in undo_pair(workspace, first, second, is_same=is_same, reason=reason, now=now):
            description = describe_decision(undone)
            print_message(f"已取消：{description.zh}", f"taken back: {description.en}")
    else:
        description = describe_decision(decide_pair(workspace, first, second, is_same=is_same, reason=reason, now=now))
        print_message(description.zh, description.en)
    refresh_pages(workspace, now)
    print_message("下次运行 sportlake run 后写入分析库", "the analysts' file says so after the next sportlake run")


def _print_proposals(workspace: "Workspace") -> None:
    from pipelines.venues.venue_proposals import find_state, list_proposals

    state = find_state(workspace)
    if state is None or state.is_stale:
        print_message(
            "有未比对的记录，请运行 sportlake venues propose", "records are not compared yet: sportlake venues propose"
        )
    found = list_proposals(workspace)
    if not found:
        print_message("没有待认定的场馆", "no venues wait to be confirmed")
        return
    rows = [
        (
            f"{one.left_id}\n{one.right_id}",
            f"{one.left.name}\n{one.right.name}",
            f"{one.left.dataset}\n{one.right.dataset}",
            f"{one.probability:.0%}",
            "、".join(reason.zh for reason in one.reasons),
        )
        for one in found[:MOST_SHOWN]
    ]
    print_table(("编号 id", "名称 name", "数据集 dataset", "可能性", "依据 why"), rows)
    if len(found) > MOST_SHOWN:
        print_message(
            f"共 {len(found)} 对，列出前 {MOST_SHOWN} 对", f"{len(found)} in all; the first {MOST_SHOWN} are listed"
        )


def _print_venue(workspace: "Workspace", venue: str) -> None:
    from pipelines.venues.venue_decisions import describe_decision
    from pipelines.venues.venue_facts import find_venue_facts

    facts = find_venue_facts(workspace, venue)
    print_table(
        ("编号 id", "首次编号 first id", "数据集 dataset", "名称 name", "编码 key"),
        [(one.venue_id, one.first_id or "—", one.dataset, one.name, one.key) for one in facts.aliases],
    )
    for one in facts.decisions:
        description = describe_decision(one)
        print_message(description.zh, description.en)
