"""The row diff between two releases: nothing but what differs, by key, in an order and a spelling that stay the same."""

import csv
import io
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse import sql
from warehouse.releases import row_pairs
from warehouse.releases.changes import RowChanges, changes_schema, write_changes
from warehouse.releases.row_pairs import TableState

KINDS = {"string": "string", "int64": "integer", "double": "number", "date32[day]": "date"}


def state(folder, name, columns, key=("id",)):
    table, path = pa.table(columns), folder / f"{name}.parquet"
    pq.write_table(table, path)
    fields = [{"name": field.name, "type": KINDS[str(field.type)]} for field in table.schema]
    return TableState((path,), {"fields": fields, **({"primaryKey": list(key)} if key else {})})


def diff(folder, before, after, key=("id",)):
    path = folder / "sample_changes.csv"
    sums = write_changes(state(folder, "before", before, key), state(folder, "after", after, key), path)
    raw = path.read_bytes() if path.exists() else b"\xef\xbb\xbf"
    assert raw.startswith(b"\xef\xbb\xbf")
    assert sorted(file.suffix for file in folder.iterdir()) == ([".csv"] if path.exists() else []) + [".parquet"] * 2
    return sums, raw.decode("utf-8-sig")


def test_rows_that_came_went_and_changed_are_told_by_key_and_cell(tmp_path):
    sums, text = diff(
        tmp_path,
        {"id": ["a", "b", "c"], "n": pa.array([1, 2, 3]), "t": ["x", "y", None]},
        {"id": ["b", "c", "d"], "n": pa.array([2, 4, 5]), "t": ["y", "", "z"]},
    )
    assert sums == RowChanges(1, 1, 1, (), ())
    assert text == 'change,id,field,before,after\nremoved,a,,,\nchanged,c,n,3,4\nchanged,c,t,,""\nadded,d,,,\n'


def test_releases_compared_in_a_database_of_their_own_give_the_same_lines(tmp_path, monkeypatch):
    before, after = {"id": ["b", "a", "c"], "n": [1, 2, 3]}, {"id": ["c", "d", "a"], "n": [3, 4, 5]}
    shared = diff(tmp_path, before, after)
    monkeypatch.setattr(sql, "_SMALL_ROWS", 0)
    assert diff(tmp_path, before, after) == shared


@pytest.mark.parametrize("at_once", [1, 2, 5])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"id": ["b", "a", "c", "a", None], "n": [1, 2, 3, 4, 5]}, {"id": ["c", "d", "a", None], "n": [3, 4, 5, 6]}),
        ({"id": pa.array([1, 2, 3]), "n": ["x", "y", "z"]}, {"id": ["3", "2", "4"], "n": ["z", "x", "x"]}),
        ({"id": pa.array([], pa.string()), "n": pa.array([], pa.int64())}, {"id": ["a", "b"], "n": [1, 2]}),
        ({"id": ["a", "b"], "n": [1, 2]}, {"id": pa.array([], pa.string()), "n": pa.array([], pa.int64())}),
    ],
)
def test_releases_paired_shard_by_shard_give_the_lines_of_those_paired_at_once(
    tmp_path, monkeypatch, before, after, at_once
):
    whole = diff(tmp_path, before, after)
    monkeypatch.setattr(sql, "_SMALL_ROWS", 0)
    monkeypatch.setattr(row_pairs, "_PAIRED_ROWS", at_once)
    assert diff(tmp_path, before, after) == whole


@pytest.mark.parametrize("name", ["it's", "c0=7"])
def test_shards_are_read_in_a_folder_of_any_name(tmp_path, monkeypatch, name):
    folder = tmp_path / name
    folder.mkdir()
    before, after = {"id": ["b", "a"], "n": [1, 2]}, {"id": ["c", "d", "a"], "n": [3, 4, 4]}
    whole = diff(folder, before, after)
    monkeypatch.setattr(sql, "_SMALL_ROWS", 0)
    monkeypatch.setattr(row_pairs, "_PAIRED_ROWS", 1)
    assert diff(folder, before, after) == whole


