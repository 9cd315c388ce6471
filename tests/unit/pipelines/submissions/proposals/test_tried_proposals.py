"""A proposal stands only if the rules of its row and group would take it; the marked workbook never leads into a new error."""

import io

import openpyxl
import pytest

from pipelines.intake import take_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.workspace import open_workspace
from support.contracts import contract_with
from support.sample_rows import good_slices
from support.walked import take_file
from support.workspaces import NOW, put, workspace_with

SITES = {"kind": "consistent_within", "id": "alike", "key": "site", "fields": ["name", "place"]}
ORDER = {"kind": "date_order", "fields": ["start", "end"]}
CONTRACT = contract_with(["id", "site", "name", "place:integer", "start:date", "end:date"], [SITES, ORDER])
HEAD = "id,site,name,place,start,end"


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, CONTRACT)


def sent(workspace, content, name="sample_2026.csv"):
    return take_file(workspace, content, name)


def rows(*lines):
    filling = [f"f{at},T{at},丁,1,2026-01-01,2026-01-02" for at in range(3)]
    return "\n".join([HEAD, *lines, *filling, ""])


def fix_of(receipt, field):
    (found,) = [one for one in receipt.findings if one.field == field and one.severity == "error"]
    return found


def accept_all(workspace, receipt):
    """The marked workbook handed in as it is."""
    content = workspace.layout.receipt_file(receipt.number, "xlsx").read_bytes()
    return sent(workspace, content, "sample_2026.xlsx")


def test_a_proposal_that_contradicts_its_group_gives_way_to_the_value_of_the_group(workspace):
    lines = ["1,S1,甲,约5,2026-01-01,2026-01-02", "2,S1,甲,7,2026-01-01,2026-01-02", "3,S1,甲,7,2026-01-01,2026-01-02"]
    first = sent(workspace, rows(*lines))
    found = fix_of(first, "place")
    assert found.fix == "7"
    assert "未建议5" in found.message.zh
    assert accept_all(workspace, first).outcome == "accept"


def test_a_proposal_that_contradicts_a_group_without_one_value_is_not_made(workspace):
    lines = ["1,S1,甲,约5,2026-01-01,2026-01-02", "2,S1,甲,7,2026-01-01,2026-01-02", "3,S1,甲,8,2026-01-01,2026-01-02"]
    found = next(one for one in sent(workspace, rows(*lines)).findings if one.row == 2)
    assert found.fix is None


def test_a_proposal_that_a_rule_of_its_row_refuses_is_not_made_and_the_finding_says_so_at_once(workspace):
    found = fix_of(sent(workspace, rows("1,S1,甲,5,2026-06-01,26/5/1")), "end")
    assert found.fix is None
    assert "未建议2026-05-01，因为" in found.message.zh


def test_proposals_that_agree_with_their_group_stand(workspace):
    lines = ["1,S1,甲,约7,2026-01-01,26/1/2", "2,S1,甲,7,2026-01-01,2026-01-02"]
    first = sent(workspace, rows(*lines))
    assert [one.fix for one in first.findings] == ["7", "2026-01-02"]
    assert accept_all(workspace, first).outcome == "accept"


def test_two_proposals_of_one_group_that_disagree_are_not_both_made(workspace):
    lines = ["1,S1,甲,约5,2026-01-01,2026-01-02", "2,S1,甲,约7,2026-01-01,2026-01-02"]
    assert [one.fix for one in sent(workspace, rows(*lines)).findings] != ["5", "7"]


def test_an_unsound_cell_hides_no_other_difference_within_the_group(workspace):
    lines = ["1,S1,甲,x,2026-01-01,2026-01-02", "2,S1,乙,7,2026-01-01,2026-01-02"]
    receipt = sent(workspace, rows(*lines))
    assert {(one.row, one.field) for one in receipt.findings} == {(2, "place"), (3, "name")}


def test_a_proposal_is_tried_within_the_whole_file_where_a_rule_adds_it_up(tmp_path):
    rule = {"kind": "per_head", "id": "per-resident", "field": "place", "minimum": 500}
    workspace = workspace_with(tmp_path, contract_with(["id", "place:integer"], [rule]))
    (found,) = [
        one for one in sent(workspace, "id,place\n1,900000\n2,约5\n").findings if (one.row, one.field) == (3, "place")
    ]
    assert found.fix == "5"


def test_a_proposal_is_tried_beside_the_rows_that_must_lie_apart_from_it(tmp_path):
    rule = {"kind": "apart", "lon": "lon", "lat": "lat", "metres": 20, "same": ["kind"], "differ": "site"}
    workspace = workspace_with(tmp_path, contract_with(["id", "kind", "site", "lon:number", "lat:number"], [rule]))
    lines = "id,kind,site,lon,lat\n1,a,S1,123.4,41.8\n2,a,S2,约123.4,41.8\n3,a,S3,约123.5,41.8\n"
    fixes = {one.row: one.fix for one in sent(workspace, lines).findings if one.field == "lon"}
    assert fixes == {3: None, 4: "123.5"}


