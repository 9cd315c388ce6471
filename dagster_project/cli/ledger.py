"""`sportlake ledger verify`, `head` and `share`: whether the ledger is whole, the entry to note elsewhere, and its lines for several hosts.

Not here: anything that adds an entry.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.console import handle_errors, print_error, print_message

if TYPE_CHECKING:
    from pipelines.audit.ledger_heads import HeadCheck
    from pipelines.audit.timestamps import StampedHead
    from warehouse.ledger.chain import LedgerHead
    from warehouse.releases.releases import Release

app = typer.Typer(name="ledger", help="台账。 The ledger of every decision.", no_args_is_help=True)
EXIT_CHAIN_BROKEN = 1


@app.callback()
def _describe_group() -> None:
    """台账。 The ledger of every decision."""


@app.command("head")
@handle_errors
def print_head() -> None:
    """输出台账的最新一条，供另行记下。 Print the newest entry of the ledger, to be noted elsewhere."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings

    head = load_workspace(read_settings()).ledger.read_head()
    if head is None:
        print_message("台账还没有记录", "the ledger has no entry yet")
        return
    typer.echo(str(head))
    print_message(
        "请在别处记下这一行；今后用 sportlake ledger verify --head 核对", "note this line elsewhere, and verify with it"
    )


@app.command("verify")
@handle_errors
def verify_ledger(
    head: Annotated[
        list[str] | None,
        typer.Option(
            "--head",
            metavar="SEQ:HASH|FILE",
            help="另行记下的末条，或记有它的文件（如下载的 datapackage.json） a head noted elsewhere, or a file that holds one",
        ),
    ] = None,
) -> None:
    """检查台账是否被改动、删减或截去末尾。 Check that nothing in the ledger was changed, removed, exchanged or cut off."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.audit.ledger_heads import (
        check_heads,
        list_release_heads,
        list_unrecorded_releases,
        read_given_heads,
    )
    from pipelines.audit.timestamps import check_timestamps, note_stamped

    settings = read_settings()
    workspace = load_workspace(settings)
    faults = workspace.ledger.verify_chain()
    for fault in faults:
        print_error(fault)
    stamps = check_timestamps(workspace, settings.timestamp_root)
    given = read_given_heads(head or ())
    checked = check_heads(workspace, [*given, *list_release_heads(workspace), *note_stamped(stamps)])
    broken = _print_missing(checked) | _print_wrong_stamps(stamps)
    if not faults:
        broken |= _print_unrecorded(list_unrecorded_releases(workspace))
    if faults or broken:
        raise typer.Exit(EXIT_CHAIN_BROKEN)
    newest = workspace.ledger.read_head()
    _print_whole(newest)
    _print_compared(checked, len(given), stamps, newest.seq if newest else 0)


@app.command("share")
@handle_errors
def share_ledger() -> None:
    """把本机台账存入 SPORTLAKE_LEDGER_URL 的共享台账，供多台主机使用。 Put this host's ledger into the shared one that SPORTLAKE_LEDGER_URL names."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from schemas.errors import UsageError
    from schemas.text import Text
    from warehouse.ledger.ledger_copy import share_lines

    # With a bucket the home would follow the shared ledger, which still lacks these lines.
    workspace = load_workspace(read_settings(), follow=False)
    if workspace.shared_ledger is None:
        raise UsageError(
            Text(
                zh="没有设置 SPORTLAKE_LEDGER_URL；请设为 postgresql://用户:密码@主机:端口/数据库",
                en="SPORTLAKE_LEDGER_URL is not set; set it to postgresql://user:password@host:port/database",
            )
        )
    added = share_lines(workspace.layout.ledger, workspace.shared_ledger)
    place = workspace.shared_ledger.place
    print_message(
        f"共享台账 {place} 增加了 {added} 条，现在与本机台账相同；取消 SPORTLAKE_LEDGER_URL 即回到单机",
        f"{added} entries were added to the shared ledger {place}, which equals this host's ledger now; without SPORTLAKE_LEDGER_URL this host is alone again",
    )


def _print_missing(checked: "HeadCheck") -> bool:
    for noted in checked.missing:
        print_message(
            f"{noted.where.zh}记下的第 {noted.head.seq} 条（{noted.head.hash[:16]}）不在台账中：末尾被截去，或台账被整体替换",
            f"entry {noted.head.seq} ({noted.head.hash[:16]}), noted {noted.where.en}, is not in the ledger: its tail was cut off, or all of it replaced",
        )
    return bool(checked.missing)


def _print_unrecorded(releases: "list[Release]") -> bool:
    for one in releases:
        print_message(
            f"台账中没有版本 {one.dataset} {one.number} 的记录：末尾被截去，或生成后运行中断（再次运行 sportlake run 会补记）",
            f"the ledger has no entry of release {one.dataset} {one.number}: its tail was cut off, or a run was stopped right after making it (sportlake run records it)",
        )
    return bool(releases)


def _print_wrong_stamps(stamps: "list[StampedHead]") -> bool:
    wrong = [one for one in stamps if one.problem is not None]
    for one in wrong:
        if one.problem is not None:
            print_message(
                f"第 {one.head.seq} 条的时间戳无效：{one.problem.zh}",
                f"the time stamp of entry {one.head.seq} is not right: {one.problem.en}",
            )
    return bool(wrong)


def _print_whole(newest: "LedgerHead | None") -> None:
    if newest is None:
        print_message("台账没有记录", "the ledger has no entries")
        return
    print_message(f"台账完整，最新一条：{newest}", "the ledger is whole; its head")


def _print_compared(checked: "HeadCheck", given: int, stamps: "list[StampedHead]", newest: int) -> None:
    """Prints the noted heads with which the ledger was compared, and the entry after which a cut would not be noticed."""
    untrusted = sum(not one.trusted for one in stamps)
    released = len(checked.confirmed) - given - len(stamps)
    print_message(
        f"已核对另行记下的末条：命令给出 {given}，版本 {released}，时间戳 {len(stamps)}",
        f"compared with heads noted elsewhere: {given} given, {released} of releases, {len(stamps)} time stamps",
    )
    if untrusted:
        print_message(
            f"其中 {untrusted} 个时间戳的签名未核对：请在 SPORTLAKE_TIMESTAMP_ROOT 写明根证书",
            f"the signatures of {untrusted} time stamps were not checked: name the root certificate in SPORTLAKE_TIMESTAMP_ROOT",
        )
    if checked.newest < newest:
        print_message(
            f"最后 {newest - checked.newest} 条之后没有另行记下的末条，被截去时查不出；请用 sportlake ledger head 记下",
            f"no head was noted after the last {newest - checked.newest} entries: a cut there would not be seen; note what sportlake ledger head prints",
        )
