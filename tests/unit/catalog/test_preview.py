from datetime import date, time
from itertools import pairwise

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.entry import DictionaryField
from catalog.preview import CELL_LIMIT, GRID, SAMPLE_ROWS, ReleasedTable, open_database, read_codes, write_cell
from schemas.errors import CatalogueError
from schemas.policy import Coordinates
from schemas.rules.rule_base import Condition
from schemas.text import Text
from warehouse.canonical import to_canonical_text

AT = Coordinates(lon="lon", lat="lat")
NAME = Text(zh="列", en="column")


def described(name, kind="string"):
    return DictionaryField(name=name, label=NAME, description=NAME, type=kind, unit=None, codelist=None, example=None, constraints={})  # fmt: skip


@pytest.fixture
def released(tmp_path):
    def write(row_group_size=None, **columns):
        pq.write_table(pa.table(columns), tmp_path / "a.parquet", row_group_size=row_group_size)
        return ReleasedTable(open_database(), [tmp_path / "a.parquet"])

    return write


def test_rows_in_several_files_are_sampled_and_counted_as_rows_in_one(tmp_path):
    ends, files = [0, 1, 1, 40, 95], []
    for number, (start, end) in enumerate(pairwise(ends)):
        files.append(tmp_path / f"{number}.parquet")
        numbers = list(range(start, end))
        pq.write_table(pa.table({"n": pa.array(numbers, pa.int64()), "k": pa.array([str(n % 2) for n in numbers], pa.string())}), files[-1])  # fmt: skip
    table = ReleasedTable(open_database(), files)
    assert table.sample_rows([described("n", "integer")], 95, 5) == [["0"], ["19"], ["38"], ["57"], ["76"]]
    assert table.count_by_codes(["k"]) == [(("0",), (48,)), (("1",), (47,))]


@pytest.fixture
def csv(tmp_path):
    def write(text):
        file = tmp_path / "a.csv"
        file.write_bytes(b"\xef\xbb\xbf" + text.encode())
        return file

    return write


def test_a_short_table_is_shown_whole_in_the_order_of_its_fields(released):
    table = released(name=[' a, "b" ', None], id=["007", "008"])
    assert table.sample_rows([described("id"), described("name")], 2) == [["007", ' a, "b" '], ["008", ""]]


@pytest.mark.parametrize("total", [21, 100, 999, 200_001])
def test_the_rows_of_a_longer_one_come_from_all_over_it(released, total):
    found = released(row_group_size=5_000, id=pa.array(range(total))).sample_rows([described("id", "integer")], total)
    rows = [int(row[0]) for row in found]
    assert (len(rows), rows[0]) == (SAMPLE_ROWS, 0)
    steps = [after - before for before, after in pairwise(rows)]
    assert max(steps) - min(steps) <= 1
    assert total - rows[-1] <= max(steps) + 1


def test_a_table_without_rows_has_no_sample(released):
    assert released(id=pa.array([], pa.string())).sample_rows([described("id")], 0) == []


def test_a_long_cell_is_cut_and_says_so(released):
    (row,) = released(a=["x" * (CELL_LIMIT + 1)], b=["y" * CELL_LIMIT]).sample_rows([described("a"), described("b")], 1)
    assert row == ["x" * (CELL_LIMIT - 1) + "…", "y" * CELL_LIMIT]


CELLS = {
    "number": (st.floats(), pa.float64()),
    "integer": (st.integers(-(2**62), 2**62), pa.int64()),
    "year": (st.integers(0, 9999), pa.int64()),
    "boolean": (st.booleans(), pa.bool_()),
    "string": (st.text(st.characters(exclude_categories=["Cs"]), max_size=20), pa.string()),
    "date": (st.dates(), pa.date32()),
    "datetime": (st.datetimes(), pa.timestamp("us")),
    "time": (st.times(), pa.time64("us")),
}


@pytest.mark.parametrize("kind", CELLS)
@given(data=st.data())
def test_a_cell_is_written_as_in_the_released_csv_file(kind, data):
    values, arrow = CELLS[kind]
    value = data.draw(values)
    column = pa.table({"a": pa.array([value], arrow)})
    (canonical,) = to_canonical_text(column, {"fields": [{"name": "a", "type": kind}]})["a"].to_pylist()
    read = duckdb.from_arrow(column).fetchall()[0][0]
    assert write_cell(read, kind) == canonical


def test_what_kinds_of_values_look_like():
    assert [write_cell(one, "string") for one in (None, True, 1e-7, 5.0, time(8, 0), date(2026, 1, 2))] == [
        "", "true", "0.0000001", "5", "08:00:00", "2026-01-02",
    ]  # fmt: skip


def test_places_near_each_other_share_a_cell_and_rows_without_one_are_left_out(released):
    table = released(lat=[41.001, 41.002, 38.9, None, 41.0], lon=[123.001, 123.009, 121.6, None, None])
    assert table.count_places(AT) == (GRID, {(123.01, 41.01): 2, (121.61, 38.91): 1})


def test_of_many_places_more_share_a_cell_and_none_is_lost(released):
    table = released(lat=[41.0 + n / 50 for n in range(100)], lon=[123.0] * 100)
    assert len(table.count_places(AT).rows) == 100
    side, rows = table.count_places(AT, most=30)
    assert (side, len(rows) <= 30, sum(rows.values())) == (GRID * 4, True, 100)


@pytest.mark.parametrize(
    "columns", [{"x": ["1"], "y": ["2"]}, {"lon": ["123.4"], "lat": ["north"]}], ids=["columns", "number"]
)
def test_a_file_that_is_not_what_its_contract_says_is_refused(released, columns):
    with pytest.raises(CatalogueError, match=r"lon|north"):
        released(**columns).count_places(AT)


def test_rows_are_counted_by_code_where_the_conditions_hold(released):
    table = released(code=["b", "a", "a", None], state=["open", "open", "shut", "open"], free=["1", "1", "1", ""])
    is_open, is_free = Condition(field="state", is_in=("open",)), Condition(field="free")
    assert table.count_by_codes(["code"], [is_open], [is_free]) == [
        (("",), (1, 0)), (("a",), (1, 1)), (("b",), (1, 1)),
    ]  # fmt: skip
    assert table.count_by_codes([], [is_open]) == [((), (3,))]


def test_hostile_names_and_values_are_names_and_values(released):
    name = 'a" FROM x; --'
    table = released(**{name: ["' OR 1=1", "b"]})
    assert table.count_by_codes([name], [Condition(field=name, is_in=("' OR 1=1",))]) == [(("' OR 1=1",), (1,))]
    assert table.sample_rows([described(name)], 2) == [["' OR 1=1"], ["b"]]


def test_codes_come_in_the_order_of_their_list_with_both_labels(csv):
    found = read_codes(
        csv(
            "code,zh,en,parent,valid_from,valid_to,superseded_by,note\n1,是,yes,,,,,\n0,否,no,,2020-01-01,2025-12-31,,\n"
        )
    )
    assert [(line.code, line.label.zh, line.label.en, line.valid_to) for line in found] == [
        ("1", "是", "yes", ""), ("0", "否", "no", "2025-12-31"),
    ]  # fmt: skip


def test_a_file_that_is_no_code_list_is_refused(csv):
    with pytest.raises(KeyError):
        read_codes(csv("a,b\n1,2\n"))
