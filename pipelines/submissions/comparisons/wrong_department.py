"""Rows of another city or county: a file that lies in the wrong department's inbox.

Each such row breaks the contract's rule on the department's area. Where most rows do, and lie in one other city or county, the whole
file is another department's, and that is the first thing to say. Not here: the rule itself (`quality/rules`).

Source: GB/T 2260 (the first four digits of a division code are its prefecture).
"""

from collections.abc import Mapping
from operator import itemgetter

import pyarrow as pa
import pyarrow.compute as pc

from quality.findings import Finding
from schemas.contract import Contract
from schemas.departments import Department
from schemas.rules.rules import InArea
from schemas.text import Text

MOST = 0.5
"""More than this share of the rows must lie in one other place."""
_PROVINCE = 2
_CODE_DIGITS = 6
_CODE = r"^\s*\d{6}\s*$"


def check_department(
    texts: pa.Table, contract: Contract, department: Department, departments: Mapping[str, Department]
) -> list[Finding]:
    """Returns an error if most rows of the file lie in one other city or county than the department's, else nothing.

    `texts` are all rows as text. A unit of the province is never wrong, because its area is every city.
    """
    if not department.is_local:
        return []
    for rule in contract.rules:
        if isinstance(rule, InArea):
            home = department.area
            places = _count_places(texts.column(rule.field), len(home))
            place, rows = max(places.items(), key=itemgetter(1), default=("", 0))
            if rows > MOST * texts.num_rows and place != home and place[:_PROVINCE] == home[:_PROVINCE]:
                return [_make_finding(rule.field, rows, texts.num_rows, department, _find_place(place, departments))]
    return []


def _count_places(codes: pa.ChunkedArray, digits: int) -> dict[str, int]:
    """Returns how many rows have a division code that begins with those digits; each distinct code is looked at once."""
    counted = pc.value_counts(codes)
    texts, counts = counted.field("values"), counted.field("counts")
    is_code = pc.match_substring_regex(texts, _CODE)
    places = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(texts.filter(is_code)), 0, digits)
    found: dict[str, int] = {}
    for place, rows in zip(places.to_pylist(), counts.filter(is_code).to_pylist(), strict=True):
        found[place] = found.get(place, 0) + rows
    return found


def _find_place(place: str, departments: Mapping[str, Department]) -> Text:
    there = (one.name for one in departments.values() if one.is_local and one.area == place)
    code = place.ljust(_CODE_DIGITS, "0")
    return next(there, Text(zh=f"区划 {code}", en=f"division {code}"))


def _make_finding(field: str, rows: int, of: int, department: Department, other: Text) -> Finding:
    return Finding(
        judge="table",
        type="wrong-department",
        severity="error",
        field=field,
        message=Text(
            zh=f"数据不属于本单位：{of} 行中有 {rows} 行属于{other.zh}，报送单位是{department.zh}",
            en=f"these rows are not this department's: {rows} of {of} belong to {other.en}, the file was handed in for {department.en}",
        ),
        mend=Text(
            zh=f"请检查是否放错了文件或收件夹；{other.zh}的数据由其报送",
            en=f"check whether file and inbox belong together; {other.en} hands in its own rows",
        ),
    )
