"""The submitting departments: units of the provincial bureau and city bureaus.

Key: code, which is also the name of the inbox folder. Not here: which datasets a department submits (its contracts).
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.errors import ContractError, UsageError
from schemas.province import read_bureau_province
from schemas.text import Text

FILE = Path(__file__).parent / "departments.csv"


class Department(BaseModel):
    """One submitting unit. `admin_code` is the division whose data it is responsible for (`NN0000`: the whole province)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{2,30}$")
    zh: str
    en: str
    kind: Literal["province_unit", "city_bureau"]
    admin_code: str = Field(pattern=r"^\d{6}$")

    @property
    def name(self) -> Text:
        """The unit's name in both languages."""
        return Text(zh=self.zh, en=self.en)


def read_departments(file: Path = FILE) -> dict[str, Department]:
    """Read every department by code, in file order; ContractError names the invalid line or the code that occurs twice."""
    found: dict[str, Department] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            one = _parse_department(row, f"{file.name}:{reader.line_num}")
            if one.code in found:
                raise ContractError(
                    Text(
                        zh=f"{file.name} 中部门 {one.code} 出现两次",
                        en=f"department {one.code} is twice in {file.name}",
                    )
                )
            found[one.code] = one
    return found


def _parse_department(row: dict[str, str], place: str) -> Department:
    try:
        return _require_own_division(Department.model_validate(row))
    except ValueError as wrong:
        raise ContractError(Text(zh=f"{place} 有误：{wrong}", en=f"{place} is wrong: {wrong}")) from wrong


def _require_own_division(department: Department) -> Department:
    province = read_bureau_province()
    if not department.admin_code.startswith(province.code):
        raise ValueError(f"admin_code {department.admin_code} is no division of {province.name.en}")
    return department


def find_department(departments: Mapping[str, Department], code: str) -> Department:
    """Return the department with that code; UsageError lists the existing ones."""
    if code not in departments:
        there = "、".join(f"{d.code} {d.zh}" for d in departments.values())
        raise UsageError(
            Text(
                zh=f"没有代码为 {code} 的报送单位；现有：{there}",
                en=f"no department {code}; there are: {', '.join(departments)}",
            )
        )
    return departments[code]
