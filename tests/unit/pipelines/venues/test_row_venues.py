"""A public row leads to the venue that it names, by its columns, the numbers and the decisions of the ledger."""

import pytest

from pipelines.audit.trace_target import find_target
from pipelines.audit.trace_view import build_sections
from pipelines.audit.tracing import trace_origin
from pipelines.venues.identities import register_records
from pipelines.venues.row_venues import find_row_venue, list_venue_columns
from pipelines.venues.venue_decisions import decide_pair, undo_pair
from support.contracts import contract_with
from support.people import write_people
from support.walked import release_all, take_all
from support.workspaces import NOW, copied_workspace, put, workspace_with

SITE_ID, PLACE_ID = "LN-V000001", "LN-V000002"
FACILITIES = "facility_id,site_id,site_name,admin_code,address,lon,lat,subsidised,status\nF1,S1,和平区全民健身中心,210102,南京南街12号,123.4,41.8,1,active\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("built")
    write_people(home)
    workspace = workspace_with(
        home,
        contract_with(
            [
                "facility_id",
                "site_id",
                "site_name",
                "admin_code",
                "address",
                "lon:number",
                "lat:number",
                "subsidised",
                "status",
            ],
            name="facility",
        ),
        contract_with(["permit_no", "place", "admin_code"], name="event_permit"),
        contract_with(["line", "site_id", "site_name"], name="opening_subsidy"),
        contract_with(["id"], name="note"),
    )
    put(workspace, "210100", "facility_2026.csv", FACILITIES)
    put(
        workspace,
        "210100",
        "event_permit_2026.csv",
        "permit_no,place,admin_code\nE1,和平全民健身活动中心,210102\nE2,,210102\n",
    )
    put(workspace, "210100", "opening_subsidy_2026.csv", "line,site_id,site_name\nL1,S1,和平健身中心\n")
    put(workspace, "210100", "note_2026.csv", "id\nN1\n")
    take_all(workspace)
    release_all(workspace)
    register_records(workspace, NOW)
    return workspace


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def venue_lines(workspace, asked, dataset=None):
    trace = trace_origin(workspace, find_target(workspace, asked, dataset, None))
    return [
        line.value
        for section in build_sections(workspace, trace)
        for line in section.lines
        if line.label.en == "Id of the venue"
    ]


def test_a_row_of_a_source_and_a_row_that_names_a_site_by_code_lead_to_one_venue(workspace):
    assert [one.zh for one in venue_lines(workspace, "F1")] == [SITE_ID]
    assert [one.zh for one in venue_lines(workspace, "L1")] == [SITE_ID]
    assert [one.zh for one in venue_lines(workspace, "E1")] == [PLACE_ID]


def test_a_row_that_names_no_venue_has_no_such_line(workspace):
    assert venue_lines(workspace, "E2") == []
    assert venue_lines(workspace, "N1") == []
    assert venue_lines(workspace, "facility/2026.11.1") == []


def test_what_was_decided_to_be_one_venue_has_the_older_id_and_names_the_decision_until_it_is_taken_back(workspace):
    decision = decide_pair(workspace, SITE_ID, PLACE_ID, is_same=True, reason="实地核实", now=NOW)
    (told,) = venue_lines(workspace, "E1")
    assert told.zh == f"{SITE_ID}（本条记录的编号是 {PLACE_ID}；认定为同一场馆，台账第 {decision.seq} 条）"
    assert f"entry {decision.seq} of the ledger" in told.en
    undo_pair(workspace, SITE_ID, PLACE_ID, is_same=True, reason="认错了", now=NOW)
    assert [one.zh for one in venue_lines(workspace, "E1")] == [PLACE_ID]


def test_a_record_without_a_number_names_no_venue_yet(workspace):
    assert list_venue_columns("note") == ()
    assert list_venue_columns("event_permit") == ("admin_code", "place")
    assert find_row_venue(workspace, "event_permit", {"admin_code": "210102", "place": "别处"}) is None
    assert find_row_venue(workspace, "facility", {"site_id": None}) is None
