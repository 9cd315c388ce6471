"""The lake: what one submission replaces, what readers see, and what history keeps."""

import json
import os
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from schemas.errors import LakeError, UsageError
from support.contracts import contract_with
from support.lakes import CONTRACT, NOW, WHY, files, ids, key, put, rows
from warehouse import deltalog, sql
from warehouse.lake import commits
from warehouse.lake.lake import Lake
from warehouse.layout import Layout
from warehouse.types import lake_schema


@pytest.fixture
def home(tmp_path):
    return tmp_path / "数据 [x] a=b*"  # a folder's own name is nobody's glob, partition or address


@pytest.fixture
def lake(home):
    return Lake(Layout(home))


def test_before_anything_is_accepted_there_is_nothing_and_reading_makes_no_files(lake):
    assert lake.current_version(CONTRACT) is None
    assert lake.read_current(CONTRACT).schema.equals(lake_schema(CONTRACT), check_metadata=True)
    assert (lake.read_slice(CONTRACT, key()), lake.read_previous(CONTRACT, key())) == (None, None)
    assert (lake.count_slice_rows(CONTRACT), lake.read_history(CONTRACT), lake.sweep_unused(NOW)) == ({}, [], [])
    assert not lake._layout.lakes.exists()


def test_rows_come_back_by_primary_key_with_the_slice_they_came_with(lake):
    assert put(lake, rows(("b", 2), ("a", None))) == 1
    assert lake.read_current(CONTRACT).to_pylist() == [
        {"id": "a", "n": None, "department": "210100", "period": "2026"},
        {"id": "b", "n": 2, "department": "210100", "period": "2026"},
    ]
    assert lake.read_slice(CONTRACT, key()).equals(rows(("a", None), ("b", 2)))


def test_a_large_slice_that_gets_a_database_of_its_own_is_written_and_read_alike(lake, tmp_path, monkeypatch):
    put(lake, rows(("b", 2), ("a", None)))
    monkeypatch.setattr(sql, "SMALL_TABLE", 0)
    monkeypatch.setattr(sql, "_SMALL_ROWS", 0)
    other = Lake(Layout(tmp_path / "large"))
    put(other, rows(("b", 2), ("a", None)))
    assert {file for file in files(other) if file.endswith(".parquet")} == {
        file for file in files(lake) if file.endswith(".parquet")
    }
    assert other.read_current(CONTRACT).to_pylist() == lake.read_current(CONTRACT).to_pylist()
    assert sorted(ids(other.read_current_fields(CONTRACT, ["id"]))) == ["a", "b"]


def test_some_fields_are_read_without_the_others_of_the_rows_that_stand(lake):
    put(lake, rows(("b", 2), ("a", None)), key(period="2025"))
    put(lake, rows(("c", 2)), key(period="2026"))
    assert lake.read_current_fields(CONTRACT, ["id", "other"]).to_pylist() == [
        {"id": "c", "department": "210100", "period": "2026"}
    ]
    put(lake, None, key(period="2026"))
    assert sorted(lake.read_current_fields(CONTRACT, ["id"]).column("id").to_pylist()) == ["a", "b"]


def test_every_type_survives_the_lake(lake):
    kinds = ["string", "integer", "number", "boolean", "date", "datetime", "time"]
    contract = contract_with([f"{kind}_:{kind}" for kind in kinds])
    table = rows(
        ("甲\n", 2**62, 0.1, True, NOW.date(), NOW.replace(tzinfo=None), time(9, 30, 0, 5)),
        ("丙", None, float("inf"), None, None, None, None),
        contract=contract,
    )
    put(lake, table, contract=contract)
    assert lake.read_slice(contract, key()).equals(table.take([1, 0]))


def test_the_lake_does_not_depend_on_the_order_of_the_rows(lake):
    first = put(lake, rows(("a", 1), ("b", 2)))
    before = files(lake)
    assert put(lake, rows(("b", 2), ("a", 1))) == first
    assert files(lake) == before


