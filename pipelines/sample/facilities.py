"""Invented facilities: sites of one to six facilities each, in the counties of a city.

One row per facility, with the fields of the contract `facility`; None is an empty cell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zlib import crc32

from pipelines.sample.places import SampleCity, county_centre
from pipelines.sample.plan_values import PROVINCE
from pipelines.sample.random_values import RandomSource, make_credit_code
from schemas.codelists import Code
from schemas.departments import Department

Row = dict[str, Any]


@dataclass(frozen=True)
class FacilityKind:
    """Typical values of a facility type: size in metres, surface, relative frequency (`weight`)."""

    code: str
    name: str
    weight: float
    placement: str
    length: float | None
    width: float | None
    surface: str | None
    lanes: int | None = None


KINDS = (
    FacilityKind("FT01", "全民健身路径", 26, "outdoor", 20, 12, "rubber"),
    FacilityKind("BB01", "篮球场", 20, "outdoor", 32, 19, "silicon_pu"),
    FacilityKind("TT01", "乒乓球场", 12, "outdoor", 14, 7, "concrete"),
    FacilityKind("FB03", "五人制足球场", 7, "outdoor", 40, 20, "artificial_turf"),
    FacilityKind("FB02", "七人制足球场", 3, "outdoor", 68, 48, "artificial_turf"),
    FacilityKind("FB01", "十一人制足球场", 2, "outdoor", 105, 68, "natural_turf"),
    FacilityKind("BD01", "羽毛球场", 6, "outdoor", 18, 9, "acrylic"),
    FacilityKind("OB01", "网球场", 3, "outdoor", 36, 18, "acrylic"),
    FacilityKind("OB04", "门球场", 3, "outdoor", 27, 22, "artificial_turf"),
    FacilityKind("TF03", "小运动场", 5, "outdoor", 90, 45, "synthetic_track", 4),
    FacilityKind("TF01", "田径场", 1.5, "outdoor", 177, 93, "synthetic_track", 8),
    FacilityKind("FT03", "健身步道", 5, "outdoor", 2400, 2, "asphalt"),
    FacilityKind("FT06", "多功能运动场", 3, "outdoor", 40, 25, "modular_tile"),
    FacilityKind("SW02", "游泳馆", 1, "indoor", 50, 25, "water", 8),
    FacilityKind("BB03", "篮球馆", 1.2, "indoor", 34, 20, "wood"),
    FacilityKind("BD02", "羽毛球馆", 1.2, "indoor", 36, 24, "pvc"),
    FacilityKind("OT01", "综合馆", 0.8, "indoor", 60, 40, "wood"),
    FacilityKind("IC01", "滑冰场", 0.8, "outdoor", 60, 30, "ice"),
)
SITES = (
    "体育公园",
    "全民健身中心",
    "文化广场",
    "中心小学",
    "第一中学",
    "社区健身广场",
    "人民公园",
    "体育场",
    "村文体广场",
    "滨河公园",
)
OWNERS = {
    "government": ("11", "教育和体育局"),
    "institution": ("12", "体育事业服务中心"),
    "residents_committee": ("55", "社区居民委员会"),
    "village_committee": ("55", "村民委员会"),
    "enterprise": ("91", "体育产业有限公司"),
    "rural_collective": ("N2", "村股份经济合作社"),
}
OWNER_SHARES = {
    "government": 25.0,
    "institution": 35.0,
    "residents_committee": 15.0,
    "village_committee": 13.0,
    "enterprise": 9.0,
    "rural_collective": 3.0,
}
# Minimum number of facilities whatever the share, so that the few faulty rows stay a small part of a file.
LEAST = 100
POOL_OPERATORS = 5
STREETS = ("人民路", "中山路", "和平街", "建设大街", "文化路", "长江街", "黄河大街", "光明路", "新华街", "振兴路")


def make_facilities(city: SampleCity, counties: Sequence[Code], year: int, seed: int, share: float = 1.0) -> list[Row]:
    """Returns `share` of the city's facilities as of `year`, at least LEAST rows.

    A facility has the same id, place and size in every year.
    """
    rows: list[Row] = []
    wanted, at = max(LEAST, round(city.facilities * share)), 0
    while len(rows) < wanted:
        at += 1
        chance = RandomSource.seeded_by(seed, "site", city.code, at)
        county = chance.choice(counties)
        site = _make_site(city, county, chance, at)
        several = chance.choice((1, 1, 2, 2, 3, 4, 6))
        rows += [_make_facility(site, chance, year, at * 10 + number, number) for number in range(1, several + 1)]
    return rows[:wanted]


def commission_pools(rows: Sequence[Row], bureau: Department) -> list[Row]:
    """Returns the rows with an operator of each swimming pool: one of the city's first five in `plans/highrisk_operator.yaml`."""
    return [{**row, **_make_operator(row, bureau)} if row["type_code"] == "SW02" else row for row in rows]


