"""The contracts of the bureau: a neighbour's facilities, last year's events and a table cut in parts are told; honest files are not."""

from datetime import date

import pytest

from dagster_project.batches import judge_all, receive_all
from pipelines.intake import take_arrival
from pipelines.sample.events import make_events, make_permits
from pipelines.sample.facilities import make_facilities
from pipelines.sample.files import build_table, write_file
from pipelines.sample.funding import make_budget_lines
from pipelines.sample.maintenance import make_equipment
from pipelines.sample.places import CITIES
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.workspace import open_workspace
from schemas.slices import SliceKey
from support.workspaces import NOW
from warehouse.lake.standing import find_standing

SEED = 7
ONE, OTHER = CITIES[0], CITIES[1]
TWICE = {"same-rows", "shared-rows", "same-as-another", "rows-of-another-dataset", "fragment"}


@pytest.fixture
def workspace(tmp_path):
    return open_workspace(tmp_path, "tester")


@pytest.fixture
def counties(workspace):
    codes = workspace.codelists["admin_division"].codes
    return [code for code in codes if code.valid_to is None and not code.code.endswith("00")]


def own(counties, city):
    return [county for county in counties if county.code[:4] == city.code[:4]]


def put_rows(workspace, dataset, city, period, rows, note=""):
    contract = workspace.contracts[dataset]
    path = workspace.layout.inbox / city.code / f"{dataset}_{period}{note}.csv"
    write_file(path, build_table(contract, rows, titled=True), "csv-bom")


def hand_in(workspace, dataset, city, period, rows):
    put_rows(workspace, dataset, city, period, rows)
    receipt = take_arrival(workspace, list_arrivals(workspace)[0], NOW)
    return receipt, [(f.type, f.severity) for f in receipt.findings if f.type in TWICE]


def facilities(counties, city, year=2026):
    return make_facilities(city, own(counties, city), year, SEED, 0.02)


def test_a_neighbours_facilities_under_ones_own_codes_are_told(workspace, counties):
    rows, codes = facilities(counties, ONE), own(counties, OTHER)
    hand_in(workspace, "facility", ONE, "2026", rows)
    taken = [
        row | {"facility_id": row["facility_id"].replace(row["admin_code"], code), "admin_code": code,
               "site_id": row["site_id"].replace(row["admin_code"], code)}
        for row, code in ((row, codes[at % len(codes)].code) for at, row in enumerate(rows))
    ]  # fmt: skip
    receipt, found = hand_in(workspace, "facility", OTHER, "2026", taken)
    assert (receipt.outcome, found) == ("quarantine", [("same-rows", "error")])


def test_facilities_of_two_years_and_of_two_cities_are_honest(workspace, counties):
    for city in (ONE, OTHER):
        for year in (2025, 2026):
            receipt, found = hand_in(workspace, "facility", city, str(year), facilities(counties, city, year))
            assert (receipt.outcome, found) == ("accept", [])


def test_equipment_of_two_cities_of_one_maker_is_honest(workspace, counties):
    for city in (ONE, OTHER):
        rows = facilities(counties, city)
        hand_in(workspace, "facility", city, "2026", rows)
        bought = [
            row | {"manufacturer": "同一厂家", "lon": None, "lat": None, "crs": None}
            for row in make_equipment(rows, city.code, SEED, 30)
        ]
        assert hand_in(workspace, "fitness_equipment", city, "2026", bought)[1] == []


def events(workspace, counties, city, year=2026):
    bureau, codes = workspace.departments[city.code], own(counties, city)
    permits = make_permits(bureau, codes, "2026-04", SEED)
    return make_events(bureau, codes, facilities(counties, city), permits, year, SEED)


def test_last_years_events_with_the_year_moved_are_told(workspace, counties):
    rows = [
        row | {"permit_no": None, "high_risk_item": None, "venue_id": None}
        for row in events(workspace, counties, ONE, 2025)
        if row["start_date"].year == 2025
    ]
    hand_in(workspace, "event", ONE, "2025", rows[:-1])

    def move(value):
        if isinstance(value, date):
            return value.replace(year=value.year + 1, day=min(value.day, 28))
        return value.replace("EV-2025", "EV-2026") if isinstance(value, str) else value

    moved = [{name: move(value) for name, value in row.items()} for row in rows]
    assert ("same-rows", "warning") in hand_in(workspace, "event", ONE, "2026", moved)[1]


def test_budgets_of_two_years_are_honest(workspace):
    bureau = workspace.departments[ONE.code]
    for year in (2024, 2025):
        assert hand_in(workspace, "budget_line", ONE, str(year), make_budget_lines(bureau, year, SEED))[1] == []


def test_a_table_cut_in_parts_is_held_whole_by_a_walk_and_taken_when_it_is_joined(workspace, counties):
    rows = facilities(counties, ONE)
    slice_ = SliceKey(dataset="facility", department=ONE.code, period="2026")
    third = len(rows) // 3
    for at in range(3):
        put_rows(workspace, "facility", ONE, "2026", rows[at * third : (at + 1) * third], f"_{at}")
    receipts = judge_all(workspace, receive_all(workspace, [slice_], NOW), NOW).receipts[slice_]
    assert [(receipt.outcome, "fragment" in receipt.counts) for receipt in receipts] == [("quarantine", True)] * 3
    assert find_standing(workspace.ledger, str(slice_)) is None
    receipt, found = hand_in(workspace, "facility", ONE, "2026", rows)
    assert (receipt.outcome, found) == ("accept", [])
