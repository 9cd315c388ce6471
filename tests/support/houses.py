"""Small installations in a temporary folder: `house_with(home, *contracts)`. Not here: contracts (`contracts.py`)."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.workspace import House
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


def house_with(home: Path, *contracts: Contract, synthetic: bool = False) -> House:
    """An installation below `home` that knows those contracts, three departments and no code lists."""
    return House(
        layout=Layout(home),
        contracts={contract.name: contract for contract in contracts},
        codelists={},
        departments={department.code: department for department in DEPARTMENTS},
        who="tester",
        synthetic=synthetic,
    )


def put(house: House, department: str, name: str, content: str | bytes) -> Path:
    """A file in the inbox of a department."""
    path = house.layout.inbox / department / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