def test_cells_of_many_columns_and_of_rows_far_apart_are_told_in_the_order_of_rows_and_columns(tmp_path, monkeypatch):
    monkeypatch.setattr(row_pairs, "BLOCK", 4)
    before = {"id": [f"r{n:02}" for n in range(20)]} | {f"c{n}": [f"{n}"] * 20 for n in range(11)}
    after = {name: [*cells] for name, cells in before.items()}
    for name, row in (("c10", 3), ("c0", 3), ("c5", 17)):
        after[name][row] = None
    sums, text = diff(tmp_path, before, after)
    assert (sums.added, sums.removed, sums.changed) == (0, 0, 2)
    assert text.splitlines()[1:] == ["changed,r03,c0,0,", "changed,r03,c10,10,", "changed,r17,c5,5,"]


@pytest.mark.parametrize(("cut_before", "cut_after"), [((), (1, 3)), ((2,), ()), ((1, 4), (2, 2, 5))])
def test_rows_in_several_files_give_the_lines_of_rows_in_one(tmp_path, cut_before, cut_after):
    before = {"id": [*"abcdef"], "n": [1, 2, 3, 4, 5, 6]}
    after = {"id": [*"abcxyz"], "n": [1, 9, 3, 4, 5, 6]}
    whole = diff(tmp_path, before, after)
    states = [in_files(tmp_path, "b", before, cut_before), in_files(tmp_path, "a", after, cut_after)]
    assert write_changes(*states, tmp_path / "cut.csv") == whole[0]
    assert (tmp_path / "cut.csv").read_text(encoding="utf-8-sig") == whole[1]


def in_files(folder, name, columns, cuts):
    whole, ends = state(folder, name, columns), [*cuts, len(columns["id"])]
    rows, files = pq.read_table(whole.files[0]), []
    for number, (start, end) in enumerate(zip([0, *cuts], ends, strict=True)):
        files.append(folder / f"{name}-{number}.parquet")
        pq.write_table(rows.slice(start, end - start), files[-1])
    return whole._replace(files=tuple(files))


def test_a_release_that_changed_no_row_has_an_empty_diff(tmp_path):
    same = {"id": ["b", "a"], "n": [float("nan"), -0.0]}
    sums, text = diff(tmp_path, same, {"id": ["a", "b"], "n": [0.0, float("nan")]})
    assert (sums, text) == (RowChanges(0, 0, 0, (), ()), "change,id,field,before,after\n")


def test_columns_that_came_and_went_are_told_and_the_others_compared(tmp_path):
    sums, text = diff(
        tmp_path,
        {"id": ["a"], "old": ["1"], "n": pa.array([5])},
        {"new": ["2"], "n": [5.5], "id": ["a"], "newer": ["3"]},
    )
    assert sums == RowChanges(0, 0, 1, ("new", "newer"), ("old",))
    assert text == "change,id,field,before,after\nchanged,a,n,5,5.5\n"


def test_a_column_whose_type_changed_differs_only_where_it_reads_otherwise(tmp_path):
    sums, text = diff(
        tmp_path,
        {"id": pa.array([1, 10, 9]), "n": pa.array([5, 6, 7])},
        {"id": ["1", "10", "9"], "n": [5.0, 6.5, 7.0]},
    )
    assert (sums.changed, text) == (1, "change,id,field,before,after\nchanged,10,n,6,6.5\n")


def test_lines_come_in_the_order_of_the_typed_key(tmp_path):
    _, text = diff(
        tmp_path,
        {"day": [date(2026, 1, 2)], "n": pa.array([10])},
        {"day": [date(2026, 1, 2)] * 3, "n": pa.array([9, 100, 10])},
        key=("day", "n"),
    )
    assert text == "change,day,n,field,before,after\nadded,2026-01-02,9,,,\nadded,2026-01-02,100,,,\n"


