"""The people who act on the platform: names, roles and departments, from `people.yaml` in the home folder. No passwords.

Key: name; every entry of the ledger names one of them. Exactly one is the system account, for which nobody decides anything: sensors,
schedules and `sportlake run` act as it. Without a file there is only that account, so files are still taken in, but nobody can
decide. Not here: what a role may do (`pipelines/review`), who is acting (`dagster_project`).
"""

from collections.abc import Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from schemas.errors import ContractError, UsageError
from schemas.execution.kept_yaml import read_yaml
from schemas.frozen_model import FrozenModel
from schemas.text import Text

Role = Literal["clerk", "steward", "confidentiality", "head", "operator", "system"]
ApprovalRole = Literal["steward", "confidentiality", "head"]
ROLE_NAMES: Mapping[Role, Text] = {
    "clerk": Text(zh="填报员", en="clerk"),
    "steward": Text(zh="数据管理员", en="data steward"),
    "confidentiality": Text(zh="保密审查员", en="confidentiality reviewer"),
    "head": Text(zh="部门负责人", en="head of the department"),
    "operator": Text(zh="运维人员", en="operator"),
    "system": Text(zh="系统账户", en="system account"),
}
REVIEW_ROLES: Mapping[str, ApprovalRole] = {"secrecy_review": "confidentiality", "head_approval": "head"}
"""The items of the catalogue metadata that an approval in this role proves."""
SYSTEM_NAME = "平台"
"""The system account where there is no file."""
_HEADING = """\
# 人员名单：姓名、角色、单位；不写密码。台账中的每一条记录都写明名单中的一个人。
# The people who act here: names, roles, departments; no passwords. Every entry of the ledger names one of them.
# 角色 roles: clerk 填报员, steward 数据管理员, confidentiality 保密审查员, head 部门负责人, operator 运维人员, system 系统账户（仅一个 one only）
"""


class Person(FrozenModel):
    """One person, or the system account. `synthetic`: invented, for sample data only."""

    name: str = Field(min_length=1, max_length=100)
    roles: tuple[Role, ...] = Field(min_length=1)
    departments: tuple[str, ...] = ()
    synthetic: bool = False

    @field_validator("name")
    @classmethod
    def _require_plain_name(cls, name: str) -> str:
        if name != name.strip() or not name.isprintable():
            raise ValueError(f"the name {name!r} must be one line of plain text without blanks around it")
        return name

    @property
    def is_system(self) -> bool:
        """Whether this is the system account, which can never decide."""
        return "system" in self.roles


class People(FrozenModel):
    """Everybody who may act, in the order of the file. `file` is where they are kept, whether it exists or not."""

    model_config = ConfigDict(ignored_types=(cached_property,))

    people: tuple[Person, ...]
    file: Path

    @model_validator(mode="after")
    def _require_unique_names(self) -> "People":
        names = [person.name for person in self.people]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"these names stand twice: {', '.join(twice)}")
        accounts = [person for person in self.people if person.is_system]
        if len(accounts) != 1 or accounts[0].roles != ("system",):
            raise ValueError(
                f"exactly one must have the role system, and no other role: - {{name: {SYSTEM_NAME}, roles: [system]}}"
            )
        return self

    @cached_property
    def system(self) -> Person:
        """The system account."""
        return next(person for person in self.people if person.is_system)

    def find_person(self, name: str) -> Person:
        """Returns the person of that name; UsageError says how to become one of them."""
        found = next((person for person in self.people if person.name == name), None)
        if found is None:
            raise self._unknown_person_error(name)
        return found

    def list_holders(self, roles: Collection[Role]) -> tuple[Person, ...]:
        """Returns those who have one of the roles."""
        return tuple(person for person in self.people if set(person.roles) & set(roles))

    def name_holder(self, roles: Collection[Role]) -> str:
        """Returns the name of the first who has one of the roles, for a command that is shown; `…` if nobody has."""
        return next((person.name for person in self.list_holders(roles)), "…")

    def _unknown_person_error(self, name: str) -> UsageError:
        if not self.file.is_file():
            return UsageError(
                Text(
                    zh=f"“{name}”不能操作：还没有人员名单 {self.file}；请先运行 sportlake people init，再用 sportlake people add {name} --role … 登记",
                    en=f"{name} cannot act: there is no {self.file} yet; run sportlake people init, then sportlake people add {name} --role …",
                )
            )
        there = "、".join(person.name for person in self.people)
        return UsageError(
            Text(
                zh=f"“{name}”不在人员名单 {self.file} 中，不能操作；请用 --as 姓名（或环境变量 SPORTLAKE_AS）写明由谁操作，名单中有：{there}；登记新人用 sportlake people add",
                en=f"{name} is not in {self.file} and cannot act; say with --as NAME (or SPORTLAKE_AS) who does, there are: {there}; sportlake people add adds somebody",
            )
        )


def describe_roles(roles: Collection[Role]) -> Text:
    """Returns the names of roles in both languages, in the order given: `数据管理员、保密审查员`."""
    return Text(
        zh="、".join(ROLE_NAMES[role].zh for role in roles), en=" and ".join(ROLE_NAMES[role].en for role in roles)
    )


def describe_approver(role: Role, *, synthetic: bool) -> Text:
    """Returns how the public reads who approved: the role, and whether it was a sample person; never a name."""
    role_name = ROLE_NAMES[role]
    return Text(zh=f"{role_name.zh}（示例，虚构）", en=f"{role_name.en} (sample, invented)") if synthetic else role_name


def read_people(file: Path, departments: Collection[str] | None = None) -> People:
    """Reads the people in that file; without the file only the system account exists.

    ContractError names the file and what is wrong in it: a name twice, an unknown role, no system account, or a department that
    is not among `departments` (None: not looked at).
    """
    if not file.is_file():
        return People(people=(Person(name=SYSTEM_NAME, roles=("system",)),), file=file)
    try:
        content = read_yaml(file)
        found = People(people=tuple(Person.model_validate(person) for person in content["people"]), file=file)
    except (ValueError, KeyError, TypeError) as wrong:
        raise ContractError(
            Text(zh=f"人员名单 {file} 有误：{wrong}", en=f"the list of people {file} is wrong: {wrong}")
        ) from wrong
    for person in found.people:
        unknown = sorted(set(person.departments) - set(departments)) if departments is not None else []
        if unknown:
            raise ContractError(
                Text(
                    zh=f"人员名单 {file} 中 {person.name} 的单位 {'、'.join(unknown)} 不存在",
                    en=f"{file}: {person.name} has departments that do not exist: {', '.join(unknown)}",
                )
            )
    return found


def format_people(people: Collection[Person], heading: str = "") -> str:
    """Returns the text of a file with those people: what it is for, `heading`, then one line a person."""
    import yaml  # noqa: PLC0415 -- most commands write no such file

    lines = [
        yaml.safe_dump(
            {key: value for key, value in person.model_dump(mode="json").items() if value},
            allow_unicode=True,
            sort_keys=False,
            default_flow_style=True,
            width=1000,
        ).strip()
        for person in people
    ]
    return f"{_HEADING}{heading}people:\n" + "".join(f"  - {line}\n" for line in lines)
