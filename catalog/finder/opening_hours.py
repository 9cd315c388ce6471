"""The opening hours of the finder's places, from a released file with one row for one place, one day and one span of hours.

Rows that differ only by their day become one span, and spans that many places share are written once. Whether a place is open now
is decided in the browser (`pages/finder-hours.js`): a page on a disk does not know the day. Not here: reading codes of other columns.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.finder import Opening

DAYS: Mapping[str, int] = {**{str(day): 1 << (day - 1) for day in range(1, 8)}, "PH": 1 << 7}
"""The bit of each day of the week, and of public holidays."""
EVERY_DAY = sum(DAYS.values())

Row = Mapping[str, str]
Span = tuple[str, str, str, str, str, str]


def pack_hours(
    opening: Opening, rows: Iterable[Row], places: Mapping[str, int], audiences: Mapping[str, Any]
) -> dict[str, Any]:
    """The hours of the places in the data file; `places` has the place of each key, `audiences` the labels of their codes.

    `spans`: kind (r, a, c), days as bits, opens, closes, first and last day, audience (empty: everyone). `venues`: place, its spans,
    telephone, address of the notice. A row of an unknown place, of an unknown kind or day is left out.
    """
    days: dict[int, dict[Span, int]] = {}
    contacts: dict[int, tuple[str, str]] = {}
    for row in rows:
        place, span = places.get(row[opening.key]), _read_span(opening, row)
        day = DAYS.get(row[opening.day], 0) if row[opening.day] else EVERY_DAY
        if place is None or span is None or not day:
            continue
        spans = days.setdefault(place, {})
        spans[span] = spans.get(span, 0) | day
        contacts.setdefault(place, (_cell(row, opening.phone), _cell(row, opening.notice)))
    shared: dict[tuple[Any, ...], int] = {}
    venues = [
        [
            place,
            [shared.setdefault((kind, bits, *rest), len(shared)) for (kind, *rest), bits in spans.items()],
            *contacts[place],
        ]
        for place, spans in sorted(days.items())
    ]
    named = {str(span[-1]) for span in shared if span[-1]}
    return {
        "spans": list(shared),
        "venues": venues,
        "audiences": {code: audiences[code] for code in sorted(named) if code in audiences},
    }


def _read_span(opening: Opening, row: Row) -> Span | None:
    kinds = {opening.kinds.regular: "r", opening.kinds.adjusted: "a", opening.kinds.closed: "c"}
    kind = kinds.get(row[opening.kinds.field])
    if kind is None or (kind != "c" and not (row[opening.opens] and row[opening.closes])):
        return None
    for_all = row[opening.everyone.field] in opening.everyone.is_in
    audience = "" if for_all else row[opening.everyone.field]
    return kind, row[opening.opens][:5], row[opening.closes][:5], row[opening.first], row[opening.last], audience


def _cell(row: Row, name: str | None) -> str:
    return row.get(name, "") if name else ""
