"""Places as they were reported, back in the datum that is published.

Rows whose datum field (code list `crs`) says GCJ-02, BD-09 or a Gauss-Krüger zone are converted, and their datum field then says so. Here:
which rows, and the record of what was changed. Not here: the formulas (`shift`, `zones`), guessing a datum, points without one.

Source: CGCS2000 and WGS84 differ by less than a metre and count as equal (DOMAIN 0.4).
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.normalise.shift import FORWARD, Points, back
from schemas.contract import Contract

Moved = tuple[int, str, str, str, str]
GAUSS_KRUGER = ("CGCS2000_GK3", "CGCS2000_GK6")
_NUMBER = r"^-?\d{1,9}(\.\d{1,15})?$"
_DIGITS = 7
"""Decimals of a converted degree: a centimetre."""


def places(table: pa.Table, rows: pa.Array, contract: Contract) -> tuple[pa.Table, list[Moved]]:
    """The table with every place in the contract's datum, and the changes: row, field, raw, value, `datum` or `zone`.

    A row is converted if its datum is one of those above and both coordinates are numbers that make a point in China; its datum
    field then names the contract's datum. Any other row stays as it is.
    """
    at = contract.policy.coordinates
    field = next((one.name for one in contract.fields if one.policy.codelist == "crs"), None)
    if at is None or field is None:
        return table, []
    places_of = _convertible(table, at.lon, at.lat, field)
    if not len(places_of):
        return table, []
    raw = {name: table.column(name).take(pa.array(places_of)).to_pylist() for name in (at.lon, at.lat, field)}
    lon, lat = _converted(raw[at.lon], raw[at.lat], raw[field])
    done = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    new: dict[str, list[str]] = {at.lon: _written(lon[done]), at.lat: _written(lat[done])}
    new[field] = [at.datum] * len(done)
    changed = places_of[done]
    numbers = rows.take(pa.array(changed)).to_pylist()
    moved: list[Moved] = []
    for name, values in new.items():
        old = [raw[name][index] for index in done]
        why = ("zone" if raw[field][index] in GAUSS_KRUGER else "datum" for index in done)
        moved += zip(numbers, [name] * len(done), old, values, why, strict=True)
        table = table.set_column(table.column_names.index(name), name, _replaced(table.column(name), changed, values))
    order = {name: number for number, name in enumerate(new)}
    return table, sorted(moved, key=lambda one: (one[0], order[one[1]]))


def _convertible(table: pa.Table, lon: str, lat: str, field: str) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    known = pa.array([*FORWARD, *GAUSS_KRUGER])
    wanted = pc.fill_null(pc.is_in(table.column(field), value_set=known), False)
    if not pc.any(wanted).as_py():
        return np.array([], np.int64)
    for name in (lon, lat):
        wanted = pc.and_(wanted, pc.fill_null(pc.match_substring_regex(table.column(name), _NUMBER), False))
    return np.flatnonzero(wanted.to_numpy()).astype(np.int64)


def _converted(lon: list[str], lat: list[str], datums: list[str]) -> Points:
    x, y = np.array(lon, np.float64), np.array(lat, np.float64)
    named = np.array(datums)
    found = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    for datum in sorted(set(datums)):
        here = named == datum
        if datum in FORWARD:
            found[0][here], found[1][here] = back((x[here], y[here]), FORWARD[datum])
        else:
            # Loading the projections takes a fifth of a second, which most files do without.
            from pipelines.normalise.zones import to_degrees  # noqa: PLC0415

            found[0][here], found[1][here] = to_degrees(x[here], y[here], datum)
    return found


def _written(degrees: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> list[str]:
    return [f"{degree:.{_DIGITS}f}".rstrip("0").rstrip(".") for degree in degrees.tolist()]


def _replaced(
    column: pa.ChunkedArray, changed: "np.ndarray[tuple[int], np.dtype[np.int64]]", values: list[str]
) -> pa.ChunkedArray:
    mask = np.zeros(len(column), bool)
    mask[changed] = True
    whole = pa.concat_arrays(column.chunks) if column.num_chunks != 1 else column.chunk(0)
    return pa.chunked_array([pc.replace_with_mask(whole, pa.array(mask), pa.array(values, pa.string()))])