def _make_operator(pool: Row, bureau: Department) -> Row:
    name = f"{bureau.zh}示例游泳健身{int(pool['facility_id'][-5:]) % POOL_OPERATORS + 1}店"
    code = make_credit_code("91", PROVINCE, crc32(name.encode()))
    return {"operation_mode": "commissioned", "operator_name": name, "operator_uscc": code}


def _make_site(city: SampleCity, county: Code, chance: RandomSource, at: int) -> Row:
    lon, lat = county_centre(city, county.code)
    kind = chance.choose_weighted(OWNER_SHARES)
    prefix, body = OWNERS[kind]
    called = chance.choice(SITES)
    return {
        "site_id": f"LN-{county.code}-S{at:05d}",
        "site_name": f"{county.zh}{chance.choice('东西南北新')}{called}{at}号（示例）",
        "admin_code": county.code,
        "address": f"{county.zh}{chance.choice(STREETS)}{chance.randint(1, 320)}号",
        "lon": lon + chance.gauss(0, 0.02),
        "lat": lat + chance.gauss(0, 0.015),
        "owner_name": f"{county.zh}示例{body}",
        "owner_uscc": make_credit_code(prefix, county.code, at) if chance.happens_with(0.85) else None,
        "org_type": kind,
        "built": chance.randint(1996, 2023),
    }


def _make_facility(site: Row, chance: RandomSource, year: int, serial: int, number: int) -> Row:
    kind = chance.choose_weighted({kind: kind.weight for kind in KINDS})
    size = _make_size(kind, chance)
    status = chance.choose_weighted({"active": 95.0, "closed_temporarily": 4.0, "closed_permanently": 1.0})
    closed = status != "active"
    opened = "closed" if closed else chance.choose_weighted({"open": 80.0, "partly": 15.0, "closed": 5.0})
    verified = chance.choose_day(date(year, 1, 8), date(year, 6, 30))
    built = site["built"]
    return {
        "facility_id": f"LN-{site['admin_code']}-{kind.code}-{serial:05d}",
        **{name: site[name] for name in ("site_id", "site_name")},
        "facility_name": f"{number}号{kind.name}",
        "type_code": kind.code,
        **{name: site[name] for name in ("admin_code", "address")},
        "lon": round(site["lon"] + 0.0003 * number, 6),
        "lat": round(site["lat"] + 0.0002 * number, 6),
        "crs": "CGCS2000",
        "placement": kind.placement,
        **size,
        "surface": kind.surface,
        "lanes": kind.lanes,
        "seats": chance.choice((0, 0, 0, 120, 300)) if kind.placement == "indoor" else 0,
        "capacity": max(10, round(size["area_m2"] / 10)),
        "built_year": built,
        "renovated_year": chance.randint(max(built, 2015), 2024) if chance.happens_with(0.2) else None,
        "investment_cny": round(size["area_m2"] * chance.uniform(180, 900), -2),
        "fund_source": chance.choose_weighted({"sports_lottery": 50.0, "fiscal": 35.0, "own": 10.0, "donation": 5.0}),
        **{name: site[name] for name in ("owner_name", "owner_uscc", "org_type")},
        "operation_mode": "owner",
        "subsidised": "1" if kind.placement == "indoor" and opened != "closed" else "0",
        "open_status": opened,
        "free_policy": None if opened == "closed" else "free" if kind.placement == "outdoor" else "low_fee",
        **_make_amenities(kind, chance),
        "status": status,
        "status_date": chance.choose_day(date(year - 1, 1, 1), date(year - 1, 12, 31)) if closed else date(built, 9, 1),
        "last_verified_date": verified,
        "data_source": chance.choose_weighted({"management_ledger": 60.0, "site_check": 25.0, "lottery_project": 15.0}),
        "updated_at": chance.choose_day(verified, date(year, 7, 15)),
    }


def _make_size(kind: FacilityKind, chance: RandomSource) -> Row:
    scale = chance.uniform(0.95, 1.1)
    length, width = round((kind.length or 10) * scale, 1), round((kind.width or 10) * scale, 1)
    area = round(length * width, 1)
    indoor = kind.placement == "indoor"
    return {
        "area_m2": area,
        "land_area_m2": round(area * chance.uniform(1.1, 1.5), 1),
        "floor_area_m2": round(area * chance.uniform(1.3, 2.2), 1) if indoor else None,
        "length_m": length,
        "width_m": width,
        "height_m": round(chance.uniform(7, 14), 1) if indoor else None,
    }


def _make_amenities(kind: FacilityKind, chance: RandomSource) -> Row:
    indoor = kind.placement == "indoor"
    return {
        "lighting": "1" if indoor else chance.choice("0112"),
        "toilet": "1" if indoor else chance.choice("0112"),
        "shower": chance.choice("01") if indoor else "0",
        "parking": chance.choice("0112"),
        "accessible": chance.choice("0112"),
    }
