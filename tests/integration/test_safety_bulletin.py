"""The bulletin of safety inspections: the query of its contract over inspections in the lake, and the file that it becomes."""

from datetime import date, datetime

import pyarrow as pa
import pytest

from pipelines.built_datasets.hand_in import build_datasets
from pipelines.intake import take_arrival
from schemas.slices import SliceKey
from support.workspaces import NOW, open_part
from warehouse.types import arrow_schema

SOURCE, BULLETIN = "safety_inspection", "safety_bulletin"
DECEMBER = datetime(2026, 12, 1, 9, 30, tzinfo=NOW.tzinfo)
POOL = {"object_kind": "operator", "object_uscc": "91210100000000123B", "object_name": "沈阳示例游泳馆"}
GYM = {"object_kind": "venue", "object_name": "示例体育馆", "object_uscc": "12210100000000123G"}
FOUND = (
    "inspection_count",
    "object_count",
    "problem_object_count",
    "mended_object_count",
    "hazard_count",
    "mended_count",
)


def inspection(of, day, hazards=0, mended=0, county="210102"):
    counts = {"hazard_count": hazards, "major_hazard_count": 0, "mended_count": mended}
    return {**of, "admin_code": county, "inspected_date": date.fromisoformat(day), **counts}


@pytest.fixture
def workspace(tmp_path):
    return open_part(tmp_path)


def land(workspace, *rows, department="210100"):
    contract = workspace.contracts[SOURCE]
    numbered = [{"inspection_id": f"AQ-{department}-202609-{n:03d}", **row} for n, row in enumerate(rows, 1)]
    key = SliceKey(dataset=SOURCE, department=department, period="2026-09")
    table = pa.Table.from_pylist(numbered, schema=arrow_schema(contract))
    workspace.lake.replace_slices(contract, {key: table}, {}, NOW)


def built(workspace, now=NOW):
    """What the build of the bulletin gave, taken in without a finding; None if its inputs are those of the last build."""
    (result,) = [one for one in build_datasets(workspace, now) if one.slice.dataset == BULLETIN] or [None]
    if result and result.arrival:
        receipt = take_arrival(workspace, result.arrival, now)
        assert (receipt.outcome, [one.type for one in receipt.findings]) == ("accept", [])
    return result


def bulletin(workspace, now=NOW):
    """The standing rows by period, city and kind of object."""
    built(workspace, now)
    rows = workspace.lake.read_current(workspace.contracts[BULLETIN]).to_pylist()
    return {(row["covered_period"], row["admin_code"], row["object_kind"]): row for row in rows}


def test_a_month_and_its_quarter_count_an_object_once_and_share_what_was_mended(workspace):
    land(
        workspace,
        inspection(POOL, "2026-08-03", hazards=2, mended=2),
        inspection({**POOL, "object_name": "沈阳示例游泳馆有限公司"}, "2026-09-08", hazards=1, mended=0),
        inspection(GYM, "2026-09-09"),
        inspection({**GYM, "object_name": "示例体育场"}, "2026-09-10", hazards=3, mended=3, county="210181"),
    )
    rows = bulletin(workspace)
    assert {key: [row[name] for name in FOUND] for key, row in rows.items()} == {
        ("2026-08", "210100", "operator"): [1, 1, 1, 1, 2, 2],
        ("2026-09", "210100", "operator"): [1, 1, 1, 0, 1, 0],
        ("2026-09", "210100", "venue"): [2, 2, 1, 1, 3, 3],
        ("2026-Q3", "210100", "operator"): [2, 1, 1, 0, 3, 2],
        ("2026-Q3", "210100", "venue"): [2, 2, 1, 1, 3, 3],
    }
    quarter = rows["2026-Q3", "210100", "operator"]
    assert (quarter["period_end"], quarter["month_count"], quarter["mended_percent"]) == (date(2026, 9, 30), 2, 66.7)
    assert rows["2026-08", "210100", "operator"]["period_end"] == date(2026, 8, 31)


def test_without_hazards_there_is_no_share(workspace):
    land(workspace, inspection(GYM, "2026-09-09"))
    assert {row["mended_percent"] for row in bulletin(workspace).values()} == {None}


def test_a_month_and_a_quarter_that_still_run_are_not_in_it(workspace):
    land(workspace, inspection(GYM, "2026-10-09"), inspection(GYM, "2026-11-09"))
    assert {key[0] for key in bulletin(workspace)} == {"2026-10"}
    assert {key[0] for key in bulletin(workspace, DECEMBER)} == {"2026-10", "2026-11"}


def test_it_is_built_anew_in_a_new_month_and_not_on_another_day(workspace):
    land(workspace, inspection(GYM, "2026-09-09"))
    assert built(workspace).slice.period == "2026-11"
    assert built(workspace, NOW.replace(day=30)) is None
    assert built(workspace, DECEMBER).slice.period == "2026-12"
