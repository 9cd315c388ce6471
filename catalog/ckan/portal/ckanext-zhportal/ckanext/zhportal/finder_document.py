"""The data file of the finder from rows of a table: what `catalog/finder` makes for the static site, which is not available in CKAN's environment.

Pure functions; `catalog/pages/finder-data.js` reads the result. Here: columns, flags, opening hours, and filling in the page. Not here: reading tables (`finder_view.py`).
"""

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from string import Template
from typing import Any

Row = Mapping[str, str]
STEPS = 100_000
DAYS = {**{str(day): 1 << (day - 1) for day in range(1, 8)}, "PH": 1 << 7}
EVERY_DAY = 255
FLAGS = {"free": 1, "paid": 2, "accessible": 4}
YES_NO = {"0": ["否", "No"], "1": ["是", "Yes"], "2": ["不详", "Not known"]}
CITY = 4
ROLES = ("name", "title", "type", "division", "address", "phone")


def filled(page: str, facts: Mapping[str, str], *, synthetic: bool) -> str:
    """Returns the page with the facts of the dataset in their places, as text; the label of sample data is hidden where they are real."""
    told = {name: html.escape(value) for name, value in facts.items()}
    told |= {f"json_{name}": json.dumps(value)[1:-1].replace("<", "\\u003c") for name, value in facts.items()}
    shown = page if synthetic else page.replace('<aside class="synthetic"', '<aside class="synthetic" hidden')
    return Template(shown).substitute(told)


def needed_fields(config: Mapping[str, Any]) -> list[str]:
    """Returns the columns of the table that the data file is made from, each once."""
    conditions = [one for one in (*(config["finder"][name] for name in FLAGS), *config["finder"]["shown_when"]) if one]
    labels = [name for columns in config["labels"].values() for name in columns]
    named = (
        *config["key"],
        config["lon"],
        config["lat"],
        *config["shown"],
        *(one["field"] for one in conditions),
        *labels,
    )
    return list(dict.fromkeys(named))


def hours_fields(opening: Mapping[str, Any], *, labels: bool = True) -> list[str]:
    """Returns the columns of the table with the opening hours that are read; `labels`: also those that name groups of people."""
    named = [
        opening[name] for name in ("key", "day", "opens", "closes", "first", "last", "phone", "notice") if opening[name]
    ]
    return [
        *named,
        opening["kinds"]["field"],
        opening["everyone"]["field"],
        *(audience_labels(opening) if labels else ()),
    ]


def audience_labels(opening: Mapping[str, Any]) -> tuple[str, str]:
    """Returns the columns with the names of groups of people in Chinese and English."""
    return f"{opening['everyone']['field']}_name", f"{opening['everyone']['field']}_name_en"


def finder_script(
    config: Mapping[str, Any],
    title: Sequence[str],
    release: str,
    rows: Iterable[Row],
    hours: Iterable[Row],
    hours_updated: str = "",
) -> str:
    """Returns the script that gives the finder its data: `title` in Chinese and English, `rows` of the table, `hours` of the other one and the day of their data."""
    finder = config["finder"]
    shown = [row for row in rows if all(fits(one, row) for one in finder["shown_when"])]
    ids = ["_".join(row[part] for part in config["key"]) for row in shown]
    document = {
        "dataset": config["dataset"],
        "title": list(title),
        "release": release,
        "schema_type": config["schema_type"],
        "count": len(shown),
        "id": packed(ids),
        "lon": steps(row[config["lon"]] for row in shown),
        "lat": steps(row[config["lat"]] for row in shown),
        "flags": [sum(bit for name, bit in FLAGS.items() if finder[name] and fits(finder[name], row)) for row in shown],
        "offers": {name: finder[name] is not None for name in FLAGS},
        "roles": {name: finder[name] for name in ROLES if finder[name] in config["shown"]},
        "facts": [name for name in finder["facts"] if name in config["shown"]],
        "fields": config["fields"],
        "columns": {name: column(config, name, shown) for name in config["shown"]},
    }
    places = {one: place for place, one in enumerate(ids)}
    known = list(hours)
    if finder["opening"] and known:
        told = opening_hours(finder["opening"], known, places) | {"updated": hours_updated}
        document |= {"hours": told, "holidays": config["holidays"]}
    dumped = json.dumps(document, ensure_ascii=False).replace("<", "\\u003c")
    return f"var sportlakeFinder = {dumped};\n"


