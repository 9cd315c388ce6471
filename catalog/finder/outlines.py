"""Outlines of the cities of a province, for the finder and the map of dots. They are schematic: for orientation, not for showing borders.

One GeoJSON file per province in `catalog/outlines`, named by the first two digits of its division codes; it says itself where the lines
come from and under which licence. A province without a file has maps without outlines. Not here: drawing dots
(`catalog/pictures/dotmap.py`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from schemas.province import Province

FOLDER = Path(__file__).parents[1] / "outlines"
VARIABLE = "sportlakeOutlines"
STEPS_PER_DEGREE = 1000
"""The lines are given in thousandths of a degree, about 100 m."""

Point = tuple[float, float]


@cache
def read_outlines(code: str) -> Mapping[str, Any]:
    """The GeoJSON document of the province with that code (two digits); an empty one if there is none."""
    file = FOLDER / f"{code}.geojson"
    document: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {"features": []}
    return document


def list_rings(province: Province) -> Iterator[Sequence[Point]]:
    """Every closed line, in degrees (longitude, latitude); the last point is the first one."""
    for feature in read_outlines(province.code)["features"]:
        for polygon in feature["geometry"]["coordinates"]:
            yield from ([(lon, lat) for lon, lat in ring] for ring in polygon)


def outline_script(province: Province) -> str:
    """The script that gives the page the outlines: per ring the first point and then steps, in thousandths of a degree."""
    rings = [_write_steps(ring) for ring in list_rings(province)]
    return f"var {VARIABLE} = {json.dumps({'per_degree': STEPS_PER_DEGREE, 'rings': rings}, separators=(',', ':'))};\n"


def _write_steps(ring: Sequence[Point]) -> list[int]:
    steps, before = [], (0, 0)
    for lon, lat in ring:
        now = round(lon * STEPS_PER_DEGREE), round(lat * STEPS_PER_DEGREE)
        steps += [now[0] - before[0], now[1] - before[1]]
        before = now
    return steps