def test_the_same_bytes_again_make_no_commit_and_name_the_version_that_holds_them(lake):
    first = put(lake, rows(("a", 1)))
    put(lake, rows(("z", 9)), to=key("210200"))
    before = files(lake)
    assert put(lake, rows(("a", 1))) == first
    assert (lake.current_version(CONTRACT), files(lake)) == (2, before)


def test_a_replaced_slice_is_gone_now_and_there_as_of_its_version(lake):
    put(lake, rows(("a", 1), ("b", 2)))
    put(lake, rows(("c", 3)))
    assert ids(lake.read_current(CONTRACT)) == ["c"]
    assert ids(lake.read_current(CONTRACT, version=1)) == ["a", "b"]


def test_bytes_that_come_back_are_a_new_part(lake):
    put(lake, rows(("a", 1)))
    put(lake, rows(("b", 2)))
    assert put(lake, rows(("a", 1))) == 3
    assert ids(lake.read_current(CONTRACT)) == ["a"]


def test_many_slices_change_in_one_commit(lake):
    slices = {key(d, p): rows((d + p, 1)) for d in ("210100", "210200") for p in ("2025", "2026")}
    assert lake.replace_slices(CONTRACT, slices, WHY, NOW) == 1
    assert lake.count_slice_rows(CONTRACT) == dict.fromkeys(slices, 1)
    assert (
        lake.replace_slices(CONTRACT, dict.fromkeys(list(slices)[:2]) | {key("210300"): rows(("x", 1))}, WHY, NOW) == 2
    )
    assert set(lake.count_slice_rows(CONTRACT)) == {*list(slices)[2:], key("210300")}


def test_only_slices_that_changed_are_in_the_commit(lake):
    lake.replace_slices(CONTRACT, {key(): rows(("a", 1)), key("210200"): rows(("b", 1))}, WHY, NOW)
    lake.replace_slices(CONTRACT, {key(): rows(("a", 1)), key("210200"): rows(("b", 2))}, WHY, NOW)
    assert lake.read_history(CONTRACT)[-1].slices == (key("210200"),)


def test_a_withdrawn_slice_is_none_and_withdrawing_it_again_changes_nothing(lake):
    put(lake, rows(("a", 1)))
    assert put(lake, None) == 2
    assert lake.read_slice(CONTRACT, key()) is None
    assert put(lake, None) == 2
    assert ids(lake.read_current(CONTRACT, version=1)) == ["a"]


def test_an_accepted_slice_without_rows_is_not_a_withdrawn_one(lake):
    put(lake, rows())
    assert lake.count_slice_rows(CONTRACT) == {key(): 0}
    assert lake.read_slice(CONTRACT, key()).num_rows == 0


def test_a_snapshot_shows_each_departments_newest_period_and_an_appended_dataset_all(lake):
    slices = {key("210100", "2025"): rows(("old", 1)), key("210100", "2026"): rows(("new", 1)),
              key("210200", "2025"): rows(("b", 1))}  # fmt: skip
    lake.replace_slices(CONTRACT, slices, WHY, NOW)
    assert ids(lake.read_current(CONTRACT)) == ["b", "new"]
    assert ids(lake.read_current(contract_with(["id", "n:integer"], policy={"mode": "append"}))) == ["b", "new", "old"]


def test_a_late_file_for_an_older_period_does_not_displace_the_newest(lake):
    put(lake, rows(("new", 1)), to=key(period="2026-Q3"))
    put(lake, rows(("late", 1)), to=key(period="2026-02"))
    assert ids(lake.read_current(CONTRACT)) == ["new"]


def test_previous_is_the_slice_itself_then_the_newest_period_before_it(lake):
    put(lake, rows(("a", 1)), to=key(period="2024"))
    put(lake, rows(("b", 1)), to=key(period="2025"))
    put(lake, rows(("other", 1)), to=key("210200", "2026"))
    assert ids(lake.read_previous(CONTRACT, key(period="2026"))) == ["b"]
    assert ids(lake.read_previous(CONTRACT, key(period="2025"))) == ["b"]
    assert ids(lake.read_previous(CONTRACT, key(period="2024"))) == ["a"]
    assert lake.read_previous(CONTRACT, key(period="2023")) is None


