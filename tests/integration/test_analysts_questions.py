"""The questions of docs/analysts.md are answered by the analysts' file of the sample."""

import json
import re
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest
from csvw import CSVW

from warehouse.releases.releases import list_numbers

DOCUMENT = (Path(__file__).parents[2] / "docs" / "analysts.md").read_text(encoding="utf-8")
QUESTIONS = dict(re.findall(r"^### (.+?) · .*?```sql\n(.*?)```", DOCUMENT, re.MULTILINE | re.DOTALL))


def ask(home, query):
    with duckdb.connect(str(home.layout.warehouse), read_only=True) as con:
        return con.execute(query).fetchall()


def test_there_are_eight_questions():
    assert len(QUESTIONS) == 8


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_sample_answers_the_question(analysts_home, question):
    assert ask(analysts_home, QUESTIONS[question])


def test_accounts_are_not_counted_once_a_line(analysts_home):
    (lines, accounts) = ask(
        analysts_home, "select (select sum(spent_cny) from lottery_fund), (select sum(spent_cny) from lottery)"
    )[0]
    assert lines > accounts == ask(analysts_home, "select sum(items_cny) from lottery")[0][0]


def test_rows_of_the_period_before_are_back_in_the_second_release_and_in_what_changed(analysts_home):
    first, second = list_numbers(analysts_home.layout.releases / "facility")
    dates = "select year(max(updated_at)), count(*) from facility_as_of('{}') where admin_code like '2102%'"
    (then, held), (now, still) = (ask(analysts_home, dates.format(number))[0] for number in (first, second))
    assert (then, now, held) == (2026, 2025, still)
    cells = (analysts_home.layout.release_folder("facility", second) / "facility_changes.csv").read_text(
        encoding="utf-8-sig"
    )
    assert ask(analysts_home, "select release, count(*) from changes where dataset = 'facility' group by all") == [
        (second, len(cells.splitlines()) - 1)
    ]


def test_the_readers_that_can_be_run_here_keep_codes_as_text(analysts_home, monkeypatch):
    section = DOCUMENT.partition("## A released CSV keeps its codes")[2].partition("\n## ")[0]
    lines = dict(re.findall(r"^\| (pandas|polars|DuckDB) \| `(.+)` \|$", section, re.MULTILINE))
    number = list_numbers(analysts_home.layout.releases / "facility")[-1]
    monkeypatch.chdir(analysts_home.layout.release_folder("facility", number))
    assert lines["pandas"] == 'pandas.read_csv("facility.csv", dtype={"admin_code": str})'
    by_pandas = pd.read_csv("facility.csv", dtype={"admin_code": str})["admin_code"].tolist()
    assert lines["polars"] == 'polars.read_csv("facility.csv", schema_overrides={"admin_code": polars.String})'
    by_polars = pl.read_csv("facility.csv", schema_overrides={"admin_code": pl.String})["admin_code"].to_list()
    (by_csvw,) = re.findall(r"`csvw\.CSVW\((.+?)\)\.tables\[0\]`", section)
    described = [row["admin_code"] for row in CSVW(json.loads(by_csvw)).tables[0]]
    with duckdb.connect() as con:
        found = con.execute(f"select admin_code from ({lines['DuckDB']})").fetchall()
        by_types = con.execute("select admin_code from 'facility.parquet'").fetchall()
    assert [(code,) for code in by_pandas] == found == by_types
    assert by_polars == described == by_pandas
    assert all(isinstance(code, str) for (code,) in found)


def test_the_questions_count_the_same_facilities_as_the_ready_answer(analysts_home):
    counted = ask(analysts_home, "select facilities from facility_per_capita where level = 'province'")[0][0]
    grown = ask(analysts_home, QUESTIONS["How did it grow by year?"])
    assert (
        counted
        == grown[-1][2]
        == sum(n for _, n in ask(analysts_home, QUESTIONS["What did the last release of the month say?"]))
    )
    assert counted < ask(analysts_home, "select count(*) from facility")[0][0]
