"""`sportlake withdraw`, `rollback`: decisions about what is public. Publication follows with `sportlake publish`.

Not here: what the decisions mean (`pipelines/publication/withdrawal.py`, `pipelines/publication/rollback.py`).
"""

from typing import Annotated

import typer

from dagster_project.cli.console import handle_errors, print_message

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
) -> None:
    """停止开放数据集，原地址留下说明；不删除已入库数据和发布版。 Withdraw a dataset: a page with the reason stays; lake and releases are kept."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.publication.withdrawal import restore_dataset
    from pipelines.publication.withdrawal import withdraw_dataset as take_back
    from schemas.errors import UsageError
    from schemas.text import Text

    settings = read_settings()
    workspace, why = load_workspace(settings), Text(zh=reason, en=reason if reason_en is None else reason_en)
    if undo:
        if successor is not None:
            raise UsageError(Text(zh="--undo 不需要 --successor", en="--undo takes no --successor"))
        restore_dataset(workspace, dataset, why, settings.current_time())
        print_message(f"{dataset} 已恢复；{NEXT[0]}", f"restored; {NEXT[1]}")
        return
    made = take_back(workspace, dataset, why, successor, settings.current_time())
    print_message(f"{dataset}（最后版本 {made.release}）已决定停止开放；{NEXT[0]}", f"withdrawn; {NEXT[1]}")
    print_message("已入库数据、发布版和分析库保留", "the lake, the releases and the analysts' file keep it")
    if reason_en is None:
        print_message(
            "没有给出英文原因，英文页面也显示中文", "without --reason-en the English page says the Chinese reason"
        )


@handle_errors
def rollback_command(
    dataset: Annotated[str, typer.Argument(help="数据集 dataset")],
    to: Annotated[
        str | None, typer.Option("--to", help="发布版，默认前一版 the release; the one before by default")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="原因 why")] = None,
) -> None:
    """改为展示较早的发布版，直到有更新的版本；--to 最新版即撤销。 Show an earlier release until a newer one is made; --to the newest undoes it."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.publication.rollback import roll_back

    settings = read_settings()
    done = roll_back(load_workspace(settings), dataset, to, reason, settings.current_time())
    print_message(f"{dataset}：{done.before} → {done.after}；{NEXT[0]}", NEXT[1])
