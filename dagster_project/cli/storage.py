"""`sportlake storage push`, `pull` and `check`: the bucket that holds lake, originals, receipts and releases.

Not here: what ordinary commands put there by themselves (`warehouse/storage`).
"""

from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.console import handle_errors, print_message

if TYPE_CHECKING:
    from pipelines.workspace import Workspace
    from warehouse.storage.checking import StorageCheck
    from warehouse.storage.storage import Storage

app = typer.Typer(
    name="storage",
    help="对象存储。 The bucket that holds lake, originals, receipts and releases.",
    no_args_is_help=True,
)
EXIT_INCOMPLETE = 1
_MOST_NAMED = 20


@app.callback()
def _describe_group() -> None:
    """对象存储。 The bucket that holds lake, originals, receipts and releases."""


@app.command("push")
@handle_errors
def push_command() -> None:
    """把本机已有的数据存入 SPORTLAKE_STORAGE；可以中断后再运行。 Put what this home has into the bucket; may be stopped and given again."""
    from warehouse.storage.pushing import push_home

    storage, workspace = _open_storage()
    brought = push_home(storage, workspace.ledger, _tell_progress)
    print_message(
        f"已存入 {storage.store.address}：数据湖提交 {brought.commits}，文件 {brought.files}，台账 {brought.lines} 条",
        f"put into the bucket: {brought.commits} commits of the lake, {brought.files} files, {brought.lines} entries of the ledger",
    )


@app.command("pull")
@handle_errors
def pull_command() -> None:
    """从 SPORTLAKE_STORAGE 取回本机缺少的数据，并核对指纹。 Bring what this home lacks out of the bucket, verified by its hashes."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.desk.desk_pages import refresh_pages
    from warehouse.storage.pushing import pull_home

    storage, workspace = _open_storage()
    brought = pull_home(storage, workspace.ledger, _tell_progress)
    settings = read_settings()
    refresh_pages(load_workspace(settings, follow=False), settings.current_time())
    print_message(
        f"已从 {storage.store.address} 取回，台账增加 {brought.lines} 条，补回丢失的文件 {brought.files + brought.commits}",
        f"brought from the bucket: {brought.lines} entries of the ledger with what they name, and {brought.files + brought.commits} files that were lost here",
    )


@app.command("check")
@handle_errors
def check_command(
    sweep: Annotated[
        bool,
        typer.Option(
            "--sweep",
            help="清理一天前留下、没有任何登记的对象：先移开，再过一天删除 sweep objects that nothing names after a day: set aside first, deleted a day later",
        ),
    ] = False,
) -> None:
    """核对 SPORTLAKE_STORAGE 中的对象与登记、本机是否一致。 Compare the objects in the bucket with its records and with this home."""
    from dagster_project.settings import read_settings
    from warehouse.storage.checking import check_storage, sweep_storage

    storage, _ = _open_storage()
    found = check_storage(storage)
    _print_check(found)
    if sweep:
        removed = sweep_storage(storage, found, read_settings().current_time())
        print_message(
            f"已移开 {len(removed)} 个没有登记的对象，一天后的清理将其删除",
            f"{len(removed)} objects that nothing names were set aside; a sweep after a day deletes them",
        )
    if not found.is_whole:
        raise typer.Exit(EXIT_INCOMPLETE)


def _print_check(found: "StorageCheck") -> None:
    for zh, en, names in (
        ("对象存储缺少", "the bucket lacks", found.missing),
        ("内容不同", "differs", found.differing),
        (
            "本机缺少（运行 sportlake storage pull 取回）",
            "this home lacks (sportlake storage pull brings it)",
            found.lost,
        ),
    ):
        for name in names[:_MOST_NAMED]:
            print_message(f"{zh}：{name}", en)
        if len(names) > _MOST_NAMED:
            print_message(f"{zh}：另有 {len(names) - _MOST_NAMED} 个", f"{en}: and {len(names) - _MOST_NAMED} more")
    print_message(
        f"对象 {found.objects} 个：缺少 {len(found.missing)}，不同 {len(found.differing)}，本机缺少 {len(found.lost)}，没有登记 {len(found.unnamed)}",
        f"{found.objects} objects: {len(found.missing)} missing, {len(found.differing)} differ, {len(found.lost)} lost here, {len(found.unnamed)} that nothing names",
    )


def _open_storage() -> "tuple[Storage, Workspace]":
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from schemas.errors import UsageError
    from schemas.text import Text

    # Nobody decides here, and the list of people of a new home is still in the bucket.
    workspace = load_workspace(read_settings().model_copy(update={"who": None}), follow=False)
    if workspace.storage is None:
        raise UsageError(
            Text(
                zh="没有设置 SPORTLAKE_STORAGE；请设为 s3://存储桶/前缀",
                en="SPORTLAKE_STORAGE is not set; set it to s3://bucket/prefix",
            )
        )
    return workspace.storage, workspace


def _tell_progress(what: str, count: int) -> None:
    """Prints how far it is, now and then."""
    if count and count % 500 == 0:
        names = {"files": "文件", "commits": "数据湖提交"}
        print_message(f"{names[what]} {count}", f"{count} {what}")
