"""One venue under several names: proposed, confirmed by a steward, under an id that stays, and taken back."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import duckdb
import html5lib
import pytest

from dagster_project.batches import rebuild_warehouse
from pipelines.desk.desk_pages import refresh_pages
from pipelines.venues.venue_decisions import decide_pair, undo_pair
from pipelines.venues.venue_proposals import find_state, list_proposals, propose_venues
from pipelines.work_items.venue_items import find_venue_items
from schemas.errors import UsageError
from support.commands import said, started
from support.venue_scene import CENTRE, EVENT, OPERATOR, POOL, facility, land_venues, open_venues
from support.workspaces import NOW, copied_workspace

LATER = NOW + timedelta(days=1)
CENTRE_ID, POOL_ID, EVENT_ID, OPERATOR_ID = (f"LN-V{number:06d}" for number in (1, 2, 3, 4))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("built")
    workspace = open_venues(home)
    assert propose_venues(workspace, NOW) == 4
    return workspace


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def pairs(workspace):
    return {(one.left_id, one.right_id) for one in list_proposals(workspace)}


def decide(workspace, first, second, *, is_same, now=NOW):
    return decide_pair(workspace, first, second, is_same=is_same, reason="实地核实", now=now)


def query(workspace, sql):
    with duckdb.connect(str(workspace.layout.warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def venues(workspace, now=NOW):
    rebuild_warehouse(workspace, now)
    return dict(query(workspace, "select id, members from meta.venue order by id"))


def test_names_of_several_departments_are_proposed_and_confirmed_under_the_older_id(workspace):
    assert pairs(workspace) == {(CENTRE_ID, EVENT_ID), (POOL_ID, OPERATOR_ID)}
    decide(workspace, EVENT_ID, CENTRE_ID, is_same=True)
    assert pairs(workspace) == {(POOL_ID, OPERATOR_ID)}
    assert venues(workspace) == {CENTRE_ID: 2, POOL_ID: 1, OPERATOR_ID: 1}
    names = query(
        workspace, f"select name, first_id from meta.venue_alias where venue_id = '{CENTRE_ID}' order by first_id"
    )
    assert names == [(CENTRE["site_name"], CENTRE_ID), (EVENT["place"], EVENT_ID)]
    assert query(workspace, f"select name, admin_code, lon is not null from meta.venue where id = '{CENTRE_ID}'") == [
        (CENTRE["site_name"], "210102", True)
    ]


def test_what_is_taken_back_gives_each_its_own_id_again_and_is_proposed_again(workspace):
    decide(workspace, CENTRE_ID, EVENT_ID, is_same=True)
    undo_pair(workspace, CENTRE_ID, EVENT_ID, is_same=True, reason="认错了", now=LATER)
    assert (CENTRE_ID, EVENT_ID) in pairs(workspace)
    assert venues(workspace) == {CENTRE_ID: 1, POOL_ID: 1, EVENT_ID: 1, OPERATOR_ID: 1}


def test_the_same_decision_again_adds_no_entry(workspace):
    first = decide(workspace, CENTRE_ID, EVENT_ID, is_same=True)
    head = workspace.ledger.read_head()
    assert decide(workspace, EVENT_ID, CENTRE_ID, is_same=True, now=LATER) == first
    assert workspace.ledger.read_head() == head


def test_what_is_different_is_proposed_again_only_when_a_record_says_something_else(workspace):
    decide(workspace, POOL_ID, OPERATOR_ID, is_same=False)
    assert (POOL_ID, OPERATOR_ID) not in pairs(workspace)
    land_venues(workspace, "highrisk_operator", [{**OPERATOR, "area_m2": 900.0}])
    assert propose_venues(workspace, LATER) == 0
    assert (POOL_ID, OPERATOR_ID) not in pairs(workspace)
    land_venues(workspace, "highrisk_operator", [{**OPERATOR, "operator_name": "沈阳南湖公园游泳馆有限公司"}])
    assert propose_venues(workspace, LATER) == 1
    (again,) = (one for one in list_proposals(workspace) if one.right_id == OPERATOR_ID)
    assert again.before is not None
    decide(workspace, POOL_ID, OPERATOR_ID, is_same=False, now=LATER)
    assert (POOL_ID, OPERATOR_ID) not in pairs(workspace)


def test_a_contradiction_is_refused_with_who_said_what(workspace):
    decide(workspace, CENTRE_ID, EVENT_ID, is_same=True)
    decide(workspace, EVENT_ID, POOL_ID, is_same=False)
    decide(workspace, POOL_ID, OPERATOR_ID, is_same=True)
    with pytest.raises(UsageError, match=f"tester said on 2026-11-25 that {POOL_ID} and {EVENT_ID} are different"):
        decide(workspace, CENTRE_ID, OPERATOR_ID, is_same=True)
    with pytest.raises(UsageError, match="tester said on 2026-11-25"):
        decide(workspace, OPERATOR_ID, POOL_ID, is_same=False)


def test_same_closes_transitively(workspace):
    decide(workspace, CENTRE_ID, EVENT_ID, is_same=True)
    decide(workspace, EVENT_ID, OPERATOR_ID, is_same=True)
    assert venues(workspace) == {CENTRE_ID: 3, POOL_ID: 1}
    decided = len(workspace.ledger.read_entries("venue_same"))
    with pytest.raises(UsageError, match="contradicts what was decided"):
        decide(workspace, CENTRE_ID, OPERATOR_ID, is_same=False)
    assert len(workspace.ledger.read_entries("venue_same")) == decided


def test_an_id_stays_when_a_record_goes_and_comes_back_and_is_never_given_again(workspace):
    decide(workspace, CENTRE_ID, EVENT_ID, is_same=True)
    land_venues(
        workspace,
        "facility",
        [facility(POOL, 3), facility({**POOL, "site_id": "LN-210102-S00009", "site_name": "新馆"}, 9)],
    )
    assert venues(workspace) == {CENTRE_ID: 1, POOL_ID: 1, OPERATOR_ID: 1, "LN-V000005": 1}
    land_venues(workspace, "facility", [facility(CENTRE, 1), facility(POOL, 3)])
    assert venues(workspace, LATER) == {CENTRE_ID: 2, POOL_ID: 1, OPERATOR_ID: 1}


def test_a_site_named_by_code_is_another_name_that_nobody_confirms(workspace):
    land_venues(
        workspace,
        "opening_subsidy",
        [{"site_id": CENTRE["site_id"], "site_name": "和平健身中心", "operator_uscc": "91210102MA00000001"}],
    )
    rebuild_warehouse(workspace, NOW)
    assert query(
        workspace, "select venue_id, name, first_id, since from meta.venue_alias where dataset = 'opening_subsidy'"
    ) == [(CENTRE_ID, "和平健身中心", "", None)]


def test_only_a_steward_decides_about_ids_that_exist(workspace):
    with pytest.raises(UsageError, match="clerk"):
        decide(replace(workspace, actor="clerk"), CENTRE_ID, EVENT_ID, is_same=True)
    with pytest.raises(UsageError, match="LN-V000099"):
        decide(workspace, CENTRE_ID, "LN-V000099", is_same=True)
    with pytest.raises(UsageError, match="one id"):
        decide(workspace, CENTRE_ID, CENTRE_ID, is_same=True)
    with pytest.raises(UsageError, match="empty"):
        decide_pair(workspace, CENTRE_ID, EVENT_ID, is_same=True, reason=" ", now=NOW)


def test_kept_pairs_may_be_lost_or_damaged_and_are_made_again(workspace):
    before = pairs(workspace)
    workspace.layout.venue_pairs.write_text("{", encoding="utf-8")
    assert list_proposals(workspace) == []
    assert propose_venues(workspace, LATER) == 4
    assert pairs(workspace) == before


def test_the_steward_has_one_item_and_a_page_with_both_records_and_the_commands(workspace):
    (item,) = find_venue_items(workspace, NOW)
    assert (item.role, item.command) == ("steward", "sportlake venues show")
    assert "2 " in item.text.en
    refresh_pages(workspace, NOW)
    page = (workspace.layout.desk / "venues.html").read_text(encoding="utf-8")
    words = "".join(html5lib.HTMLParser(strict=True).parse(page).itertext())
    for expected in (CENTRE["site_name"], EVENT["place"], f"sportlake venues same {CENTRE_ID} {EVENT_ID}", "和平区"):
        assert expected in words
    decide(workspace, CENTRE_ID, EVENT_ID, is_same=True)
    decide(workspace, POOL_ID, OPERATOR_ID, is_same=False)
    assert list(find_venue_items(workspace, NOW)) == []
    land_venues(workspace, "event", [{**EVENT, "place": "和平区体育场"}])
    assert find_state(workspace).is_stale
    (item,) = find_venue_items(workspace, NOW)
    assert item.command == "sportlake venues propose"


def test_a_hostile_name_is_text_on_the_page(workspace):
    land_venues(workspace, "event", [{**EVENT, "place": "和平区<script>全民健身中心"}])
    propose_venues(workspace, LATER)
    refresh_pages(workspace, LATER)
    page = (workspace.layout.desk / "venues.html").read_text(encoding="utf-8")
    assert "<script" not in page


def test_the_commands_propose_decide_show_and_take_back(tmp_path):
    open_venues(tmp_path)
    assert "2" in said(tmp_path, "venues", "propose")
    assert EVENT_ID in said(tmp_path, "venues", "show")
    assert "tester" in said(tmp_path, "venues", "same", CENTRE_ID, EVENT_ID, "--reason", "实地核实", "--as", "tester")
    assert EVENT["place"] in said(tmp_path, "venues", "show", EVENT_ID)
    said(tmp_path, "venues", "same", CENTRE_ID, EVENT_ID, "--undo", "--reason", "认错了", "--as", "tester")
    refused = started(tmp_path, "venues", "different", CENTRE_ID, EVENT_ID, "--reason", "x", "--as", "clerk")
    told, _ = refused.communicate()
    assert refused.returncode == 2
    assert "tester" in told


def test_nothing_but_a_comparison_loads_splink(tmp_path):
    open_venues(tmp_path)
    said(tmp_path, "warehouse", "rebuild")
    words = "import sys, dagster_project.batches, dagster_project.cli.venues, pipelines.desk.desk_pages; assert 'splink' not in sys.modules"
    subprocess.run([sys.executable, "-c", words], check=True)
