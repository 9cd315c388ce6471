"""Invented events and the permits of the high-risk ones, with the fields of `event` and `event_permit`."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from pipelines.sample.random_values import RandomSource, make_credit_code
from schemas.codelists import Code
from schemas.departments import Department

Row = dict[str, Any]
# (sport code, event name, types of the facilities where it may be held).
KINDS = (
    ("football", "足球联赛", ("FB01", "FB02")),
    ("basketball", "篮球邀请赛", ("BB01", "BB03")),
    ("table_tennis", "乒乓球公开赛", ("OT01",)),
    ("badminton", "羽毛球俱乐部联赛", ("BD02",)),
    ("tennis", "网球业余积分赛", ("OB01",)),
    ("swimming", "游泳达标赛", ("SW02",)),
    ("athletics", "田径锦标赛", ("TF01",)),
    ("walking", "全民健身徒步大会", ()),
    ("marathon", "马拉松", ()),
    ("gateball", "门球交流赛", ("OB04",)),
)
TODAY = date(2026, 11, 20)
"""The day as of which the events are told: what was to end by then was held, what was to end later is postponed without a new day. No
event of the sample is scheduled: it would have to be over on some day on which the sample is run."""
PUT_OFF = date(2026, 11, 17)
# Number of participants from which an event has a plan to stop it.
CROWD = 1000


def make_events(
    department: Department,
    counties: Sequence[Code],
    venues: Sequence[Row],
    permits: Sequence[Row],
    year: int,
    seed: int,
) -> list[Row]:
    """Returns about forty events of a year, and one more for every permit."""
    chance = RandomSource.seeded_by(seed, "event", department.code, year)
    area = department.code if department.code.isdigit() else department.admin_code
    open_venues = [venue for venue in venues if venue["open_status"] == "open"]
    rows = [
        _make_event(area, chance, counties, open_venues, year, number, department)
        for number in range(1, chance.randint(34, 52))
    ]
    return rows + [_make_high_risk(area, permit, len(rows) + at) for at, permit in enumerate(permits, 1)]


def make_permits(city: Department, counties: Sequence[Code], month: str, seed: int) -> list[Row]:
    """Returns one to three permits decided in a month (`2026-04`)."""
    chance = RandomSource.seeded_by(seed, "permit", city.code, month)
    year, number = int(month[:4]), int(month[5:])
    return [_make_permit(city, chance, counties, date(year, number, 1), at) for at in range(1, chance.randint(2, 4))]


def _make_event(
    area: str,
    chance: RandomSource,
    counties: Sequence[Code],
    venues: Sequence[Row],
    year: int,
    number: int,
    host: Department,
) -> Row:
    sport, name, types = chance.choice(KINDS)
    fitting = [venue for venue in venues if venue["type_code"] in types]
    venue = chance.choice(fitting) if fitting else None
    county = chance.choice(counties)
    starts = chance.choose_day(date(year, 3, 1), date(year, 12, 10))
    ends = starts + timedelta(days=chance.choice((0, 0, 1, 2, 6)))
    published = starts - timedelta(days=chance.randint(25, 70))
    planned = chance.choice((80, 120, 200, 360, 800)) if venue else chance.choice((1000, 3000, 8000))
    planned = min(planned, venue["capacity"]) if venue else planned
    held = ends < TODAY
    return {
        "event_id": f"EV-{year}-{area}-{number:04d}",
        "event_name": f"{year}年{host.zh.removesuffix('体育局')}第{number}届{name}（示例）",
        "level": "province" if host.kind == "province_unit" else "city",
        "category": chance.choose_weighted({"mass": 60.0, "youth": 20.0, "elite": 15.0, "school": 5.0}),
        "sport_code": sport,
        "start_date": starts,
        "end_date": ends,
        "venue_id": venue["facility_id"] if venue else None,
        "place": venue["site_name"] if venue else f"{county.zh}滨河路沿线",
        "admin_code": venue["admin_code"] if venue else county.code,
        "host_name": host.zh,
        "host_uscc": make_credit_code("11", host.admin_code, 1),
        "undertaker_name": f"{county.zh}示例体育文化有限公司",
        "undertaker_uscc": make_credit_code("91", county.code, number),
        "planned_participants": planned,
        "actual_participants": round(planned * chance.uniform(0.7, 1.0)) if held else None,
        "at_night": "0",
        "circuit_breaker": "1" if planned >= CROWD else "0",
        "eligibility": "身体健康，能够参加相应强度的运动",
        "registration_deadline": starts - timedelta(days=10),
        "fee_cny": chance.choice((0, 0, 0, 50, 80)),
        "budget_source": "sports_lottery",
        **_make_status(ends, published, held=held),
    }


def _make_high_risk(area: str, permit: Row, number: int) -> Row:
    done = permit["event_end_date"] < TODAY
    return {
        "event_id": f"EV-{permit['event_start_date'].year}-{area}-{9000 + number}",
        "event_name": permit["event_name"],
        "level": "city",
        "category": "mass",
        "sport_code": "trail_running",
        "start_date": permit["event_start_date"],
        "end_date": permit["event_end_date"],
        "place": permit["place"],
        "admin_code": permit["admin_code"],
        "host_name": permit["holder_name"],
        "host_uscc": permit["holder_uscc"],
        "planned_participants": permit["max_participants"],
        "actual_participants": round(permit["max_participants"] * 0.9) if done else None,
        "distance_m": 50000,
        "max_altitude_m": 820,
        "at_night": "0",
        "high_risk_item": permit["item_code"],
        "permit_no": permit["permit_no"],
        "circuit_breaker": "1",
        **_make_status(permit["event_end_date"], permit["published_date"], held=done),
    }


def _make_status(ends: date, published: date, *, held: bool) -> Row:
    if held:
        return {"status": "completed", "published_date": published, "updated_at": max(published, ends)}
    put_off = max(published, PUT_OFF)
    return {"status": "postponed", "status_date": put_off, "published_date": published, "updated_at": put_off}


def _make_permit(city: Department, chance: RandomSource, counties: Sequence[Code], month: date, number: int) -> Row:
    county = chance.choice(counties)
    decided = month + timedelta(days=chance.randint(2, 20))
    starts = decided + timedelta(days=chance.randint(35, 60))
    short = city.zh[0]
    return {
        "permit_no": f"{short}{city.code[2:4]}体赛许〔{month.year}〕{month.month * 10 + number}号",
        "item_code": "HR301",
        "event_name": f"{starts.year}{city.zh.removesuffix('体育局')}山地五十公里越野赛{month.month}{number}（示例）",
        "holder_name": f"{county.zh}示例户外运动有限公司",
        "holder_uscc": make_credit_code("91", county.code, 500 + number),
        "admin_code": county.code,
        "place": f"{county.zh}山地公园",
        "application_date": decided - timedelta(days=chance.randint(8, 25)),
        "decision_date": decided,
        "published_date": decided + timedelta(days=chance.randint(1, 5)),
        "valid_from": starts - timedelta(days=1),
        "valid_to": starts + timedelta(days=3),
        "event_start_date": starts,
        "event_end_date": starts + timedelta(days=1),
        "max_participants": chance.choice((300, 500, 800)),
        "authority_name": city.zh,
        "authority_uscc": make_credit_code("11", city.code, 1),
        "status": "valid",
        "notice_url": "https://example.org/permit",
        "updated_at": decided + timedelta(days=6),
    }
