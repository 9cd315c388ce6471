"""Small installations in a temporary folder: `workspace_with(home, *contracts)`, `copied_workspace(built, home)`. Not here: contracts (`contracts.py`)."""

import glob
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.submissions.inbox.taken_files import FOLDERS
from pipelines.workspace import Workspace, open_workspace
from schemas.assessments import Assessments
from schemas.contract import Contract
from schemas.departments import Department
from warehouse.layout import Layout

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
DEPARTMENTS = (
    Department(
        code="lnsports", zh="辽宁省体育局", en="Liaoning Sports Bureau", kind="province_unit", admin_code="210000"
    ),
    Department(code="210100", zh="沈阳市体育局", en="Shenyang Sports Bureau", kind="city_bureau", admin_code="210100"),
    Department(code="210200", zh="大连市体育局", en="Dalian Sports Bureau", kind="city_bureau", admin_code="210200"),
)


def workspace_with(home: Path, *contracts: Contract, synthetic: bool = False) -> Workspace:
    """An installation below `home` that knows those contracts, three departments and no code lists."""
    return Workspace(
        layout=Layout(home),
        contracts={contract.name: contract for contract in contracts},
        codelists={},
        departments={department.code: department for department in DEPARTMENTS},
        actor="tester",
        synthetic=synthetic,
    )


def copied_workspace(built: Workspace, home: Path) -> Workspace:
    """The same installation below `home`, with a copy of all that it holds: building it again takes far longer."""
    shutil.copytree(built.layout.home, home, dirs_exist_ok=True)
    return replace(built, layout=Layout(home))


def open_part(home: Path, actor: str = "tester") -> Workspace:
    """An installation with the contracts of the bureau that ask for no coverage and no assessments.

    The files of a few departments are no province, and nobody has assessed them.
    """
    whole = open_workspace(home, actor)
    lenient = {"coverage": 0, "assessments": Assessments()}
    contracts = {
        name: contract.model_copy(update={"policy": contract.policy.model_copy(update=lenient)})
        for name, contract in whole.contracts.items()
    }
    return replace(whole, contracts=contracts)


def taken_file(workspace: Workspace, name: str) -> Path:
    """Where a file of the inbox, `<department>/<name>`, lies after it was received; there must be one."""
    place = workspace.layout.inbox / name
    named = f"RCPT-*_{glob.escape(place.name)}"
    (found,) = (path for folder in FOLDERS for path in (place.parent / folder).glob(named))
    return found


def put(workspace: Workspace, department: str, name: str, content: str | bytes) -> Path:
    """A file in the inbox of a department."""
    path = workspace.layout.inbox / department / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
