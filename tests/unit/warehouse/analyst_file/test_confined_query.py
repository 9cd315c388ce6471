"""Queries of strangers: what reads is answered within limits, everything else is refused with what to do."""

import pytest

from support.stocks import write_place_file
from warehouse.analyst_file.confined_query import QueryAnswer, QueryLimits, QueryRefusal, run_confined


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return write_place_file(tmp_path_factory.mktemp("stock") / "w.duckdb")


def ask(file, query, **limits):
    return run_confined(file, query, QueryLimits(**limits))


def test_a_cut_answer_says_how_many_rows_there_are(file):
    answer = ask(file, "from big order by id -- all of them", rows=2)
    assert isinstance(answer, QueryAnswer)
    assert (answer.names, answer.rows, answer.total) == (["id", "name"], [[10, "x10"], [11, "x11"]], 990)
    assert ask(file, "select 1 limit 1;").total == 1


@pytest.mark.parametrize(
    ("query", "kind"),
    [("from place; attach '/tmp/a.duckdb'", "statements"), ("set threads = 9", "statement"), ("from read_csv('/etc/passwd')", "outside")],
)  # fmt: skip
def test_a_refusal_says_in_both_languages_what_to_do(file, query, kind):
    refusal = ask(file, query)
    assert isinstance(refusal, QueryRefusal)
    assert (refusal.kind, "meta.relation" in refusal.text.en or "one by one" in refusal.text.en) == (kind, True)
    assert refusal.text.zh


def test_a_query_that_takes_too_long_is_stopped(file):
    refusal = ask(file, "select sum(a.range * b.range) from range(1000000) a, range(1000000) b", seconds=1)
    assert isinstance(refusal, QueryRefusal)
    assert (refusal.kind, "1 s" in refusal.text.en) == ("time", True)


def test_a_query_that_takes_too_much_memory_is_stopped(file):
    refusal = ask(file, "select list(range) from range(100000000)", memory=64 * 2**20)
    assert isinstance(refusal, QueryRefusal)
    assert (refusal.kind, "64 MB" in refusal.text.en) == ("memory", True)


def test_texts_of_any_length_are_cut_and_counted(file):
    answer = ask(file, "select repeat('甲', 1000000) as a, repeat('b', 5) as b", characters=5)
    assert (answer.rows, answer.shortened) == ([["甲甲甲甲甲…", "bbbbb"]], 1)


def test_cells_are_values_of_json(file):
    answer = ask(file, "select null, true, 1.5::double, 'nan'::double, date '2026-01-02', [1, 2], 1.50::decimal(4, 2)")
    assert answer.rows == [[None, True, 1.5, "nan", "2026-01-02", "[1, 2]", "1.50"]]
