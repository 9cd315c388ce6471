"""For which departments a person may hand in: data stewards and the system account for all, everybody else for his own.

A file in the inbox has no person; its folder says the department. Not here: which departments a contract takes data from (`inbox.py`).
"""

from pipelines.workspace import Workspace
from schemas.departments import find_department
from schemas.errors import UsageError
from schemas.people import describe_roles
from schemas.text import Text

_FOR_ALL = frozenset({"steward", "system"})


def require_own_department(workspace: Workspace, department: str) -> None:
    """Accepts that whoever acts hands in for that department; UsageError says whose departments those are and who may.

    UsageError too if there is no such department, or the person is not in the list.
    """
    named = find_department(workspace.departments, department)
    person = workspace.people.find_person(workspace.actor)
    if _FOR_ALL & set(person.roles) or department in person.departments:
        return
    own = "、".join(f"{code} {workspace.departments[code].zh}" for code in person.departments) or "—"
    there = ", ".join(person.departments) or "none"
    stewards = "、".join(one.name for one in workspace.people.list_holders(["steward"])) or "—"
    raise UsageError(
        Text(
            zh=f"{person.name}（{describe_roles(person.roles).zh}）只能为本单位报送（{own}），不能为 {department} {named.zh} 报送；请核对 --department，或由数据管理员（{stewards}）报送，或在人员名单 {workspace.people.file} 中补登单位",
            en=f"{person.name} ({describe_roles(person.roles).en}) hands in for {there} only, not for {department}; check --department, let a data steward ({stewards}) hand it in, or add the department in {workspace.people.file}",
        )
    )
