"""A table replaced by the next release: readers see one release at a time, and the one before comes back."""

import threading
import time
from collections import Counter

import pytest
from psycopg import sql

from catalog.ckan.datastore.datastore import DataStore
from catalog.ckan.datastore.statements import STAGE
from catalog.ckan.datastore.table_schema import TableSchema
from schemas.errors import CatalogueError
from support.datastore_tables import ROWS, SHAPE, column, everything, wanted_names


def await_reader(release: str, seen: Counter[str], faults: list[str]) -> None:
    """Waits until somebody has seen that release, or a fault."""
    until = time.monotonic() + 60
    while release.rpartition(".")[2] not in seen and not faults and time.monotonic() < until:
        time.sleep(0.01)


def test_readers_never_see_two_releases_at_once(tables, portal, active, released):
    """Release n has 300 + n rows, each with its number."""
    sizes = {number: 300 + number for number in range(6)}
    releases = [
        released([(f"F{at}", str(number), *[None] * 8) for at in range(size)], f"2026.11.{number}")
        for number, size in sizes.items()
    ]
    releases[0].publish(tables, active)
    seen: Counter[str] = Counter()
    faults: list[str] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            answer = portal.ask("datastore_search", key=False, resource_id=active, limit=1000)
            if not answer.ok:
                faults.append(f"{answer.status_code} {answer.text[:200]}")
                continue
            told = answer.json()["result"]
            numbers = {row["name"] for row in told["records"]}
            if len(numbers) != 1 or {told["total"], len(told["records"])} != {sizes[int(min(numbers))]}:
                faults.append(f"releases {numbers}, total {told['total']}, rows {len(told['records'])}")
            seen.update(numbers)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for one in releases[1:]:
        one.publish(tables, active)
        await_reader(one.release, seen, faults)
    over.set()
    for reader in readers:
        reader.join()
    print(f"{seen.total()} answers of {len(seen)} releases, {len(faults)} wrong")  # noqa: T201 -- a figure for people
    assert faults == []
    assert len(seen) >= len(releases) - 1


def test_the_release_before_comes_back_with_all_that_was_its_own(tables, portal, aside, active, released):
    first, second = released(), released(ROWS[:2], "2026.12.1")
    first.publish(tables, active)
    second.publish(tables, active)
    assert len(portal.rows(active)) == 2
    assert tables.undo_swap(active)
    assert len(portal.rows(active)) == 4
    assert portal.do("datastore_search", key=False, resource_id=f"alias-{active}")["total"] == 4
    assert everything(aside, active) == wanted_names(active) | {f"alias-{active}"}
    assert tables.read_live_tables([active])[active].holds_file(first.release, first.sha256, SHAPE)
    assert not tables.undo_swap(active)
    portal.do("datastore_upsert", resource_id=active, force=True, method="insert", records=[{"facility_id": "F9"}])


def test_what_ckan_itself_made_comes_back_too(tables, portal, aside, active, released):
    before = everything(aside, active)
    released().publish(tables, active)
    assert tables.undo_swap(active)
    assert everything(aside, active) == before
    assert portal.rows(active) == []


def test_a_whole_table_aside_is_taken_as_it_is(tables, aside, unlisted, released):
    one = released()
    assert one.stage(tables, unlisted) == 4
    number = aside.execute("SELECT oid FROM pg_class WHERE relname = %s", [STAGE + unlisted]).fetchone()
    one.csv.unlink()
    assert one.stage(tables, unlisted) == 4
    assert aside.execute("SELECT oid FROM pg_class WHERE relname = %s", [STAGE + unlisted]).fetchone() == number


def test_another_release_file_or_shape_is_loaded_anew(tables, unlisted, released):
    released().stage(tables, unlisted)
    assert released(ROWS[:1], "2026.12.1").stage(tables, unlisted) == 1
    fewer = TableSchema(SHAPE.columns, (), ())
    assert released(ROWS[:3], "2026.12.1", fewer).stage(tables, unlisted) == 3
    tables.swap_table(unlisted)
    assert tables.read_live_tables([unlisted])[unlisted].shape == fewer.digest


def test_swapping_again_does_nothing_and_swapping_nothing_is_refused(tables, portal, resource, released):
    with pytest.raises(CatalogueError, match="stage it first"):
        tables.swap_table(resource)
    released().publish(tables, resource)
    assert not tables.swap_table(resource)
    assert len(portal.rows(resource)) == 4


def test_columns_may_change_between_releases_and_come_back(tables, portal, active, released):
    first = released()
    first.publish(tables, active)
    other = TableSchema(
        (SHAPE.columns[0], column("kind", "bigint"), column("场馆", "text")), ("facility_id",), (("场馆",),)
    )
    second = released([("F1", "7", "沈阳"), ("F2", None, None)], "2026.12.1", other)
    second.publish(tables, active)
    assert [(f["id"], f["type"]) for f in portal.do("datastore_info", key=False, id=active)["fields"]] == [
        ("facility_id", "text"), ("kind", "int8"), ("场馆", "text")
    ]  # fmt: skip
    assert portal.rows(active, filters={"kind": 7})[0]["场馆"] == "沈阳"
    assert portal.do("datastore_search", key=False, resource_id=f"alias-{active}")["records"][0]["场馆"] == "沈阳"
    assert {what for what, _, _ in first.differences(tables, active)} >= {"column name", "column kind", "column 场馆"}
    assert tables.undo_swap(active)
    assert first.differences(tables, active) == []


def test_a_withdrawn_table_leaves_nothing(tables, portal, aside, active, released):
    released().publish(tables, active)
    released(ROWS[:1], "2026.12.1").publish(tables, active)
    released(ROWS[:2], "2026.12.2").stage(tables, active)
    tables.drop_table(active)
    assert everything(aside, active) == set()
    assert aside.execute("SELECT count(*) FROM _table_stats WHERE resource_id = %s", [active]).fetchone() == (0,)
    assert portal.ask("datastore_search", key=False, resource_id=active).status_code == 404
    tables.drop_table(active)


def test_only_one_publishes_a_dataset(connection, tables):
    with DataStore(connection.database, lock_patience=1) as other:
        with tables.lock_table("facility"):
            with (
                pytest.raises(CatalogueError, match="somebody else is publishing facility"),
                other.lock_table("facility"),
            ):
                pass
            with other.lock_table("event"):
                pass
        with other.lock_table("facility"):
            pass


def test_readers_that_hold_a_table_too_long_stop_a_swap_and_nothing_else(tables, aside, portal, active, released, monkeypatch):  # fmt: skip
    monkeypatch.setattr("catalog.ckan.datastore.swap.TRIES", 2)
    monkeypatch.setattr("catalog.ckan.datastore.swap.LOCK_TIMEOUT", "300ms")
    released(ROWS[:2]).publish(tables, active)
    released(ROWS, "2026.12.1").stage(tables, active)
    with aside.transaction():
        aside.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(active)))
        with pytest.raises(CatalogueError, match="readers held the table"):
            tables.swap_table(active)
        assert len(portal.rows(active)) == 2
    assert tables.swap_table(active)
    assert len(portal.rows(active)) == 4
