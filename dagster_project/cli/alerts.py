"""`sportlake alerts`: who is told by which address, sends the digests that are due, tries an address.

Not here: what is told (`pipelines/alerts`), the daily schedule and failed runs (`dagster_project/alert_jobs.py`).
"""

from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.console import handle_errors, print_message, print_table

if TYPE_CHECKING:
    from pipelines.workspace import Workspace
    from schemas.recipients import Recipients

app = typer.Typer(
    name="alerts",
    help="提醒：谁收到、发往哪里；init 建立地址文件，send 发送当日提醒，test 试发。地址用 Apprise 的写法，"
    "例如 mailtos://用户:密码@smtp.example.cn?from=甲@example.cn&to=乙@example.cn、wecombot://KEY、dingtalk://TOKEN。"
    "Alerts: who is told where; begin the file, send what is due, try an address. Addresses are Apprise URLs.",
    invoke_without_command=True,
)
EXIT_FAILED = 1


@app.callback()
@handle_errors
def list_recipients(context: typer.Context) -> None:
    """列出收件人和地址（不显示密码）。 List who is told, and the addresses without passwords."""
    if context.invoked_subcommand:
        return
    from pipelines.alerts.digest import name_owner
    from pipelines.alerts.sending import describe_addresses

    workspace, recipients = _open_recipients()
    rows = [
        (owner, name_owner(workspace, owner).zh, "\n".join(describe_addresses(owner, addresses)))
        for owner, addresses in recipients.list_owners().items()
    ]
    print_table(("收件人 owner", "名称", "地址 addresses"), rows, title=str(recipients.file))
    if not recipients.file.is_file():
        print_message(
            "还没有地址：sportlake alerts init", "there are no addresses yet; sportlake alerts init begins them"
        )
    _warn_if_exposed(recipients)


@app.command("init")
@handle_errors
def begin_recipients() -> None:
    """建立地址文件，只有本人可读。 Begin the file of addresses, readable by its owner only."""
    from schemas.errors import UsageError
    from schemas.recipients import HEADING
    from schemas.text import Text
    from warehouse.atomic_files import write_atomically

    _, recipients = _open_recipients()
    if recipients.file.is_file():
        raise UsageError(Text(zh=f"{recipients.file} 已经存在", en=f"{recipients.file} is there already"))
    write_atomically(recipients.file, HEADING)
    recipients.file.chmod(0o600)
    print_message(f"已建立 {recipients.file}；请填入地址", "begun; write the addresses into it")


@app.command("send")
@handle_errors
def send_command(
    plan: Annotated[bool, typer.Option("--plan", help="只显示要发的内容，不发送 show what would be sent")] = False,
) -> None:
    """发送当日提醒：每单位、每角色一天一份，同一事项不重复。 Send the digests of the day: one an owner, nothing twice."""
    from dagster_project.settings import read_settings
    from pipelines.alerts.digest import build_digests
    from pipelines.alerts.digest_text import write_body, write_subject
    from pipelines.alerts.sending import list_unreached, send_digests
    from pipelines.work_items.work_list import list_work_items

    now = read_settings().current_time()
    workspace, recipients = _open_recipients()
    if plan:
        for digest in build_digests(workspace, list_work_items(workspace, now), now):
            typer.echo(f"{digest.owner}  {write_subject(digest)}\n{write_body(digest, workspace.synthetic)}")
        return
    sent = send_digests(workspace, recipients, now)
    rows = [
        (one.digest.owner, one.digest.name.zh, len(one.digest.lines), f"{one.reached}/{one.addresses}") for one in sent
    ]
    if rows:
        print_table(("收件人 owner", "名称", "事项 items", "送达 reached"), rows, title="当日提醒 Digests of the day")
    else:
        print_message("没有需要提醒的新事项", "there is nothing new to tell")
    if without := [one.digest.owner for one in sent if not one.addresses]:
        print_message(
            f"{len(without)} 个收件人没有地址：{'、'.join(without)}；请写入 {recipients.file}",
            "these have no address; write it into that file",
        )
    if list_unreached(sent):
        print_message("有地址未能送达，下次再发", "some addresses could not be reached; the next call tries again")
        raise typer.Exit(EXIT_FAILED)


@app.command("test")
@handle_errors
def try_address(
    owner: Annotated[str, typer.Argument(help="单位代码或 role:steward 等 a department code, or role:<role>")],
) -> None:
    """向一个收件人试发一条提醒。 Send a trial alert to one owner."""
    from pipelines.alerts.sending import send_message
    from schemas.errors import UsageError
    from schemas.text import Text

    _, recipients = _open_recipients()
    owners = recipients.list_owners()
    if owner not in owners:
        there = "、".join(owners) or "—"
        raise UsageError(
            Text(
                zh=f"{owner} 没有地址；有地址的：{there}；请写入 {recipients.file}",
                en=f"{owner} has no address; there are: {there}; write it into {recipients.file}",
            )
        )
    reached = send_message(
        owner, owners[owner], "体育数据开放平台：试发 a trial", "收到即可。 Nothing is to be done.\n"
    )
    print_message(f"送达 {reached}/{len(owners[owner])}", "addresses reached")
    if reached < len(owners[owner]):
        raise typer.Exit(EXIT_FAILED)


def _open_recipients() -> "tuple[Workspace, Recipients]":
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from schemas.recipients import read_recipients

    workspace = load_workspace(read_settings())
    return workspace, read_recipients(workspace.layout.recipients, workspace.departments)


def _warn_if_exposed(recipients: "Recipients") -> None:
    if recipients.is_exposed:
        print_message(
            f"{recipients.file} 其他用户可读，其中有密码：chmod 600",
            "other users may read this file with passwords: chmod 600",
        )
