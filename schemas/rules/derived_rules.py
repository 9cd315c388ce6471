"""Row rules derived from other parts of a contract, so that they need not be written twice.

A field with a code list is checked against it; coordinates are checked against the province that the contract is of. Not here: rules written in a
contract; the search for personal data, which no contract can leave out (`quality/disclosure/personal_data.py`).
"""

from collections.abc import Sequence

from schemas.policy import Coordinates, FieldPolicy, Policy
from schemas.province import Province
from schemas.rules.rules import InCodelist, PointInProvince, PointSwapped, PointZero, RowRule
from schemas.text import Text


def derive_rules(policy: Policy, fields: Sequence[tuple[str, str, FieldPolicy]]) -> tuple[RowRule, ...]:
    """Returns rules for fields given as (name, Chinese title, policy): code lists, then coordinates."""
    lists = tuple(
        InCodelist(
            kind="in_codelist",
            id=f"{name.replace('_', '-')}-in-{about.codelist.replace('_', '-')}",
            field=name,
            codelist=about.codelist,
            as_of=about.as_of,
            message=Text(
                zh=f"{title}“{{value}}”不是代码表中的有效代码，或在所填日期已停用",
                en=f'{about.title_en} "{{value}}" is not a code of its list that was valid at the time',
            ),
            mend=Text(
                zh=f"请从采集模板“代码表”页选择{title}的代码",
                en=f"choose a code of {about.title_en} from the list in the template",
            ),
            source=f"codelists/{about.codelist}.csv",
        )
        for name, title, about in fields
        if about.codelist
    )
    return lists + (_coordinate_rules(policy.coordinates, policy.province) if policy.coordinates else ())


def _coordinate_rules(at: Coordinates, province: Province) -> tuple[RowRule, ...]:
    (west, east), (south, north) = province.longitudes, province.latitudes
    mend = Text(
        zh=f"请填十进制经度（{west:.2f}–{east:.2f}）和纬度（{south:.2f}–{north:.2f}）",
        en=f"give decimal longitude ({west:.2f} to {east:.2f}) and latitude ({south:.2f} to {north:.2f})",
    )
    source = f"{province.source} (0.02 degrees of tolerance)"
    name = province.name
    return (
        PointZero(kind="point_zero", id="point-zero", lon=at.lon, lat=at.lat, mend=mend, source=source,
                  message=Text(zh="坐标 {value} 为零或经纬度相同，不是真实位置", en="the point {value} is zero or the same number twice: no real place")),
        PointSwapped(kind="point_swapped", id="point-swapped", lon=at.lon, lat=at.lat, mend=mend, source=source,
                     message=Text(zh="坐标 {value} 的经度和纬度填反了", en="longitude and latitude of {value} are exchanged")),
        PointInProvince(kind="point_in_province", id="point-in-province", lon=at.lon, lat=at.lat, mend=mend, source=source,
                        message=Text(zh=f"坐标 {{value}} 不在{name.zh}范围内", en=f"the point {{value}} lies outside {name.en}")),
    )  # fmt: skip