def test_text_like_a_formula_stays_data(tmp_path):
    _, text = diff(tmp_path, {"id": ["=a"], "t": ["=1+1"]}, {"id": ["=a"], "t": ['@"x",\n']})
    assert list(csv.reader(io.StringIO(text, newline="")))[1:] == [["changed", "=a", "t", "=1+1", '@"x",\n']]


@pytest.mark.parametrize("key", [(), ("t",)])
def test_without_a_key_that_both_have_there_is_no_diff(tmp_path, key):
    before, after = (
        state(tmp_path, "a", {"id": ["a"], "t": ["b"]}),
        state(tmp_path, "b", {"id": ["a"], "t": ["b"]}, key),
    )
    assert write_changes(before, after, tmp_path / "c.csv") is None
    assert not (tmp_path / "c.csv").exists()


def test_copies_of_a_key_meet_one_each_and_a_missing_key_meets_a_missing_one(tmp_path):
    sums, text = diff(tmp_path, {"id": ["a", "a", None], "n": ["1", "2", "x"]}, {"id": ["a", None], "n": ["1", "y"]})
    assert (sums, text) == (RowChanges(0, 1, 1, (), ()), "change,id,field,before,after\nremoved,a,,,\nchanged,,n,x,y\n")


def test_a_key_called_like_one_of_our_columns_is_kept_apart(tmp_path):
    key = ("Field", "change", "change_")
    _, text = diff(tmp_path, {name: ["a"] for name in key}, {name: ["b"] for name in key}, key=key)
    assert text.splitlines()[0] == "change__,Field,change,change_,field_,before,after"
    schema = changes_schema(state(tmp_path, "after", {name: ["b"] for name in key}, key).schema)
    assert [field["name"] for field in schema["fields"]] == text.splitlines()[0].split(",")


def test_names_that_differ_in_case_or_hold_sql_are_names(tmp_path):
    before = {"id": ["a"], "N": ["1"], "n": ["2"], 'x"; drop table pairs; --': ["3"], "o'k": ["4"]}
    after = {**before, "n": ["5"], "o'k": ["6"], 'x"; drop table pairs; --': ["7"]}
    sums, text = diff(tmp_path, before, after)
    assert sums.changed == 1
    assert [row[2:] for row in csv.reader(io.StringIO(text))][1:] == [
        ["n", "2", "5"], ['x"; drop table pairs; --', "3", "7"], ["o'k", "4", "6"],
    ]  # fmt: skip


rows = st.dictionaries(
    st.integers(-3, 12), st.tuples(st.sampled_from("xyz"), st.none() | st.integers(0, 2)), min_size=1
)


@settings(max_examples=25)
@given(before=rows, after=rows)
def test_the_diff_applied_to_the_old_rows_says_which_rows_are_the_new_ones(tmp_path_factory, before, after):
    folder = tmp_path_factory.mktemp("diff")
    sums, text = diff(folder, *(columns_of(each) for each in (before, after)))
    lines = list(csv.DictReader(io.StringIO(text)))
    assert {int(line["id"]) for line in lines if line["change"] == "removed"} == before.keys() - after.keys()
    assert {int(line["id"]) for line in lines if line["change"] == "added"} == after.keys() - before.keys()
    told = {
        (int(line["id"]), line["field"], line["before"], line["after"]) for line in lines if line["change"] == "changed"
    }
    assert told == {
        (key, name, said(before[key][n]), said(after[key][n]))
        for key in before.keys() & after.keys()
        for n, name in enumerate(("t", "n"))
        if before[key][n] != after[key][n]
    }
    assert sums.changed == len({key for key, *_ in told})


def columns_of(found):
    texts, numbers = zip(*found.values(), strict=True)
    return {"id": pa.array(list(found)), "t": list(texts), "n": pa.array(numbers, pa.int64())}


def said(value):
    return "" if value is None else str(value)