def test_of_previous_rows_the_key_and_the_fields_asked_for_are_read(lake):
    put(lake, rows(("a", 1), ("b", 2)))
    whole = lake.read_slice(CONTRACT, key())
    assert lake.read_previous(CONTRACT, key()).equals(whole.select(["id"]))
    assert lake.read_previous(CONTRACT, key(), whole.column_names[1:2]).equals(whole.select(whole.column_names[:2]))


def test_previous_rows_of_before_the_key_was_a_field_are_counted(lake):
    put(lake, rows(("a", 1), ("b", 2)))
    later = contract_with(["code", *(field.name for field in CONTRACT.fields)])
    assert lake.read_previous(later, key()).to_pydict() == {"code": [None, None]}


def test_history_says_what_changed_why_and_when(lake, home):
    put(lake, rows(("a", 1)))
    put(Lake(Layout(home)), None)
    assert [(c.version, c.at, c.slices, c.why) for c in lake.read_history(CONTRACT)] == [
        (1, NOW, (key(),), WHY),
        (2, NOW, (key(),), WHY),
    ]
    told = commits.open_for_reading(lake._layout.lake_folder("sample")).history(1)[0]["userMetadata"]
    assert "20261125-0001" in told
    assert WHY["sha256"] in told


def test_a_grown_contract_adds_a_column_that_older_rows_have_as_null(lake):
    put(lake, rows(("a", 1)))
    grown = contract_with(["id", "n:integer", "d:date", "t:time"], version="1.1.0")
    assert lake.read_slice(grown, key()).column("t").null_count == 1
    put(lake, rows(("b", 2, NOW.date(), time(8)), contract=grown), to=key("210200"), contract=grown)
    table = lake.read_current(grown)
    assert table.schema.equals(lake_schema(grown), check_metadata=True)
    assert [(r["id"], r["d"], r["t"]) for r in table.to_pylist()] == [("a", None, None), ("b", NOW.date(), time(8))]
    assert ids(lake.read_current(CONTRACT)) == ["a", "b"]


def test_a_field_that_left_the_contract_is_read_no_more_but_stays_in_the_past(lake):
    put(lake, rows(("a", 1)))
    shrunk = contract_with(["id"], version="2.0.0")
    put(lake, rows(("b",), contract=shrunk), to=key("210200"), contract=shrunk)
    assert lake.read_current(shrunk).column_names == ["id", "department", "period"]
    assert lake.read_current(CONTRACT).column("n").to_pylist() == [1, None]


def test_a_field_that_changed_its_type_is_refused(lake):
    put(lake, rows(("a", 1)))
    retyped = contract_with(["id", "n"])
    with pytest.raises(LakeError, match="name the field anew"):
        put(lake, rows(("a", "1"), contract=retyped), contract=retyped)


@pytest.mark.parametrize("table", [pa.table({"id": ["a"]}), pa.table({"id": ["a"], "n": ["x"]})])
def test_rows_that_do_not_fit_the_contract_are_refused_and_leave_nothing(lake, table):
    put(lake, rows(("a", 1)))
    before = files(lake)
    with pytest.raises(LakeError, match=r"1\.0\.0"):
        put(lake, table)
    assert files(lake) == before


@pytest.mark.parametrize("department", ["../x", "a/b", "", ".hidden", "沈阳"])
def test_a_department_that_is_no_plain_name_never_becomes_a_path(lake, department):
    with pytest.raises(UsageError):
        put(lake, rows(("a", 1)), to=key(department))


def test_names_of_fields_are_never_read_as_sql(lake):
    contract = contract_with(['a" from x; drop table y; --', "b'"])
    table = rows(("1", "2"), contract=contract)
    put(lake, table, contract=contract)
    assert lake.read_slice(contract, key()).equals(table)