def fits(condition: Mapping[str, Any], row: Row) -> bool:
    """Whether the row has one of the values of the condition."""
    cell = row.get(condition["field"], "")
    return cell in {str(value) for value in condition["is_in"]} if condition["is_in"] else bool(cell)


def packed(cells: Sequence[str]) -> dict[str, Any]:
    """Returns the column by distinct values and their places."""
    places: dict[str, int] = {}
    at = [places.setdefault(cell, len(places)) for cell in cells]
    return {"values": list(places), "at": at}


def steps(cells: Iterable[str]) -> dict[str, list[int | None]]:
    """Returns the degrees as steps from one row to the next; None where a cell holds no number."""
    found: list[int | None] = []
    before = 0
    for cell in cells:
        try:
            now = round(float(cell) * STEPS)
        except ValueError:
            found.append(None)
            continue
        found.append(now - before)
        before = now
    return {"steps": found}


def column(config: Mapping[str, Any], name: str, rows: Sequence[Row]) -> dict[str, Any]:
    """Returns the column of a field; a coded one with the labels that the table has beside it, a division with its city."""
    result = packed([row[name] for row in rows])
    first = {row[name]: row for row in reversed(rows)}
    labels = config["labels"].get(name, [])
    if labels[:2]:
        result["labels"] = [[first[code][labels[0]], first[code][labels[1]]] for code in result["values"]]
    elif name in config["yes_no"]:
        result["labels"] = [YES_NO.get(code, [code, code]) for code in result["values"]]
    else:
        return result
    cities = config["cities"] if name == config["finder"]["division"] else []
    result["groups"] = [f"{code[:CITY]}00" if cities and len(code) > CITY else code for code in result["values"]]
    named = {
        group: [first[code][cities[0]], first[code][cities[1]]] if cities and first[code][cities[0]] else label
        for code, group, label in zip(result["values"], result["groups"], result["labels"], strict=True)
    }
    return {**result, "group_labels": named}


def opening_hours(opening: Mapping[str, Any], rows: Iterable[Row], places: Mapping[str, int]) -> dict[str, Any]:
    """Returns the spans, the places with their spans, and the labels of groups of people; rows that say nothing clear are left out."""
    kinds = {opening["kinds"][name]: name[0] for name in ("regular", "adjusted", "closed")}
    days: dict[int, dict[tuple[str, ...], int]] = {}
    contacts: dict[int, list[str]] = {}
    names: dict[str, list[str]] = {}
    for row in rows:
        place, kind = places.get(row[opening["key"]]), kinds.get(row[opening["kinds"]["field"]])
        day = DAYS.get(row[opening["day"]], 0) if row[opening["day"]] else EVERY_DAY
        opens, closes = row[opening["opens"]][:5], row[opening["closes"]][:5]
        if place is None or kind is None or not day or (kind != "c" and not (opens and closes)):
            continue
        audience = row[opening["everyone"]["field"]]
        names[audience] = [row.get(name) or audience for name in audience_labels(opening)]
        span = (
            kind,
            opens,
            closes,
            row[opening["first"]],
            row[opening["last"]],
            "" if fits(opening["everyone"], row) else audience,
        )
        spans = days.setdefault(place, {})
        spans[span] = spans.get(span, 0) | day
        contacts.setdefault(place, [row[opening[name]] if opening[name] else "" for name in ("phone", "notice")])
    shared: dict[tuple[Any, ...], int] = {}
    venues = [
        [
            place,
            [shared.setdefault((span[0], bits, *span[1:]), len(shared)) for span, bits in spans.items()],
            *contacts[place],
        ]
        for place, spans in sorted(days.items())
    ]
    return {
        "spans": list(shared),
        "venues": venues,
        "audiences": {span[-1]: names[span[-1]] for span in shared if span[-1]},
    }
