"""The hash of what a query reads: equal for equal inputs, and of the day only where the query asks for it."""

from datetime import date

import pyarrow as pa

from pipelines.built_datasets.query import BuildInputs, write_csv
from schemas.built import Built
from support.contracts import contract_with

CONTRACT = contract_with(["name", "n:integer"], name="listed")
PLAIN, DATED = Built(query="SELECT name, n FROM t"), Built(query="SELECT name, today AS n FROM platform_run")


def digest(built, *, version=3, day=1, value="a", period="2026"):
    tables = {"releases": pa.table({"dataset": [value]})}
    return BuildInputs({"venue": version}, tables, period, date(2026, 11, day)).hash_inputs(CONTRACT, built)


def test_equal_inputs_have_one_hash_and_each_part_counts():
    assert digest(PLAIN) == digest(PLAIN)
    others = [digest(PLAIN, version=4), digest(PLAIN, value="b"), digest(PLAIN, period="2027")]
    assert len({digest(PLAIN), *others}) == 4


def test_the_day_counts_only_where_the_query_asks_for_it():
    assert digest(PLAIN, day=2) == digest(PLAIN)
    assert digest(DATED, day=2) != digest(DATED)


def test_the_file_has_the_titles_of_the_contract_and_a_byte_order_mark():
    text = write_csv(CONTRACT, [("馆", "1"), ("", "")])
    titles = ",".join(field.title for field in CONTRACT.fields)
    assert text == f"\ufeff{titles}\r\n馆,1\r\n,\r\n".encode()
