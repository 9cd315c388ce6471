"""The questions of docs/analysts.md are answered by the analysts' file of the sample."""

import re
from datetime import timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.intake import take_arrival
from pipelines.publication.due import warehouse_inputs
from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.sample.fill import fill_inbox
from pipelines.submissions.inbox import list_arrivals
from pipelines.workspace import Workspace
from schemas.slices import SliceKey
from support.approved import approve_for_test
from support.workspaces import NOW, open_part
from warehouse.database import rebuild_database
from warehouse.releases import list_numbers

DOCUMENT = (Path(__file__).parents[2] / "docs" / "analysts.md").read_text(encoding="utf-8")
QUESTIONS = dict(re.findall(r"^### (.+?) · .*?```sql\n(.*?)```", DOCUMENT, re.MULTILINE | re.DOTALL))
WANTED = ["facility", "event_permit", "event", "lottery_fund", "guidance_fund_project", "opening_subsidy", "safety_inspection", "fitness_equipment"]  # fmt: skip


def release_facilities(workspace: Workspace, now):
    candidate = assemble_candidate(workspace, "facility")
    approve_for_test(workspace, candidate, now)
    assert freeze_candidate(workspace, candidate, now)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A small sample, taken; facilities released twice, the second time with the year before of one city."""
    workspace = open_part(tmp_path_factory.mktemp("home"))
    fill_inbox(workspace.layout.inbox, workspace.contracts, workspace.codelists, workspace.departments, share=0.02)
    files = {
        name: [one for one in list_arrivals(workspace) if one.slice and one.slice.dataset == name] for name in WANTED
    }
    for arrival in (one for name in WANTED for one in files[name]):
        take_arrival(workspace, arrival, NOW)
    release_facilities(workspace, NOW)
    facility = workspace.contracts["facility"]
    gone = SliceKey(dataset="facility", department="210200", period="2026")
    workspace.lake.replace_slices(facility, {gone: None}, {}, NOW + timedelta(days=1))
    release_facilities(workspace, NOW + timedelta(days=1))
    rebuild_database(workspace.layout, warehouse_inputs(workspace), NOW + timedelta(days=1))
    return workspace


def ask(home, query):
    with duckdb.connect(str(home.layout.warehouse), read_only=True) as con:
        return con.execute(query).fetchall()


def test_there_are_eight_questions():
    assert len(QUESTIONS) == 8


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_sample_answers_the_question(home, question):
    assert ask(home, QUESTIONS[question])


def test_accounts_are_not_counted_once_a_line(home):
    (lines, accounts) = ask(
        home, "select (select sum(spent_cny) from lottery_fund), (select sum(spent_cny) from lottery)"
    )[0]
    assert lines > accounts == ask(home, "select sum(items_cny) from lottery")[0][0]


def test_rows_of_the_period_before_are_back_in_the_second_release_and_in_what_changed(home):
    first, second = list_numbers(home.layout.releases / "facility")
    dates = "select year(max(updated_at)), count(*) from facility_as_of('{}') where admin_code like '2102%'"
    (then, held), (now, still) = (ask(home, dates.format(number))[0] for number in (first, second))
    assert (then, now, held) == (2026, 2025, still)
    cells = (home.layout.release_folder("facility", second) / "facility_changes.csv").read_text(encoding="utf-8-sig")
    assert ask(home, "select release, count(*) from changes where dataset = 'facility' group by all") == [
        (second, len(cells.splitlines()) - 1)
    ]


def test_the_readers_that_can_be_run_here_keep_codes_as_text(home, monkeypatch):
    lines = dict(re.findall(r"^\| (pandas|DuckDB) \| `(.+)` \|$", DOCUMENT, re.MULTILINE))
    number = list_numbers(home.layout.releases / "facility")[-1]
    monkeypatch.chdir(home.layout.release_folder("facility", number))
    assert lines["pandas"] == 'pandas.read_csv("facility.csv", dtype={"admin_code": str})'
    by_pandas = pd.read_csv("facility.csv", dtype={"admin_code": str})["admin_code"].tolist()
    with duckdb.connect() as con:
        found = con.execute(f"select admin_code from ({lines['DuckDB']})").fetchall()
        by_types = con.execute("select admin_code from 'facility.parquet'").fetchall()
    assert [(code,) for code in by_pandas] == found == by_types
    assert all(isinstance(code, str) for (code,) in found)
