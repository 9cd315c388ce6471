"""`sportlake retract`, `accept`, `rejudge`: decisions of a steward about one hand-in.

Not here: what the decisions mean (`pipelines/submissions`), decisions about what is public (`decisions.py`).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.console import RUN_NEXT, ActorOption, handle_errors, print_message, print_table
from dagster_project.engine_kind import EngineKind

if TYPE_CHECKING:
    from dagster_project.settings import Settings
    from pipelines.submissions.decisions.rejudging import Rejudgement
    from pipelines.submissions.decisions.retraction import Restatement
    from schemas.errors import SportlakeError

NumberArgument = Annotated[str, typer.Argument(metavar="RCPT", help="回执编号 number of the receipt")]
ReasonOption = Annotated[
    str,
    typer.Option(
        "--reason",
        help="原因，写入台账和回执；撤回已发布的数据时公众可见 why: in the ledger and on the receipt; public where released data are taken back",
    ),
]


@handle_errors
def retract_command(
    number: NumberArgument,
    reason: ReasonOption,
    undo: Annotated[bool, typer.Option("--undo", help="取消撤回 put it in force again")] = False,
    actor: ActorOption = None,
) -> None:
    """撤回一次已入库的报送：恢复到此前有效的数据，没有则清空。 Take a hand-in back: what stood before it stands again, or nothing."""
    from dagster_project.cli.progress import report_to_dagster
    from dagster_project.installation import load_deciding_workspace
    from dagster_project.settings import read_settings
    from pipelines.desk.desk_pages import refresh_pages
    from pipelines.submissions.decisions.retraction import reinstate_submission, retract_submission
    from pipelines.submissions.receipts.receipt_files import read_receipt

    settings = read_settings(actor)
    workspace, now = load_deciding_workspace(settings), settings.current_time()
    decide = reinstate_submission if undo else retract_submission
    done = decide(workspace, number, reason, now)
    refresh_pages(workspace, now)
    report_to_dagster(settings, workspace, [read_receipt(workspace, number)])
    print_message(
        f"{number} 已{'恢复' if undo else '撤回'}（{done.slice}）", "in force again" if undo else "taken back"
    )
    _print_standing(done)
    print_message(f"回执：{workspace.layout.receipt_file(number, 'html')}", "its receipt says so")
    print_message(*RUN_NEXT)


@handle_errors
def accept_command(
    number: NumberArgument,
    reason: Annotated[
        str,
        typer.Option("--reason", help="原因，写入台账和回执 why: in the ledger and on the receipt"),
    ],
    finding: Annotated[
        list[str] | None,
        typer.Option("--finding", help="放行的问题，默认可放行的全部 findings accepted; all that may be by default"),
    ] = None,
    actor: ActorOption = None,
) -> None:
    """接收一份被退回的报送（无法读取、含个人信息、格式错误的除外）。 Take a quarantined file on a steward's word; never what is unreadable, personal or of a wrong type."""
    from dagster_project.cli.progress import report_to_dagster
    from dagster_project.installation import load_deciding_workspace
    from dagster_project.settings import read_settings
    from pipelines.desk.desk_pages import refresh_pages
    from pipelines.submissions.decisions.acceptance import accept_submission

    settings = read_settings(actor)
    workspace, now = load_deciding_workspace(settings), settings.current_time()
    receipt = accept_submission(workspace, number, reason, now, finding or ())
    refresh_pages(workspace, now)
    report_to_dagster(settings, workspace, [receipt])
    print_message(f"{number} 已接收：{receipt.reason.zh}", f"accepted: {receipt.reason.en}")
    for note in receipt.notes:
        print_message(note.zh, note.en)
    print_message(f"回执：{workspace.layout.receipt_file(number, 'html')}", "its receipt says so")
    print_message(*RUN_NEXT)


