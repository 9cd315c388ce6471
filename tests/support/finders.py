"""Releases of the real contracts for the finder: a few venues with their opening hours, and the finder's data file read back as a browser would.

Not here: pages in a browser (`support.browser`).
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from catalog.entry import CatalogueEntry
from catalog.finder.venue_file import VARIABLE, FinderSource
from support.exports import real_entry

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
PITCH = {
    "facility_id": "LN-210102-FB01-00001", "site_id": "LN-210102-S00001", "site_name": "和平区体育公园（示例）", "facility_name": "1号足球场",
    "type_code": "FB01", "admin_code": "210102", "address": "和平区示例街1号", "lon": "123.41812", "lat": "41.79655", "crs": "CGCS2000",
    "placement": "outdoor", "area_m2": "7140", "open_status": "open", "free_policy": "free", "accessible": "1", "lighting": "1",
    "status": "active",
}  # fmt: skip
POOL = {
    **PITCH, "facility_id": "LN-210202-SW02-00007", "site_id": "LN-210202-S00002", "site_name": "中山区游泳馆（示例）", "facility_name": "标准池",
    "type_code": "SW02", "admin_code": "210202", "address": "中山区示例路9号", "lon": "121.64411", "lat": "38.91773", "placement": "indoor",
    "free_policy": "low_fee", "accessible": "0",
}  # fmt: skip
NOWHERE = {
    **PITCH,
    "facility_id": "LN-210102-FB01-00002",
    "facility_name": "2号足球场",
    "lon": "",
    "lat": "",
    "accessible": "2",
}
CLOSED = {**PITCH, "facility_id": "LN-210102-FB01-00003", "facility_name": "3号足球场", "status": "removed"}


def hours_of(
    facility: str, day: str, opens: str = "08:00:00", closes: str = "20:00:00", **changed: str
) -> dict[str, str]:
    """One row of opening hours, valid from 2026 without end."""
    row = {"facility_id": facility, "opening_kind": "regular", "day_of_week": day, "opens": opens, "closes": closes}
    return {
        **row,
        "valid_from": "2026-01-01",
        "audience": "everyone",
        "booking": "0",
        "phone": "024-12345678",
        **changed,
    }


def finder_source(
    releases: Path, rows: Sequence[Mapping[str, Any]], hours: Sequence[Mapping[str, Any]] = ()
) -> FinderSource:
    """The source of a release of these facilities, and of one of these hours if there are any."""
    entries: dict[str, CatalogueEntry] = {"facility": real_entry(releases, "facility", rows, synthetic=True)}
    if hours:
        entries["facility_opening"] = real_entry(releases, "facility_opening", hours, synthetic=True)
    return FinderSource(entries, releases)


def read_script(script: str) -> dict[str, Any]:
    """The document of a data file."""
    document: dict[str, Any] = json.loads(script.removeprefix(f"var {VARIABLE} = ").removesuffix(";\n"))
    return document


def unpack(column: Mapping[str, Any]) -> list[str]:
    """The texts of a column, read back."""
    if "front" in column:
        found: list[str] = []
        for cell in column["front"]:
            found.append(("" if not found else found[-1])[: DIGITS.index(cell[0])] + cell[1:])
        return found
    at = [DIGITS.index(one) for one in column["at"]] if isinstance(column["at"], str) else column["at"]
    return [column["values"][place] for place in at]