def test_a_version_that_never_was_is_refused(lake):
    put(lake, rows(("a", 1)))
    with pytest.raises(LakeError, match="newest is 1"):
        lake.read_current(CONTRACT, version=7)


def test_comments_of_both_languages_are_in_the_delta_table(lake):
    put(lake, rows(("a", 1)))
    table = commits.open_for_reading(lake._layout.lake_folder("sample"))
    comments = {field.name: field.metadata["comment"] for field in table.schema().fields}
    assert comments["n"] == "n（标题）：n 的说明 / n: the n"
    assert comments["period"].startswith("期间")


def test_history_outlives_checkpoints(lake):
    for number in range(28):
        put(lake, rows(("a", number)))
    log = lake._layout.lake_folder("sample") / "_delta_log"
    assert list(log.glob("*.checkpoint.parquet"))
    assert lake.read_current(CONTRACT, version=3).column("n").to_pylist() == [2]
    assert len(lake.read_history(CONTRACT)) == 28


@pytest.mark.parametrize("left", [b"", b'{"add":{"pa', b'{"commitInfo":{}}\n{"add'])
def test_a_torn_last_commit_is_passed_over_and_its_number_taken_again(lake, home, left):
    put(lake, rows(("a", 1)))
    torn = deltalog.commit_path(lake._layout.lake_folder("sample"), 2)
    torn.write_bytes(left)
    again = Lake(Layout(home))
    assert (again.current_version(CONTRACT), ids(again.read_current(CONTRACT)), len(again.read_history(CONTRACT))) == (
        1,
        ["a"],
        1,
    )
    assert put(again, rows(("b", 2))) == 2
    assert ids(again.read_current(CONTRACT)) == ["b"]
    assert torn.with_suffix(".json.torn").read_bytes() == left


def test_a_table_torn_at_its_making_is_made_again(lake):
    log = lake._layout.lake_folder("sample") / "_delta_log"
    log.mkdir(parents=True)
    (log / f"{0:020}.json").write_bytes(b"")
    assert lake.current_version(CONTRACT) is None
    assert put(lake, rows(("a", 1))) == 1


def test_a_table_that_cannot_be_read_is_a_lake_error(lake):
    put(lake, rows(("a", 1)))
    first = deltalog.commit_path(lake._layout.lake_folder("sample"), 0)
    first.write_text(json.dumps({"metaData": "no"}), encoding="utf-8")
    with pytest.raises(LakeError, match="restore"):
        Lake(lake._layout).read_current(CONTRACT)


def test_sweep_removes_only_what_no_commit_ever_named_and_only_when_a_day_old(lake):
    put(lake, rows(("a", 1)))
    put(lake, rows(("b", 2)))
    folder = lake._layout.lake_folder("sample")
    orphan = next(folder.glob("department=*/period=*/*.parquet")).with_name(f"{'0' * 32}-9.parquet")
    temporary, staged = folder / "_part-x", folder / "_delta_log" / f"{9:020}.json#1"
    temporary.mkdir()
    (temporary / "part").write_bytes(b"x")
    for path in (orphan, staged):
        path.write_bytes(b"x")
    assert lake.sweep_unused(datetime.now(UTC)) == []
    later = datetime.now(UTC) + timedelta(hours=25)
    assert lake.sweep_unused(later) == sorted([orphan, temporary, staged])
    assert (ids(lake.read_current(CONTRACT, version=1)), ids(lake.read_current(CONTRACT))) == (["a"], ["b"])
    assert lake.sweep_unused(later) == []


def test_the_commit_is_on_the_disk_before_it_is_acknowledged(lake, monkeypatch):
    synced = []
    fsync = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda handle: (synced.append(str(Path(f"/proc/self/fd/{handle}").readlink())), fsync(handle))
    )
    put(lake, rows(("a", 1)))
    names = [path.rsplit("/", 1)[1] for path in synced]
    assert f"{1:020}.json" in names
    assert names[-1] == "_delta_log"
    assert "period=2026" in names
