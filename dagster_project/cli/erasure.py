"""`sportlake erase`: a value is removed for good, everywhere, by two people: `request`, `confirm`, `cancel`, `list`.

The value comes from a file, from a cell of the standing data, or is asked for, never from the command line. Not here: what is erased, and how (`pipelines/erasure`).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.console import ActorOption, handle_errors, print_message, print_table, print_text

if TYPE_CHECKING:
    from dagster_project.settings import Settings
    from pipelines.erasure.sought_values import SoughtValues
    from pipelines.workspace import Workspace

app = typer.Typer(
    name="erase", help="彻底删除个人信息（须两人）。 Erase a value for good, by two people.", no_args_is_help=True
)
NumberArgument = Annotated[str, typer.Argument(metavar="ERASE", help="申请编号 number of the request")]
ValueFile = Annotated[
    Path | None,
    typer.Option(
        "--value-file",
        metavar="FILE",
        help="写有要删除的值的文件，每行一个；不给则提示输入 a file with the values, one a line; asked for without it",
    ),
]


@app.callback()
def _describe_group() -> None:
    """彻底删除个人信息：一人申请，另一人确认；不可恢复。 Erase a value everywhere: one person asks, another confirms; it never comes back."""


@app.command("request")
@handle_errors
def request_command(
    order: Annotated[str, typer.Option("--order", help="依据的文号，公众可见 the order's number; the public reads it")],
    reason: Annotated[
        str, typer.Option("--reason", help="原因，写入台账，不要写出该值 why, for the ledger; not the value")
    ],
    value_file: ValueFile = None,
    row: Annotated[
        str | None,
        typer.Option(
            "--row",
            metavar="KEY",
            help="要删除的值所在行的编码，与 --field 同用 the key of the row that holds the value; with --field",
        ),
    ] = None,
    field: Annotated[
        str | None,
        typer.Option(
            "--field",
            metavar="NAME",
            help="该行中的字段，值从现有数据中读取 its field; the value is read from the data that stand",
        ),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option("--dataset", help="数据集，多个数据集有该行时 which dataset, if several have such a row"),
    ] = None,
    actor: ActorOption = None,
) -> None:
    """申请删除：列出该值出现的位置，等待另一人确认。 Ask for an erasure: lists where the value stands; another person confirms."""
    from dagster_project.installation import load_deciding_workspace
    from dagster_project.settings import read_settings
    from pipelines.erasure.requests import DECIDERS, request_erasure

    settings = read_settings(actor)
    workspace = load_deciding_workspace(settings, DECIDERS)
    sought = _read_cell(workspace, row, field, dataset, value_file) if row or field else _read_values(value_file)
    if _print_places(workspace, sought) == 0:
        return
    made = request_erasure(workspace, sought, order, reason, settings.current_time())
    print_message(f"已申请 {made.number}，尚未删除", "asked for; nothing is erased yet")
    print_message(
        f"请另一人核对后运行：sportlake erase confirm {made.number} --value-file FILE --as 姓名",
        f"another person confirms with sportlake erase confirm {made.number} --value-file FILE --as NAME",
    )


@app.command("confirm")
@handle_errors
def confirm_command(
    number: NumberArgument,
    value_file: ValueFile = None,
    apply: Annotated[bool, typer.Option("--apply", help="执行删除，不可恢复 do it; it never comes back")] = False,
    actor: ActorOption = None,
) -> None:
    """由另一人确认：默认只列出位置，加 --apply 才删除；中断后再次运行即可继续。 Confirm it: lists the places; --apply erases, and goes on after a kill."""
    from dagster_project.installation import load_deciding_workspace
    from dagster_project.run_locks import hold_run_lock, keep_window_closed
    from dagster_project.settings import read_settings
    from pipelines.erasure.carry_out import carry_out
    from pipelines.erasure.requests import DECIDERS, read_request, require_second_person

    settings = read_settings(actor)
    workspace = load_deciding_workspace(settings, DECIDERS)
    request, sought = read_request(workspace, number), _read_values(value_file)
    require_second_person(workspace, request, sought)
    _print_places(workspace, sought)
    print_message(
        "删除后不能恢复：各版本、原件、回执中都不再有该值，原件只保留指纹",
        "what is erased never comes back: no version, original or receipt keeps it; of the original its hash stays",
    )
    if not apply:
        print_message("未作改动；加 --apply 执行", "nothing was changed; --apply does it")
        return
    with keep_window_closed(workspace.layout), hold_run_lock(workspace.layout, print_text):
        now = settings.current_time()
        files = carry_out(workspace, request, sought, now, [lambda: _follow_up(settings, workspace, sought)])
    print_message(
        f"{number} 已完成：确认时含有该值的文件有 {sum(files.values())} 个，最后一次查找已无",
        f"erased: {sum(files.values())} files held it when it was confirmed, a last search found none",
    )
    print_message(
        "他人已下载的副本、备份不在平台控制之内，请另行通知和清理",
        "copies that others downloaded, and backups, are beyond the platform: see to them yourself",
    )


@app.command("cancel")
@handle_errors
def cancel_command(
    number: NumberArgument,
    reason: Annotated[str, typer.Option("--reason", help="原因 why")],
    actor: ActorOption = None,
) -> None:
    """取消尚未确认的申请。 Take back a request that nobody has confirmed."""
    from dagster_project.installation import load_deciding_workspace
    from dagster_project.settings import read_settings
    from pipelines.erasure.requests import DECIDERS, cancel_request

    settings = read_settings(actor)
    cancel_request(load_deciding_workspace(settings, DECIDERS), number, reason, settings.current_time())
    print_message(f"{number} 已取消，未作删除", "taken back; nothing was erased")


@app.command("list")
@handle_errors
def list_command() -> None:
    """列出待确认和未完成的申请。 The requests that wait for a second person, or were not finished."""
    from dagster_project.installation import load_workspace
    from dagster_project.settings import read_settings
    from pipelines.erasure.requests import find_decision, list_requests

    workspace = load_workspace(read_settings())
    waiting = list_requests(workspace)
    if not waiting:
        print_message("没有待办的删除申请", "no erasure waits")
        return
    print_table(
        ("编号 number", "文号 order", "申请人 asked by", "日期 on", "状态 state"),
        [
            (
                one.number,
                one.order,
                one.asked_by,
                f"{one.asked_at:%Y-%m-%d}",
                "未完成 unfinished" if find_decision(workspace, one.number) else "待确认 waits",
            )
            for one in waiting
        ],
    )


def _follow_up(settings: "Settings", workspace: "Workspace", sought: "SoughtValues") -> None:
    """Updates every catalogue, then deletes what our own portal and Dagster's history keep besides, because their texts may repeat cells."""
    from dagster_project.catalogues import catalogue_names, open_catalogue
    from dagster_project.databases import remove_history
    from pipelines.publication.publish import publish_entries

    for name in catalogue_names(settings):
        publish_entries(workspace, open_catalogue(workspace, settings, name), settings.current_time())
    if settings.connection_file:
        _clear_portal(settings.connection_file.parent, sought)
    remove_history(workspace.layout.dagster)


