"""`sportlake withdraw`, `rollback`: decisions about what is public, and `rescan`, which withdraws what leaks.

Publication follows with `sportlake publish`; after a scan with a hit it follows at once.

Not here: what the decisions mean (`pipelines/publication/withdrawal.py`, `pipelines/publication/rollback.py`).
"""

from typing import Annotated

import typer

from dagster_project.cli.console import ActorOption, handle_errors, print_message, print_table

EXIT_LEAK = 1
SHOWN = 20
"""Findings of one file that the answer lists; the ledger counts all."""
NEXT = ("运行 sportlake publish 后对外生效", "run sportlake publish to make it so in public")


@handle_errors
def withdraw_command(
    dataset: Annotated[str, typer.Argument(help="数据集 dataset")],
    reason: Annotated[str, typer.Option("--reason", help="原因，公众可见 why, in Chinese; the public reads it")],
    reason_en: Annotated[
        str | None, typer.Option("--reason-en", help="英文原因，默认同中文 why, in English; the Chinese by default")
    ] = None,
    successor: Annotated[
        str | None, typer.Option("--successor", help="请公众改用的数据集 the dataset to use instead")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="恢复已停止开放的数据集 take the withdrawal back")] = False,
    personal_data: Annotated[
        bool,
        typer.Option(
            "--personal-data",
            help="因个人信息：此前各版本均不再提供 for personal data: no release made so far is offered again",
        ),
    ] = False,
    actor: ActorOption = None,
) -> None:
    """停止开放数据集，原地址留下说明；不删除已入库数据和各版本。 Withdraw a dataset: a page with the reason stays; lake and releases are kept."""
    from dagster_project.installation import load_deciding_workspace
    from dagster_project.settings import read_settings
    from pipelines.desk.desk_pages import refresh_pages
    from pipelines.publication.rescan import restore_clean_dataset
    from pipelines.publication.withdrawal import withdraw_dataset as take_back
    from schemas.errors import UsageError
    from schemas.text import Text

    settings = read_settings(actor)
    workspace, why = load_deciding_workspace(settings), Text(zh=reason, en=reason if reason_en is None else reason_en)
    now = settings.current_time()
    if undo:
        if successor is not None or personal_data:
            raise UsageError(
                Text(
                    zh="--undo 不需要 --successor 和 --personal-data",
                    en="--undo takes no --successor or --personal-data",
                )
            )
        restore_clean_dataset(workspace, dataset, why, now)
        refresh_pages(workspace, now)
        print_message(f"{dataset} 已恢复；{NEXT[0]}", f"restored; {NEXT[1]}")
        return
    made = take_back(workspace, dataset, why, successor, now, personal=personal_data)
    refresh_pages(workspace, now)
    print_message(f"{dataset}（最后版本 {made.release}）已决定停止开放；{NEXT[0]}", f"withdrawn; {NEXT[1]}")
    print_message("已入库数据、各版本和分析库保留", "the lake, the releases and the analysts' file keep it")
    if reason_en is None:
        print_message(
            "没有给出英文原因，英文页面也显示中文", "without --reason-en the English page says the Chinese reason"
        )


@handle_errors
def rollback_command(
    dataset: Annotated[str, typer.Argument(help="数据集 dataset")],
    to: Annotated[
        str | None, typer.Option("--to", help="版本，默认前一版 the release; the one before by default")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="原因 why")] = None,
    actor: ActorOption = None,
) -> None:
    """改为展示较早的版本，直到有更新的版本；--to 加最新编号即撤销。 Show an earlier release until a newer one is made; --to with the newest number undoes it."""
    from dagster_project.installation import load_deciding_workspace
    from dagster_project.settings import read_settings
    from pipelines.desk.desk_pages import refresh_pages
    from pipelines.publication.rollback import roll_back

    settings = read_settings(actor)
    workspace, now = load_deciding_workspace(settings), settings.current_time()
    done = roll_back(workspace, dataset, to, reason, now)
    refresh_pages(workspace, now)
    print_message(f"{dataset}：{done.before} → {done.after}；{NEXT[0]}", NEXT[1])


@handle_errors
def rescan_command(
    datasets: Annotated[list[str] | None, typer.Argument(help="数据集，默认全部 all by default")] = None,
) -> None:
    """复查已公开的文件；发现不应公开的内容即停止开放，退出码 1。 Scan what is public again; a hit withdraws the dataset at once, exit 1."""
    from dagster_project.cli.progress import publish_due
    from dagster_project.cli.report import print_failures
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.desk.desk_pages import refresh_pages
    from pipelines.publication.rescan import rescan_datasets
    from schemas.contract import find_contract

    settings = read_settings()
    workspace = load_workspace(settings)
    named = [find_contract(workspace.contracts, name).name for name in datasets or ()]
    incidents = rescan_datasets(workspace, settings.current_time(), named)
    if not incidents:
        print_message("复查完成，未发现不应公开的内容", "nothing was found in what is public")
        return
    print_table(
        ("数据集 dataset", "版本 release", "文件 file", "行 row", "列 column", "问题 what"),
        [
            (one.dataset, file.release, file.name, finding.row or "—", finding.field or "—", finding.message.zh)
            for one in incidents
            for file in one.files
            for finding in file.findings[:SHOWN]
        ],
    )
    print_failures(workspace, publish_due(settings, workspace))
    refresh_pages(workspace, settings.current_time())
    names = "、".join(one.dataset for one in incidents)
    print_message(f"已停止开放：{names}；台账已记录", "withdrawn, taken down and on record in the ledger")
    print_message(
        "请核实并更正数据，生成新的版本后由人工恢复：sportlake withdraw 数据集 --undo --reason 原因",
        "check and correct the data, make a new release, then restore it: sportlake withdraw DATASET --undo --reason …",
    )
    raise typer.Exit(EXIT_LEAK)
