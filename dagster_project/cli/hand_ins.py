"""`sportlake retract`: decisions of a steward about one hand-in.

Not here: what the decisions mean (`pipelines/submissions`), decisions about what is public (`decisions.py`).
"""

from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.console import handle_errors, print_message

if TYPE_CHECKING:
    from pipelines.submissions.retraction import Restatement

NEXT = ("运行 sportlake run 后，发布版和开放目录随之更新", "run sportlake run to bring releases and catalogues in line")
NumberArgument = Annotated[str, typer.Argument(metavar="RCPT", help="回执编号 number of the receipt")]
ReasonOption = Annotated[
    str, typer.Option("--reason", help="原因，写入台账和回执 why; it stands in the ledger and on the receipt")
]


@handle_errors
def retract_command(
    number: NumberArgument,
    reason: ReasonOption,
    undo: Annotated[bool, typer.Option("--undo", help="取消撤回 put it in force again")] = False,
) -> None:
    """撤回一次已入库的报送：恢复到此前有效的数据，没有则清空。 Take a hand-in back: what stood before it stands again, or nothing."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.submissions.retraction import reinstate_submission, retract_submission

    settings = read_settings()
    workspace, now = load_workspace(settings), settings.current_time()
    decide = reinstate_submission if undo else retract_submission
    done = decide(workspace, number, reason, now)
    print_message(
        f"{number} 已{'恢复' if undo else '撤回'}（{done.slice}）", "in force again" if undo else "taken back"
    )
    _print_standing(done)
    print_message(f"回执：{workspace.layout.receipt_file(number, 'html')}", "its receipt says so")
    print_message(*NEXT)


def _print_standing(done: "Restatement") -> None:
    if done.after is None:
        print_message(f"{done.slice} 目前没有有效数据", "nothing stands for it now")
    else:
        print_message(
            f"现在有效：{done.after.number}，{done.after.rows} 行", f"what stands now: {done.after.rows} rows"
        )
