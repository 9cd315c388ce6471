"""Errors seen in real files, put into sample rows on purpose: each function breaks a copy of good rows in one way.

If an error was seen in a published notice, the docstring names it. Not here: files that are damaged as files (`fill.py`).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pipelines.sample.random_values import make_identity_card

Row = dict[str, Any]


def break_some_cells(rows: Sequence[Row]) -> list[Row]:
    """Facilities: a unit after a number, wrong points, a wrong check digit, an identity card in a name, a double key.

    The points are swapped, zero and far away.
    """
    broken = [dict(row) for row in rows]
    broken[3]["area_m2"] = "1,200平"
    broken[11]["lon"], broken[11]["lat"] = broken[11]["lat"], broken[11]["lon"]
    broken[17]["lon"], broken[17]["lat"] = 0, 0
    broken[23]["lon"] = 116.397
    with_code = next(row for row in broken[25:] if row["owner_uscc"])
    with_code["owner_uscc"] = with_code["owner_uscc"][:-1] + ("0" if with_code["owner_uscc"][-1] != "0" else "1")
    broken[40]["operator_name"] = f"张三 {make_identity_card('210302', '19800101', 23)}"
    broken[41]["facility_id"] = broken[42]["facility_id"]
    return broken


def scale_to_ten_thousands(rows: Sequence[Row], *names: str) -> list[Row]:
    """Areas in 万㎡ or money in 万元 under a header that states the base unit."""
    return [row | {name: None if row[name] is None else round(row[name] / 10000, 6) for name in names} for row in rows]


def use_old_division_codes(rows: Sequence[Row], old: str, new: str) -> list[Row]:
    """The code of a division before it was renamed, as in files that are copied from older ones."""
    return [row | {"admin_code": old} if row["admin_code"] == new else row for row in rows]


def break_balance(rows: Sequence[Row]) -> list[Row]:
    """宜良县 2023: opening 91.6294 + 46.6784 - 40.00 = 98.3078, printed balance 11.5765 (万元)."""
    figures = {
        "opening_cny": 916294,
        "allotted_cny": 466784,
        "spent_cny": 400000,
        "reclaimed_cny": 0,
        "closing_cny": 115765,
    }
    figures |= {"spent_mass_cny": 400000, "spent_elite_cny": 0, "mass_share_pct": 100}
    return [row | figures | {"item_amount_cny": 80000, "item_share_pct": 20} for row in rows]


def misprint_shares(rows: Sequence[Row]) -> list[Row]:
    """寿县 2023: 1.71 of 3.00 spent, printed as 43 % (true 57.0 %); shares of vehicle and reception exchanged (万元)."""
    figures = {
        "total_cny": 17100,
        "abroad_cny": 0,
        "vehicle_cny": 11800,
        "vehicle_running_cny": 11800,
        "reception_cny": 5300,
    }
    figures |= {"abroad_share_pct": 0, "vehicle_share_pct": 31, "reception_share_pct": 69, "completion_pct": 43}
    figures |= {"budget_total_cny": 30000, "groups_abroad": 0, "persons_abroad": 0}
    return [row | figures if row["phase"] == "final" else row for row in rows]


def reverse_publicity_dates(rows: Sequence[Row]) -> list[Row]:
    """辽宁省体育局 2018: public notice from 2018-02-26 to 2017-03-01."""
    return [row | {"publicity_start": date(2018, 2, 26), "publicity_end": date(2017, 3, 1)} for row in rows]


def use_unknown_members(rows: Sequence[Row], codes: Sequence[str]) -> list[Row]:
    """Inspections of associations that are not registered, then those that were given."""
    return [*(row | {"uscc": code} for row, code in zip(rows, codes, strict=False)), *rows]


def imitate_hand_typing(rows: Sequence[Row]) -> list[Row]:
    """Corrects values in other spellings: 2026/5/1, 2026年5月1日, 1,234.5, 无 and -- for null, blanks after text."""
    typed = []
    for at, row in enumerate(rows):
        new = dict(row)
        for name, value in row.items():
            if isinstance(value, date):
                new[name] = (
                    f"{value.year}/{value.month}/{value.day}"
                    if at % 2
                    else f"{value.year}年{value.month}月{value.day}日"
                )
            elif name.endswith("_cny") and isinstance(value, int | float) and at % 3 == 0:
                new[name] = f"{value:,}"
        new["facility_name"] = f"{row['facility_name']} "
        new["operator_name"] = row.get("operator_name") or ("无", "--", None)[at % 3]
        typed.append(new)
    return typed
