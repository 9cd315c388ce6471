"""The submitting departments: units of the provincial bureau, bureaus of cities and counties, institutions, associations.

Key: code, which is also the name of the inbox folder. Not here: which datasets a department submits (its contracts).
"""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from schemas.errors import ContractError, UsageError
from schemas.frozen_model import FrozenModel
from schemas.province import read_bureau_province
from schemas.text import Text

FILE = Path(__file__).parent / "departments.csv"


DepartmentKind = Literal["province_unit", "city_bureau", "county_bureau", "institution", "association"]
_AREA_DIGITS: Mapping[str, int] = {"city_bureau": 4, "county_bureau": 6}
"""Leading digits of a division code that name the area of a kind of department; all others have the province. Source: GB/T 2260."""
_PROVINCE_DIGITS = 2
MOST_COUNTIES = 5
"""Units of counties that a message names one by one."""


class Department(FrozenModel):
    """One submitting unit. `admin_code` is the division whose data it is responsible for (`NN0000`: the whole province)."""

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{2,30}$")
    zh: str
    en: str
    kind: DepartmentKind
    admin_code: str = Field(pattern=r"^\d{6}$")

    @property
    def name(self) -> Text:
        """The unit's name in both languages."""
        return Text(zh=self.zh, en=self.en)

    @property
    def area(self) -> str:
        """Digits with which every division code of its area begins: two for the province, four for a city, six for a county."""
        return self.admin_code[: _AREA_DIGITS.get(self.kind, _PROVINCE_DIGITS)]

    @property
    def is_local(self) -> bool:
        """Whether it is responsible for one city or county, not for the whole province."""
        return self.kind in _AREA_DIGITS


def read_departments(file: Path = FILE) -> dict[str, Department]:
    """Reads every department by code, in file order; ContractError names the invalid line or the code that occurs twice."""
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
    if department.kind == "county_bureau" and department.code != department.admin_code:
        raise ValueError(f"the code of a county's unit is its division {department.admin_code}, not {department.code}")
    if department.kind == "county_bureau" and department.admin_code.endswith("00"):
        raise ValueError(f"{department.admin_code} is no county")
    return department


def find_department(departments: Mapping[str, Department], code: str) -> Department:
    """Returns the department with that code; UsageError lists the existing ones."""
    if code not in departments:
        there = name_departments(departments.values())
        raise UsageError(
            Text(
                zh=f"没有代码为 {code} 的报送单位；现有：{there.zh}", en=f"no department {code}; there are: {there.en}"
            )
        )
    return departments[code]


def name_departments(departments: Iterable[Department]) -> Text:
    """Returns `210100 沈阳市体育局、210200 大连市体育局`; of more than `MOST_COUNTIES` units of counties only how many and an example."""
    named = list(departments)
    counties = [one for one in named if one.kind == "county_bureau"]
    if len(counties) <= MOST_COUNTIES:
        counties = []
    shown = [one for one in named if one not in counties]
    zh, en = [f"{one.code} {one.zh}" for one in shown], [f"{one.code} {one.en}" for one in shown]
    if counties:
        zh.append(f"{len(counties)} 个县（市、区）的六位区划代码，如 {counties[0].code} {counties[0].zh}")
        en.append(f"the division codes of {len(counties)} counties, such as {counties[0].code} {counties[0].en}")
    return Text(zh="、".join(zh), en=", ".join(en))
