"""Row rules derived from other parts of a contract, so that they need not be written twice.

A field with a code list is checked against it; coordinates are checked against the province. Not here: rules written in a
contract; the search for personal data, which no contract can leave out (`quality/disclosure/personal_data.py`).
"""

from collections.abc import Sequence

from schemas.policy import Coordinates, FieldPolicy, Policy
from schemas.rules import InCodelist, PointInProvince, PointSwapped, PointZero, RowRule
from schemas.text import Text


def derive_rules(policy: Policy, fields: Sequence[tuple[str, str, FieldPolicy]]) -> tuple[RowRule, ...]:
    """Return rules for fields given as (name, Chinese title, policy): code lists, then coordinates."""
    lists = tuple(
        InCodelist(
            kind="in_codelist",
            id=f"{name.replace('_', '-')}-in-{about.codelist.replace('_', '-')}",
            field=name,
            codelist=about.codelist,
            as_of=about.as_of,
            message=Text(
                zh=f"{title}“{{value}}”不在代码表 {about.codelist} 中，或当时已停用",
                en=f'{about.title_en} "{{value}}" is not a code of {about.codelist} that was valid at the time',
            ),
            mend=Text(zh=f"请按代码表 {about.codelist} 填写代码", en=f"use a code of the list {about.codelist}"),
            source=f"codelists/{about.codelist}.csv",
        )
        for name, title, about in fields
        if about.codelist
    )
    return lists + (_coordinate_rules(policy.coordinates) if policy.coordinates else ())


def _coordinate_rules(at: Coordinates) -> tuple[RowRule, ...]:
    mend = Text(
        zh="请填十进制经度（118.88–125.78）和纬度（38.71–43.44）",
        en="give decimal longitude (118.88 to 125.78) and latitude (38.71 to 43.44)",
    )
    source = "DOMAIN 0.4: box of Liaoning in CGCS2000, 0.02 degrees of tolerance"
    return (
        PointZero(kind="point_zero", id="point-zero", lon=at.lon, lat=at.lat, mend=mend, source=source,
                  message=Text(zh="坐标 {value} 为零或经纬度相同，不是真实位置", en="the point {value} is zero or the same number twice: no real place")),
        PointSwapped(kind="point_swapped", id="point-swapped", lon=at.lon, lat=at.lat, mend=mend, source=source,
                     message=Text(zh="坐标 {value} 的经度和纬度填反了", en="longitude and latitude of {value} are exchanged")),
        PointInProvince(kind="point_in_province", id="point-in-province", lon=at.lon, lat=at.lat, mend=mend, source=source,
                        message=Text(zh="坐标 {value} 不在辽宁省范围内", en="the point {value} lies outside Liaoning")),
    )  # fmt: skip
