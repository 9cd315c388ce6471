"""Candidate pairs of venue records and their scores, by splink on DuckDB with the weights of `schemas/venues.yaml`.

The same records always get the same score: nothing is estimated here. The only module that imports splink. Not here: what makes
records comparable (`names.py`), which pairs people decided about (`pipelines/venues`).
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
from splink import DuckDBAPI, Linker

from quality.venues.names import VenueNames
from quality.venues.venue_record import VenueRecord
from schemas.codelists import CodeList
from schemas.venues import VenueComparison, VenueMatching, VenueRules

_CELL = 0.005
"""Degrees, some 500 m: sites whose points lie in one cell are compared whatever they are called."""
_LEVEL_PREFIX = "gamma_"
_COLUMNS = pa.schema(
    [
        *((name, pa.string()) for name in ("core", "sound", "kind", "numbers", "variant", "region", "road", "house")),
        *((name, pa.string()) for name in ("county", "city")),
        *((name, pa.float64()) for name in ("lon", "lat")),
        ("unique_id", pa.int64()),
        ("cell", pa.string()),
        ("fresh", pa.bool_()),
    ]
)


class ScoredPair(NamedTuple):
    """Two records that may be one venue, the probability, and for each comparison which of its levels holds (from 0)."""

    left: VenueRecord
    right: VenueRecord
    probability: float
    levels: tuple[int, ...]


def score_pairs(
    records: Sequence[VenueRecord],
    fresh: Collection[tuple[str, str]],
    rules: VenueRules,
    divisions: CodeList,
    threshold: float | None = None,
) -> list[ScoredPair]:
    """Returns the pairs that reach the threshold and have at least one record in `fresh`, the most probable first.

    `fresh`: positions of records; all of them in a first run. Empty if there are fewer than two records or none is fresh.
    """
    wanted = set(fresh)
    if len(records) < 2 or not wanted:  # noqa: PLR2004 -- a pair has two
        return []
    table = _build_table(records, wanted, VenueNames(rules, divisions))
    linker = Linker(DuckDBAPI().register(table), _build_settings(rules.matching), log_level="ERROR")
    least = rules.matching.propose_from if threshold is None else threshold
    found = linker.inference.predict(threshold_match_probability=least).as_record_list()
    pairs = [_read_pair(row, records, rules.matching.comparisons) for row in found]
    return sorted(pairs, key=lambda pair: (-pair.probability, pair.left.place, pair.right.place))


def _build_table(records: Sequence[VenueRecord], fresh: set[tuple[str, str]], names: VenueNames) -> pa.Table:
    rows = [
        {**names.compare_form(one)._asdict(), "unique_id": at, "cell": _name_cell(one), "fresh": one.place in fresh}
        for at, one in enumerate(records)
    ]
    return pa.Table.from_pylist(rows, schema=_COLUMNS)


def _name_cell(record: VenueRecord) -> str | None:
    if record.lon is None or record.lat is None:
        return None
    return f"{int(record.lon / _CELL)}/{int(record.lat / _CELL)}"


def _build_settings(matching: VenueMatching) -> dict[str, Any]:
    return {
        "link_type": "dedupe_only",
        "probability_two_random_records_match": matching.prior,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False,
        "blocking_rules_to_generate_predictions": [f"{rule} and (l.fresh or r.fresh)" for rule in matching.blocking],
        "comparisons": [
            {"output_column_name": one.name, "comparison_levels": list(_build_levels(one))}
            for one in matching.comparisons
        ],
    }


def _build_levels(comparison: VenueComparison) -> Iterator[dict[str, Any]]:
    for level in comparison.levels:
        settings = {"sql_condition": level.when or "ELSE", "label_for_charts": level.text.en}
        yield settings | (
            {"is_null_level": True} if level.silent else {"m_probability": level.m, "u_probability": level.u}
        )


def _read_pair(
    row: dict[str, Any], records: Sequence[VenueRecord], comparisons: Sequence[VenueComparison]
) -> ScoredPair:
    first, second = sorted((records[row["unique_id_l"]], records[row["unique_id_r"]]), key=lambda one: one.place)
    levels = tuple(_find_level(one, row[_LEVEL_PREFIX + one.name]) for one in comparisons)
    return ScoredPair(first, second, round(row["match_probability"], 4), levels)


def _find_level(comparison: VenueComparison, value: int) -> int:
    """Returns the index of a level in its list. Splink numbers the levels backwards, the last one 0; the null level is -1."""
    if value < 0:
        return next(at for at, level in enumerate(comparison.levels) if level.silent)
    weighted = [at for at, level in enumerate(comparison.levels) if not level.silent]
    return weighted[-1 - value]
