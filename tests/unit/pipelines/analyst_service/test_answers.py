"""What the three questions are answered without the protocol; with it in `tests/integration/test_mcp_server.py`."""

import pytest

from pipelines.analyst_service.answers import MOST_ROWS, AnalystAnswers
from schemas.errors import UsageError
from support.contracts import contract_with
from support.frozen import freeze_release
from support.workspaces import NOW, workspace_with
from warehouse.analyst_file.confined_query import QueryLimits, QueryRefusal
from warehouse.analyst_file.database import WarehouseInputs, rebuild_database

PLACE = contract_with(["id", "name"], name="place", title="场所", policy={"title_en": "Places"})


@pytest.fixture
def workspace(tmp_path):
    made = workspace_with(tmp_path, PLACE)
    stock = WarehouseInputs(made.contracts, made.codelists, made.departments, made.lake, made.ledger)
    rebuild_database(made.layout, stock, NOW)
    return made


def answers(workspace):
    return AnalystAnswers(workspace, QueryLimits())


def test_a_search_knows_a_release_that_was_made_since_the_last_one(workspace):
    asked = answers(workspace)
    assert asked.search_catalogue("场所") == {"question": "场所", "found": 0, "datasets": []}
    made = freeze_release(workspace, "place", "a", "b")
    workspace.ledger.append_entry("release", now=NOW, actor="t", reason="changed", facts={"dataset": "place", "number": made.number})  # fmt: skip
    (found,) = asked.search_catalogue("places")["datasets"]
    assert (found["dataset"], found["rows"], found["source"]["release"]) == ("place", 2, made.number)


def test_a_description_has_what_meta_says_as_json(workspace):
    told = answers(workspace).describe_dataset("place")
    assert [field["name"] for field in told["fields"]] == ["id", "name"]
    assert [column["name"] for column in told["columns"] if column["relation"] == "place"] == ["id", "name", "department", "period"]  # fmt: skip
    assert (told["dataset"]["title_en"], told["sources"][0]["release"]) == ("Places", None)
    with pytest.raises(UsageError, match="place"):
        answers(workspace).describe_dataset("palce")


def test_a_query_gets_at_most_so_many_rows_and_never_more_than_the_limit(workspace):
    told = answers(workspace).answer_query("from range(5)", 2)
    assert (told["rows"], told["total"], told["cut"], told["sources"]) == ([[0], [1]], 5, True, [])
    assert len(answers(workspace).answer_query("from range(5000)", 10**6)["rows"]) == MOST_ROWS
    assert isinstance(answers(workspace).answer_query("drop table place", 2), QueryRefusal)


def test_without_the_file_the_error_says_how_to_make_it(tmp_path):
    with pytest.raises(UsageError, match="sportlake run"):
        answers(workspace_with(tmp_path, PLACE)).answer_query("select 1", 1)