def test_a_proposed_key_that_is_taken_already_is_not_made(tmp_path):
    contract = contract_with(["id:integer", "name"], primary_key=["id"])
    receipt = sent(workspace_with(tmp_path, contract), "id,name\n约5,甲\n5,乙\n6,丙\n")
    assert [one.fix for one in receipt.findings if one.row == 2 and one.field == "id"] == [None]


def missing_columns(receipt):
    return [one.field for one in receipt.findings if one.type == "missing-label"]


def test_a_rule_that_asks_for_a_column_that_is_missing_withdraws_no_proposal(tmp_path):
    need = {"name": "need", "constraints": {"required": True}}
    asked = {"kind": "required_when", "fields": ["need"], "when": {"field": "place"}}
    contract = contract_with(["id", "place:integer", need], [asked])
    receipt = sent(workspace_with(tmp_path, contract), "id,place\n1,约5\n2,6\n")
    assert missing_columns(receipt) == ["need"]
    assert [one.fix for one in receipt.findings if one.field == "place"] == ["5"]


def test_a_key_with_a_missing_column_withdraws_no_proposal(tmp_path):
    part = {"name": "part", "constraints": {"required": True}}
    contract = contract_with(["id:integer", part, "name"], primary_key=["id", "part"])
    receipt = sent(workspace_with(tmp_path, contract), "id,name\n约5,甲\n5,乙\n6,丙\n")
    assert missing_columns(receipt) == ["part"]
    assert [one.fix for one in receipt.findings if one.field == "id"] == ["5"]


@pytest.fixture(scope="module")
def facilities(tmp_path_factory):
    slices = good_slices(tmp_path_factory.mktemp("sample"), "facility")
    return next(slices)


def faulty_facilities(workspace, slice_, rows, change):
    """The receipt of these facilities as a workbook after `change` made a slip in them, and the receipt of its marked workbook."""
    contract, rows = workspace.contracts["facility"], [dict(row) for row in rows]
    change(rows)
    book = openpyxl.Workbook()
    book.active.append([field.title for field in contract.fields])
    for row in rows:
        book.active.append([row[field.name] or None for field in contract.fields])
    made = io.BytesIO()
    book.save(made)
    place = (workspace, slice_.department, f"facility_{slice_.period}.xlsx")
    put(*place, made.getvalue())
    first = take_arrival(workspace, list_arrivals(workspace)[0], NOW)
    put(*place, workspace.layout.receipt_file(first.number, "xlsx").read_bytes())
    return first, take_arrival(workspace, list_arrivals(workspace)[0], NOW)


def another_county(workspace, code):
    """The name of another county of the same city, which is in no other city."""
    codes = [one for one in workspace.codelists["admin_division"].codes if not one.superseded_by]
    names = [one.zh for one in codes]
    near = (one for one in codes if one.code[:4] == code[:4] and one.code != code and not one.code.endswith("00"))
    return next(one.zh for one in near if names.count(one.zh) == 1)


def test_the_proposed_county_is_that_of_the_site_and_the_next_hand_in_brings_nothing_new(facilities, tmp_path):
    workspace, (slice_, rows) = open_workspace(tmp_path, "tester"), facilities
    sites = [row["site_id"] for row in rows]
    at = next(at for at, site in enumerate(sites) if sites.count(site) > 1)

    def change(found):
        found[at]["admin_code"] = f"{another_county(workspace, rows[at]['admin_code'])}x"
        found[at]["address"] = "人民路1号"

    first, again = faulty_facilities(workspace, slice_, rows, change)
    assert fix_of(first, "admin_code").fix == rows[at]["admin_code"]
    assert [one for one in again.findings if one.severity == "error"] == []


def test_a_county_that_the_address_contradicts_is_not_proposed_but_that_of_the_address(facilities, tmp_path):
    workspace, (slice_, rows) = open_workspace(tmp_path, "tester"), facilities
    sites = [row["site_id"] for row in rows]
    at = next(at for at, site in enumerate(sites) if sites.count(site) == 1)
    names = {one.code: one.zh for one in workspace.codelists["admin_division"].codes}

    def change(found):
        found[at]["admin_code"] = f"{another_county(workspace, rows[at]['admin_code'])}x"
        found[at]["address"] = f"{names[rows[at]['admin_code']]}青年大街1号"

    first, _ = faulty_facilities(workspace, slice_, rows, change)
    assert fix_of(first, "admin_code").fix == rows[at]["admin_code"]
