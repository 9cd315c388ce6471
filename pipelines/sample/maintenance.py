"""Invented opening hours and outdoor equipment, with the fields of `facility_opening` and `fitness_equipment`."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from pipelines.sample.random_values import RandomSource

Row = dict[str, Any]
QUARTER = (date(2026, 7, 1), date(2026, 9, 30))
PIECES = (
    ("EQ01", "上肢牵引器", 1650),
    ("EQ02", "蹬力器", 2380),
    ("EQ03", "腰背按摩器", 2120),
    ("EQ04", "双人漫步机", 2680),
    ("EQ05", "平衡滚筒", 2450),
    ("EQ06", "压腿杠", 980),
    ("EQ08", "棋牌桌", 1480),
)
# Years; longer than most, so that a piece of the sample in use has not expired on the day on which the sample is run.
SERVICE_LIFE = 25
MAKERS = ("辽宁示例健身器材有限公司", "沈阳示例体育用品有限公司", "大连示例健身科技有限公司")


def make_openings(facilities: Sequence[Row], city: str, seed: int, most: int) -> list[Row]:
    """Returns a week of regular hours for up to `most` open facilities, and a closure for about one in ten."""
    chance = RandomSource.seeded_by(seed, "opening", city)
    rows: list[Row] = []
    for facility in [f for f in facilities if f["open_status"] != "closed"][:most]:
        number, low_fee = 0, facility["free_policy"] == "low_fee"
        for day in "1234567":
            number += 1
            rows.append(_make_hours(facility, number, day, low_fee=low_fee))
        if chance.happens_with(0.1):
            rows.append(_make_closure(facility, number + 1, chance))
    return rows


def make_equipment(facilities: Sequence[Row], city: str, seed: int, most: int) -> list[Row]:
    """Returns five pieces for each of up to `most` fitness paths, and one more for each that is scrapped; each expires at the end of its service life."""
    chance = RandomSource.seeded_by(seed, "equipment", city)
    rows: list[Row] = []
    for path in [f for f in facilities if f["type_code"] == "FT01"][:most]:
        for piece in chance.sample(PIECES, 5):
            rows.append(_make_piece(path, piece, len(rows) + 1, chance, scrapped=chance.happens_with(0.02)))
            if rows[-1]["status"] == "scrapped":
                rows.append(_make_piece(path, piece, len(rows) + 1, chance, scrapped=False))
    return rows


def _make_hours(facility: Row, number: int, day: str, *, low_fee: bool) -> Row:
    return {
        "opening_id": f"OP{facility['facility_id'][2:]}-{number:03d}",
        "facility_id": facility["facility_id"],
        "opening_kind": "regular",
        "day_of_week": day,
        "opens": "08:00" if day in "67" else "06:00",
        "closes": "21:00",
        "valid_from": QUARTER[0],
        "valid_to": QUARTER[1],
        "audience": "everyone",
        "charge_type": "low_fee" if low_fee else "free",
        "price_cny": 20 if low_fee else 0,
        "price_unit": "hour" if low_fee else None,
        "booking": "1" if low_fee else "0",
        "notice_url": "https://example.org/opening",
        "phone": "024-12345678",
        "updated_at": date(2026, 6, 25),
    }


def _make_closure(facility: Row, number: int, chance: RandomSource) -> Row:
    starts = chance.choose_day(date(2026, 7, 20), date(2026, 9, 1))
    announced = starts - timedelta(days=chance.randint(7, 15))
    return {
        "opening_id": f"OP{facility['facility_id'][2:]}-{number:03d}",
        "facility_id": facility["facility_id"],
        "opening_kind": "closed",
        "valid_from": starts,
        "valid_to": starts + timedelta(days=chance.randint(1, 9)),
        "audience": "everyone",
        "booking": "0",
        "closure_kind": chance.choice(("maintenance", "event", "training")),
        "announced_date": announced,
        "notice_url": "https://example.org/notice",
        "updated_at": announced,
    }


def _make_piece(path: Row, piece: tuple[str, str, int], serial: int, chance: RandomSource, *, scrapped: bool) -> Row:
    category, name, price = piece
    installed = chance.choose_day(date(2019, 4, 1), date(2024, 10, 31))
    inspected = chance.choose_day(date(2026, 1, 10), date(2026, 6, 30))
    return {
        "equipment_id": f"FE-{path['admin_code']}-{serial:06d}",
        "site_id": path["site_id"],
        "path_id": path["facility_id"],
        "equipment_name": f"{name}（示例）",
        "category_code": category,
        "manufacturer": chance.choice(MAKERS),
        "model": f"SL-{category[2:]}",
        "serial_no": f"SL{path['admin_code']}{installed:%y%m}{serial:05d}",
        "standard": "GB 19272-2011",
        "installed_date": installed,
        "service_life_years": SERVICE_LIFE,
        "expiry_date": installed.replace(year=installed.year + SERVICE_LIFE, day=min(installed.day, 28)),
        "fund_source": "sports_lottery",
        "contract_no": f"示例合同{installed:%Y}-{chance.randint(1, 40):03d}",
        "unit_price_cny": round(price * chance.uniform(0.9, 1.15)),
        "receiver_name": path["owner_name"],
        "receiver_uscc": path["owner_uscc"],
        "admin_code": path["admin_code"],
        "location": path["address"],
        "lon": path["lon"],
        "lat": path["lat"],
        "crs": "CGCS2000",
        "status": "scrapped" if scrapped else "in_use",
        "last_inspection_date": inspected,
        "inspection_result": "scrap" if scrapped else "normal",
        "scrapped_date": inspected + timedelta(days=10) if scrapped else None,
        "updated_at": inspected + timedelta(days=12),
    }