@handle_errors
def rejudge_command(
    target: Annotated[str, typer.Argument(metavar="RCPT|DATASET", help="回执编号或数据集 a receipt or a dataset")],
    department: Annotated[str | None, typer.Option("--department", help="单位代码 code of the department")] = None,
    contract: Annotated[
        Path | None,
        typer.Option(
            "--contract",
            metavar="FILE",
            help="拟用的数据规范：试判该数据集历次报送的全部原件，只看结果；生效后加 --apply，按它重新判定 a contract to try on all originals ever handed in; writes nothing; once it is in force, --apply judges again by it",
        ),
    ] = None,
    engine: Annotated[
        EngineKind | None,
        typer.Option(
            "--engine",
            help="试判在何处进行，默认按 SPORTLAKE_ENGINE where a trial is done; SPORTLAKE_ENGINE by default",
        ),
    ] = None,
    expect: Annotated[
        str | None,
        typer.Option(
            "--expect",
            metavar="DIGEST",
            help="试判的结果校验值，与 --apply 同用；不同则不作改动 the digest of the trial; with another one --apply writes nothing",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="试判或重新判定的结果供程序读取 the result for programs")
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="写入新回执并入库 write new receipts and land the rows")
    ] = False,
    actor: ActorOption = None,
) -> None:
    """按现行数据规范和更正记录重新判定，默认只看结果；用 --contract 试判拟用的规范。 Judge again by today's contract and corrections, or try another contract; shows what would change, writes nothing by default."""
    from dagster_project.settings import read_settings

    settings = read_settings(actor)
    if contract is None:
        if engine is not None or as_json or expect is not None:
            raise _unfit_options_error("--engine、--json、--expect", "--engine, --json and --expect", "--contract")
        _judge_again(settings, target, department, apply=apply)
    elif target.startswith("RCPT-"):
        raise _unfit_options_error("--contract", "--contract", "DATASET")
    elif apply:
        from dagster_project.cli.contract_rejudgement import show_application

        show_application(settings, target, contract, department, engine, expect, as_json=as_json)
    elif expect is not None:
        raise _unfit_options_error("--expect", "--expect", "--apply")
    else:
        from dagster_project.cli.contract_trial import show_trial

        show_trial(settings, target, contract, department, engine, as_json=as_json)


def _unfit_options_error(zh: str, en: str, needed: str) -> "SportlakeError":
    from schemas.errors import UsageError
    from schemas.text import Text

    goes = "go" if " and " in en else "goes"
    return UsageError(Text(zh=f"{zh} 与 {needed} 同用", en=f"{en} {goes} with {needed}"))


def _judge_again(settings: "Settings", target: str, department: str | None, *, apply: bool) -> None:
    from dagster_project.cli.progress import report_to_dagster
    from dagster_project.installation import load_deciding_workspace, load_workspace
    from pipelines.desk.desk_pages import refresh_pages
    from pipelines.submissions.decisions.rejudging import apply_rejudgement, list_judgeable, plan_rejudgement
    from schemas.errors import UsageError
    from schemas.text import Text

    workspace = load_deciding_workspace(settings) if apply else load_workspace(settings)
    now = settings.current_time()
    if target.startswith("RCPT-") and department is not None:
        raise UsageError(Text(zh="--department 只用于数据集", en="--department goes with a dataset only"))
    numbers = [target] if target.startswith("RCPT-") else list_judgeable(workspace, target, department)
    planned = [plan_rejudgement(workspace, number, now) for number in numbers]
    changed = [one for one in planned if one.changed]
    print_table(HEADS, map(_rejudgement_row, changed))
    print_message(
        f"重新判定 {len(planned)} 份，{len(changed)} 份结果有变", f"{len(changed)} of {len(planned)} would change"
    )
    if not apply:
        print_message("未作改动；加 --apply 生效", "nothing was written; --apply makes it so")
        return
    receipts = [apply_rejudgement(workspace, one.before.number, now) for one in changed]
    for one, receipt in zip(changed, receipts, strict=True):
        print_message(f"{one.before.number} → {receipt.number}：{receipt.reason.zh}", receipt.reason.en)
    refresh_pages(workspace, now)
    report_to_dagster(settings, workspace, receipts)
    print_message(*RUN_NEXT)


HEADS = ("回执 receipt", "期间 slice", "判定 verdict", "接收行 rows taken", "变化的问题 findings that differ")
MOST_TYPES = 6


def _rejudgement_row(one: "Rejudgement") -> tuple[object, ...]:
    before, after, verdict = one.counts_before, one.counts_after, one.after.verdict
    kinds = [kind for kind in {**before, **after} if before.get(kind, 0) != after.get(kind, 0)]
    changes = [f"{kind} {before.get(kind, 0)}→{after.get(kind, 0)}" for kind in kinds[:MOST_TYPES]]
    return (
        one.before.number,
        str(one.slice),
        f"{one.before.outcome} → {verdict.outcome}",
        f"{one.before.accepted} → {verdict.accepted}",
        "、".join(changes) or ("数据有变 other values" if one.other_rows else "—"),
    )


def _print_standing(done: "Restatement") -> None:
    if done.after is None:
        print_message(f"{done.slice} 目前没有有效数据", "nothing stands for it now")
    else:
        print_message(
            f"现在有效：{done.after.number}，{done.after.rows} 行", f"what stands now: {done.after.rows} rows"
        )
