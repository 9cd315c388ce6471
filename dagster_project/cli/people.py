"""`sportlake people`: who may act on this platform: lists them, begins the list, adds somebody.

Not here: what a role may do (`dagster_project/installation.py`, `pipelines/review`), the file itself (`schemas/people.py`).
"""

from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.cli.console import handle_errors, print_message, print_table

if TYPE_CHECKING:
    from schemas.people import People

app = typer.Typer(
    name="people",
    help="人员名单：谁可以操作、什么角色；init 建立，add 登记。The people who may act: all, begin the list, add one.",
    invoke_without_command=True,
)


@app.callback()
@handle_errors
def list_people(context: typer.Context) -> None:
    """列出可以操作的人员及其角色。 List who may act, and their roles."""
    if context.invoked_subcommand:
        return
    from schemas.people import describe_roles

    people = _read_people()
    rows = [
        (
            one.name,
            describe_roles(one.roles).zh,
            describe_roles(one.roles).en,
            "、".join(one.departments) or "—",
            "示例（虚构） synthetic" if one.synthetic else "",
        )
        for one in people.people
    ]
    print_table(("姓名 name", "角色", "roles", "单位 departments", ""), rows, title=str(people.file))
    if not people.file.is_file():
        print_message("还没有名单：sportlake people init", "there is no list yet; sportlake people init begins it")


@app.command("init")
@handle_errors
def begin_people() -> None:
    """建立人员名单（只含系统账户）。 Begin the list of people, with the system account only."""
    from schemas.errors import UsageError
    from schemas.people import format_people
    from schemas.text import Text
    from warehouse.atomic_files import write_atomically

    people = _read_people()
    if people.file.is_file():
        raise UsageError(Text(zh=f"{people.file} 已经存在", en=f"{people.file} is there already"))
    write_atomically(people.file, format_people(people.people))
    print_message(f"已建立 {people.file}", "begun, with the system account only")
    print_message(
        "接下来：sportlake people add 姓名 --role steward",
        "next: add a data steward, and somebody with the role confidentiality",
    )


@app.command("add")
@handle_errors
def add_person(
    name: Annotated[str, typer.Argument(help="姓名 name")],
    role: Annotated[
        list[str],
        typer.Option(
            "--role",
            help="角色，可多次：clerk 填报员、steward 数据管理员、confidentiality 保密审查员、head 部门负责人、operator 运维人员 role, may be given again",
        ),
    ],
    department: Annotated[
        list[str] | None, typer.Option("--department", help="单位代码，可多次 code of the department")
    ] = None,
) -> None:
    """在人员名单中登记一人。 Add somebody to the list of people."""
    from schemas.departments import find_department, read_departments
    from schemas.errors import UsageError
    from schemas.people import People, Person, format_people
    from schemas.text import Text
    from warehouse.atomic_files import write_atomically

    before, known = _read_people(), read_departments()
    _require_roles(role)
    for code in department or ():
        find_department(known, code)
    try:
        added = Person.model_validate({"name": name, "roles": role, "departments": department or ()})
        after = People(people=(*before.people, added), file=before.file)
    except ValueError as wrong:
        raise UsageError(Text(zh=f"不能登记 {name}：{wrong}", en=f"{name} cannot be added: {wrong}")) from wrong
    write_atomically(before.file, format_people(after.people))
    print_message(f"已登记 {name}：{before.file}", "added")


def _require_roles(roles: list[str]) -> None:
    """Raises UsageError, with the roles there are, where one of them is none."""
    from schemas.errors import UsageError
    from schemas.people import ROLE_NAMES
    from schemas.text import Text

    unknown = next((role for role in roles if role not in ROLE_NAMES), None)
    if unknown is not None:
        raise UsageError(
            Text(
                zh=f"没有角色 {unknown}；可填：" + "、".join(f"{role} {name.zh}" for role, name in ROLE_NAMES.items()),
                en=f"there is no role {unknown}; there are " + ", ".join(ROLE_NAMES),
            )
        )


def _read_people() -> "People":
    """Returns the list as it is; whoever acts need not be in it yet, since this is how one gets into it."""
    from dagster_project.settings import read_settings
    from schemas.departments import read_departments
    from schemas.people import read_people
    from warehouse.layout import Layout

    return read_people(Layout(read_settings().home).people, read_departments())
