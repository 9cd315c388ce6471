"""`meta.lineage` and `meta.quality`: where the rows of a slice came from, and what was found in them."""

from datetime import timedelta

import pytest

from schemas.slices import SliceKey
from support.stocks import FACILITY, NOW, rows, stock_at
from warehouse.analyst_file.origin_tables import lineage_table, quality_table
from warehouse.lake.standing import list_standing


@pytest.fixture
def stock(tmp_path):
    return stock_at(tmp_path)


def lineage_of(stock):
    entries = stock.ledger.read_entries
    standing = list(list_standing(stock.ledger).values())
    return lineage_table(stock.contracts, standing, entries("submission"), entries("release")).table.to_pylist()


def land_later(stock, number, period):
    key, later = SliceKey(dataset="facility", department="210100", period=period), NOW + timedelta(days=1)
    table = next(iter(rows("F7").values()))
    version = stock.lake.replace_slices(FACILITY, {key: table}, {}, later)
    told = {"number": number, "place": str(key), "filename": "x.csv", "sha256": "b" * 64, "size": 1}
    stock.ledger.append_entry("submission", now=later, actor="t", reason="received", facts=told)
    landed = {"number": number, "slice": str(key), "version": version, "rows": 1}
    stock.ledger.append_entry("landing", now=later, actor="t", reason="accepted", facts=landed)


def test_a_slice_tells_its_file_version_and_first_release(stock):
    (one,) = lineage_of(stock)
    assert (one["department"], one["period"], one["number"], one["filename"]) == ("210100", "2026", "S-1", "S-1.csv")
    assert (one["lake_version"], one["rows"], one["is_current"], one["first_release"]) == (1, 3, True, "2026.11.1")


def test_of_a_snapshot_only_the_newest_period_is_current(stock):
    assert FACILITY.policy.mode == "snapshot"
    land_later(stock, "S-3", "2027")
    told = {one["period"]: (one["is_current"], one["first_release"]) for one in lineage_of(stock)}
    assert told == {"2026": (False, "2026.11.1"), "2027": (True, None)}


def test_quality_counts_rows_and_findings(stock):
    verdict = {
        "number": "S-1",
        "outcome": "hold_back",
        "rows": 5,
        "accepted": 3,
        "held_back": 2,
        "counts": {"b": 1, "a": 2},
    }
    stock.ledger.append_entry("verdict", now=NOW, actor="t", reason="judged", facts=verdict)
    standing = list(list_standing(stock.ledger).values())
    (one,) = quality_table(standing, stock.ledger.read_entries("verdict")).table.to_pylist()
    assert (one["number"], one["rows"], one["held_back"], one["findings"], one["rules"]) == ("S-1", 5, 2, 3, "a, b")


def test_nothing_stands_nothing_is_told():
    assert (lineage_table({}, [], [], []).table.num_rows, quality_table([], []).table.num_rows) == (0, 0)