def _clear_portal(folder: Path, sought: "SoughtValues") -> None:
    from catalog.ckan.native.forgetting import forget_texts
    from pipelines.erasure.raw_bytes import erase_json

    if forget_texts(folder, lambda text: erase_json(text, sought)[1]) is None:
        print_message(
            "该 CKAN 由他处管理：活动记录（公众可见）可能仍有该值，请其管理员运行 ckan clean activities，再对数据库 VACUUM FULL，并优化 Solr 索引",
            "this CKAN is run elsewhere, and its public activities may still tell the value: its administrator must run "
            "ckan clean activities, VACUUM FULL in its databases, and optimize its Solr index",
        )


def _read_cell(
    workspace: "Workspace", row: str | None, field: str | None, dataset: str | None, file: Path | None
) -> "SoughtValues":
    from pipelines.erasure.standing_values import read_standing_value
    from schemas.errors import UsageError
    from schemas.text import Text

    if not row or not field or file is not None:
        raise UsageError(
            Text(
                zh="--row 与 --field 须同时给出，且不与 --value-file 同用",
                en="--row and --field go together, and not with --value-file",
            )
        )
    return read_standing_value(workspace, row, field, dataset)


def _read_values(file: Path | None) -> "SoughtValues":
    from pipelines.erasure.sought_values import checked_values
    from schemas.errors import UsageError
    from schemas.text import Text

    if file is None:
        return checked_values([typer.prompt("要删除的值 the value", hide_input=True)])
    try:
        return checked_values(file.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as wrong:
        raise UsageError(
            Text(
                zh=f"文件 {file} 无法读取；请用 UTF-8 保存，每行一个值",
                en=f"{file} cannot be read; save it as UTF-8, one value a line",
            )
        ) from wrong


def _print_places(workspace: "Workspace", sought: "SoughtValues") -> int:
    """Prints where the values stand, and returns in how many files."""
    from pipelines.erasure.found_places import describe_area, find_places

    found = find_places(workspace.layout, sought)
    if not found:
        print_message("没有找到该值", "the value stands nowhere")
        return 0
    print_table(
        ("位置 where", "文件 file", "次数 times"),
        [
            (
                f"{describe_area(one.area).zh} {describe_area(one.area).en}",
                sought.blank_text(str(one.path.relative_to(workspace.layout.home))),
                one.hits,
            )
            for one in found
        ],
    )
    return len(found)
