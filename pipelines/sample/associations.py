"""Invented associations and their yearly inspections, with the fields of `association` and `association_inspection`."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from pipelines.sample.random_values import RandomSource, make_credit_code
from schemas.departments import Department

Row = dict[str, Any]
SPORTS = (
    ("football", "足球"), ("basketball", "篮球"), ("volleyball", "排球"), ("table_tennis", "乒乓球"), ("badminton", "羽毛球"),
    ("tennis", "网球"), ("swimming", "游泳"), ("athletics", "田径"), ("gateball", "门球"), ("billiards", "台球"),
    ("taekwondo", "跆拳道"), ("boxing", "拳击"), ("judo", "柔道"), ("fishing", "钓鱼"), ("fitness_dance", "广场舞"),
    ("walking", "健步走"), ("marathon", "马拉松"), ("dragon_boat", "龙舟"), ("gymnastics", "体操"), ("rope_skipping", "跳绳"),
)  # fmt: skip


def make_associations(department: Department, seed: int) -> list[Row]:
    """Returns one association per sport, two clubs and a foundation, in the area of a department."""
    area, chance = department.admin_code, RandomSource.seeded_by(seed, "association", department.code)
    place = f"{department.zh.partition('省')[0]}省" if _is_province(area) else department.zh.removesuffix("体育局")
    rows = [
        _make_association(area, place, f"{place}{name}协会（示例）", "social_org", sport, at, chance)
        for at, (sport, name) in enumerate(SPORTS, 1)
    ]
    for at in (41, 42):
        sport, name = chance.choice(SPORTS)
        rows.append(
            _make_association(area, place, f"{place}示例{name}俱乐部{at - 40}", "private_nonprofit", sport, at, chance)
        )
    return [*rows, _make_association(area, place, f"{place}示例体育基金会", "foundation", None, 61, chance)]


def make_inspections(members: Sequence[Row], year: int, seed: int) -> list[Row]:
    """Returns the inspection of every association founded by 30 June of the inspected year."""
    due = [row for row in members if row["established_date"] <= date(year, 6, 30)]
    return [_make_inspection(row, year, RandomSource.seeded_by(seed, "inspection", row["uscc"], year)) for row in due]


def _make_association(
    area: str, place: str, name: str, kind: str, sport: str | None, serial: int, chance: RandomSource
) -> Row:
    founded = chance.choose_day(date(1985, 1, 1), date(2022, 12, 31))
    certified = date(2023, 1, 1) + timedelta(days=chance.randint(0, 700))
    decoupled = chance.happens_with(0.4)
    rated = chance.happens_with(0.5)
    return {
        "uscc": make_credit_code(
            {"social_org": "51", "private_nonprofit": "52", "foundation": "53"}[kind], area, serial
        ),
        "association_name": name,
        "association_type": kind,
        "level": "province" if _is_province(area) else "city",
        "sport_code": sport,
        "admin_code": area,
        "address": f"{place}人民路{chance.randint(1, 200)}号",
        "registration_authority": f"{place}民政{'厅' if _is_province(area) else '局'}",
        "decoupled": "1" if decoupled else "0",
        "supervisory_unit": None if decoupled else f"{place}体育局",
        "established_date": founded,
        "registered_capital_cny": 2000000 if kind == "foundation" else chance.choice((30000, 50000, 100000)),
        "certificate_from": certified,
        "certificate_to": certified.replace(year=certified.year + 5, day=min(certified.day, 28)),
        "scope": "组织开展竞赛、培训、交流和咨询服务（示例）",
        "status": "normal",
        "status_date": founded,
        "is_charity": "1" if kind == "foundation" else "0",
        "rating": chance.choice(("3A", "4A", "5A")) if rated else None,
        "rating_valid_to": date(2028, 12, 31) if rated else None,
        "branches": chance.randint(0, 6),
        "updated_at": chance.choose_day(date(2026, 2, 1), date(2026, 7, 31)),
    }


def _make_inspection(member: Row, year: int, chance: RandomSource) -> Row:
    result = chance.choose_weighted({"qualified": 82.0, "basically_qualified": 12.0, "not_participated": 6.0})
    absent = result == "not_participated"
    sent = chance.choose_day(date(year + 1, 1, 10), date(year + 1, 3, 31))
    decided = chance.choose_day(date(year + 1, 6, 1), date(year + 1, 7, 20))
    units, people = chance.randint(5, 60), chance.randint(120, 2400)
    return {
        **{name: member[name] for name in ("uscc", "association_name", "admin_code")},
        "inspection_year": year,
        "submitted_date": None if absent else sent,
        "opinion": None if absent else "同意报送",
        "opinion_date": None if absent else sent + timedelta(days=12),
        "result": result,
        "result_date": decided,
        "rectification": "请完善财务管理制度（示例）" if result == "basically_qualified" else None,
        "unit_members": units,
        "individual_members": people,
        "members_total": units + people,
        "female_members": round(people * chance.uniform(0.2, 0.5)),
        "minor_members": round(people * chance.uniform(0.0, 0.3)),
        "clubs": chance.randint(0, 30),
        "instructors": chance.randint(5, 120),
        "referees": chance.randint(5, 150),
        "published_date": decided + timedelta(days=5),
        "notice_url": "https://example.org/inspection",
    }


def _is_province(area: str) -> bool:
    return area.endswith("0000")
