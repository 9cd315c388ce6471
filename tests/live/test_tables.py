"""The tables of the DataStore on a real PostgreSQL, as the real CKAN above it answers for them."""

import csv
import hashlib
import io
import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pyarrow as pa
import pytest
import requests
from psycopg import sql
from pydantic import SecretStr

from catalog.ckan.datastore.datastore import DataStore
from catalog.ckan.datastore.statements import LAST, STAGE, index_name
from catalog.ckan.datastore.table_schema import TableColumn, TableSchema, datastore_fields
from schemas.errors import CatalogueError
from warehouse.distributions import write_csv

pytestmark = pytest.mark.live

DATASET = "tables-under-test"
PATIENCE = 90.0
Cells = Sequence[Sequence[str | None]]


def column(name: str, kind: str, label: str = "") -> TableColumn:
    return TableColumn(
        name, kind, {"label": label or name, "notes": f"“{label}”的说明：100%", "label_en": name.title()}
    )


SHAPE = TableSchema(
    (
        column("facility_id", "text", "场地编码"),
        column("name", "text", "场地名称"),
        column("lanes", "bigint", "泳道"),
        column("area_m2", "numeric", "面积"),
        column("is_open", "bool", "开放"),
        column("built", "date", "建成"),
        column("seen", "timestamp", "登记"),
        column("opens", "time", "开门"),
        column("year", "int", "年份"),
        column("kind", "text", "类型"),
    ),
    primary_key=("facility_id",),
    indexes=(("kind",), ("lanes", "area_m2")),
)
ROWS: Cells = (
    ("F1", "沈阳市第7体育馆", "8", "7140", "true", "2001-02-03", "2026-01-02T03:04:05", "08:30:00", "2001", "SW01"),
    ("F2", 'Swimming hall, "north"\nsecond line', None, "NaN", "false", "0001-01-01", "2026-01-02T03:04:05.25", "23:59:59", "0044", "SW01"),
    ("F3", "=1+1\r,'; DROP TABLE x --", "-9223372036854775808", "-INF", None, None, None, None, None, "BK01"),
    ("F4", "", None, None, None, None, None, None, None, None),
)  # fmt: skip


@dataclass(frozen=True)
class Released:
    """A released file and what is known of it."""

    csv: Path
    sha256: str
    shape: TableSchema
    release: str
    rows: int

    def stage(self, tables: DataStore, resource_id: str) -> int:
        return tables.stage_table(resource_id, self.csv, self.sha256, self.shape, self.release)

    def publish(self, tables: DataStore, resource_id: str) -> None:
        self.stage(tables, resource_id)
        assert tables.swap_table(resource_id)

    def differences(self, tables: DataStore, resource_id: str) -> list[tuple[str, str, str]]:
        return tables.find_differences(resource_id, self.csv, self.sha256, self.shape)


class Portal:
    """The API with and without the key; a web process that restarts is waited for."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def ask(self, action: str, *, key: bool = True, **words: Any) -> requests.Response:
        until = time.monotonic() + PATIENCE
        headers = {"Authorization": self.token} if key else {}
        while True:
            try:
                return requests.post(f"{self.url}/api/3/action/{action}", json=words, headers=headers, timeout=60)
            except requests.ConnectionError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    def do(self, action: str, *, key: bool = True, **words: Any) -> Any:
        answer = self.ask(action, key=key, **words)
        assert answer.ok, f"{action}: {answer.status_code} {answer.text[:500]}"
        return answer.json()["result"]

    def rows(self, resource_id: str, **words: Any) -> list[dict[str, Any]]:
        return self.do("datastore_search", key=False, resource_id=resource_id, sort="_id", **words)["records"]


@pytest.fixture(scope="module")
def portal(connection, admin_token):
    portal = Portal(connection.url, admin_token)
    for kind, words in (("organization", {}), ("package", {"owner_org": f"{DATASET}-org"})):
        name = f"{DATASET}-org" if kind == "organization" else DATASET
        if portal.ask(f"{kind}_show", id=name).status_code == 404:
            portal.do(f"{kind}_create", name=name, title=name, **words)
    yield portal
    portal.do("dataset_purge", id=DATASET)
    portal.do("organization_purge", id=f"{DATASET}-org")


@pytest.fixture
def tables(connection):
    with DataStore(connection.database) as tables:
        yield tables


@pytest.fixture
def aside(connection):
    """A second connection, for looking behind and for cutting the first."""
    with psycopg.connect(connection.database.get_secret_value(), autocommit=True) as con:
        yield con


@pytest.fixture
def resource(portal, connection):
    """The id of a new resource; nothing of it is left afterwards."""
    made = portal.do(
        "resource_create", package_id=DATASET, name="table", url=f"{portal.url}/released.csv", format="CSV"
    )
    yield made["id"]
    with DataStore(connection.database) as tables:
        tables.drop_table(made["id"])
    portal.do("resource_delete", id=made["id"])


@pytest.fixture
def unlisted(connection):
    """The id of a resource of which CKAN has not heard, for what only PostgreSQL is asked about."""
    resource_id = str(uuid4())
    yield resource_id
    with DataStore(connection.database) as tables:
        tables.drop_table(resource_id)


@pytest.fixture
def released(tmp_path):
    """Writes a file as a release has it: `released(rows, number, shape)`."""

    def write(rows: Cells = ROWS, release: str = "2026.11.1", shape: TableSchema = SHAPE) -> Released:
        path = tmp_path / f"{release}.csv"
        columns = zip(*rows, strict=True) if rows else [()] * len(shape.columns)
        cells = [pa.array(list(cells), pa.string()) for cells in columns]
        write_csv(pa.table(dict(zip(shape.names, cells, strict=True))), path)
        return Released(path, hashlib.sha256(path.read_bytes()).hexdigest(), shape, release, len(rows))

    return write


@pytest.fixture
def active(portal, resource):
    """The resource after its first `datastore_create`: CKAN has an empty table of it."""
    portal.do("datastore_create", resource_id=resource, force=True, fields=datastore_fields(SHAPE), primary_key=list(SHAPE.primary_key), aliases=[f"alias-{resource}"])  # fmt: skip
    return resource


def everything(con, resource_id: str) -> set[str]:
    """Names of all that exists of a resource: tables, indexes, sequences, views."""
    found = con.execute("SELECT relname FROM pg_class WHERE relname LIKE %s", [f"%{resource_id}%"]).fetchall()
    own = con.execute(
        "SELECT i.relname FROM pg_class t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid"
        " WHERE t.relname LIKE %s AND t.relkind = 'r'",
        [f"%{resource_id}%"],
    ).fetchall()
    return {name for (name,) in found + own}


def wanted_names(resource_id: str, shape: TableSchema = SHAPE) -> set[str]:
    keys = [("_full_text",), shape.primary_key, *shape.indexes]
    return {
        resource_id,
        f"{resource_id}_pkey",
        f"{resource_id}__id_seq",
        *(index_name(resource_id, columns) for columns in keys if columns),
    }


def test_types_and_dictionary_are_what_ckan_tells(tables, portal, active, released):
    released().publish(tables, active)
    told = portal.do("datastore_info", key=False, id=active)
    assert told["meta"]["count"] == 4
    assert told["meta"]["aliases"] == [f"alias-{active}"]
    assert [(field["id"], field["type"]) for field in told["fields"]] == list(
        zip(SHAPE.names, ["text", "text", "int8", "numeric", "bool", "date", "timestamp", "time", "int4", "text"], strict=True)
    )  # fmt: skip
    assert [field["info"] for field in told["fields"]] == [dict(c.info) for c in SHAPE.columns]
    assert {field["id"] for field in told["fields"] if field["schema"]["is_index"]} == {
        "facility_id", "kind", "lanes", "area_m2"
    }  # fmt: skip


def test_every_value_comes_through_as_it_was_released(tables, portal, active, released):
    one = released()
    one.publish(tables, active)
    first, second, third, fourth = portal.rows(active)
    assert (first["lanes"], first["area_m2"], first["is_open"], first["built"]) == (8, 7140, True, "2001-02-03")
    assert (first["seen"], first["opens"], first["year"]) == ("2026-01-02T03:04:05.000", "08:30:00", 2001)
    assert second["name"] == 'Swimming hall, "north"\nsecond line'
    assert (second["area_m2"], second["built"], second["year"]) == ("NaN", "0001-01-01", 44)
    assert third["name"] == "=1+1\r,'; DROP TABLE x --"
    assert (third["lanes"], third["area_m2"]) == (-9223372036854775808, "-Infinity")
    assert (fourth["name"], fourth["kind"]) == ("", None)
    assert one.differences(tables, active) == []


def test_a_search_finds_a_part_of_a_chinese_word_and_filters_find_codes(tables, portal, active, released):
    released().publish(tables, active)

    def found(**words):
        return [row["facility_id"] for row in portal.rows(active, **words)]

    assert found(q="体育馆:*", plain=False) == ["F1"]
    assert found(q="swimming") == ["F2"]
    assert found(q="7140") == ["F1"]
    assert found(filters={"kind": "SW01"}) == ["F1", "F2"]
    assert found(filters={"kind": "SW01", "is_open": False}) == ["F2"]


def test_search_words_are_those_of_ckans_own_trigger(tables, aside, unlisted, released):
    plain = [row for row in ROWS if row[0] != "F1"]
    released(plain).publish(tables, unlisted)
    table = sql.Identifier(unlisted)
    aside.execute(sql.SQL("CREATE TEMP TABLE ours AS SELECT _id, _full_text FROM {}").format(table))
    aside.execute(sql.SQL("UPDATE {} SET _full_text = NULL").format(table))
    same = sql.SQL("SELECT count(*) FROM {} t JOIN ours o ON o._id = t._id AND o._full_text = t._full_text")
    assert aside.execute(same.format(table)).fetchone() == (3,)


def test_a_row_may_still_be_written_by_the_api_and_is_then_a_difference(tables, portal, active, released):
    one = released()
    one.publish(tables, active)
    changed = {"facility_id": "F1", "name": "铁西区游泳馆", "lanes": 9}
    portal.do("datastore_upsert", resource_id=active, force=True, method="update", records=[changed])
    portal.do("datastore_upsert", resource_id=active, force=True, method="insert", records=[{"facility_id": "F5"}])
    assert [row["facility_id"] for row in portal.rows(active)] == ["F1", "F2", "F3", "F4", "F5"]
    assert len(portal.rows(active, q="铁西区游泳馆")) == 1
    assert one.differences(tables, active) == [("rows", "4", "5: 1 missing, 2 not of the release")]
    (served,) = tables.read_live_tables([active]).values()
    assert not served.holds_file(one.release, one.sha256, SHAPE)


def test_a_later_datastore_create_makes_no_second_index_and_changes_nothing(tables, portal, aside, active, released):
    one = released()
    one.publish(tables, active)
    tables.prune_previous(active)
    before = everything(aside, active)
    assert before == wanted_names(active) | {f"alias-{active}"}
    portal.do("datastore_create", resource_id=active, force=True, fields=datastore_fields(SHAPE), primary_key=list(SHAPE.primary_key))  # fmt: skip
    assert everything(aside, active) == before
    assert tables.read_live_tables([active])[active].holds_file(one.release, one.sha256, SHAPE)
    assert one.differences(tables, active) == []


def test_a_table_may_be_there_before_ckan_hears_of_it(tables, portal, aside, resource, released):
    released().publish(tables, resource)
    portal.do("datastore_create", resource_id=resource, force=True, fields=datastore_fields(SHAPE), primary_key=list(SHAPE.primary_key))  # fmt: skip
    assert portal.do("resource_show", key=False, id=resource)["datastore_active"] is True
    assert len(portal.rows(resource)) == 4
    assert everything(aside, resource) == wanted_names(resource)


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
        time.sleep(0.3)
    over.set()
    for reader in readers:
        reader.join()
    print(f"{seen.total()} answers of {len(seen)} releases, {len(faults)} wrong")  # noqa: T201 -- a figure for people
    assert faults == []
    assert len(seen) > 2


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


class Cut(psycopg.Cursor[Any]):
    """Counts statements, and has the backend ended from another connection after one of them, so before the next or the commit."""

    spent = 0
    at = 0
    end: Any = None

    def execute(self, *words: Any, **more: Any) -> Any:
        done = super().execute(*words, **more)
        self.count()
        return done

    def copy(self, *words: Any, **more: Any) -> Any:
        self.count()
        return super().copy(*words, **more)

    @classmethod
    def count(cls) -> None:
        cls.spent += 1
        if cls.spent == cls.at:
            cls.end()


def cut_everywhere(connection, aside, prepare, act, check) -> int:
    """Runs `act` on a fresh connection until it comes through, cut before its first statement, then after each in turn.

    After each cut `check` runs on another connection. Returns at how many points it was cut.
    """
    for point in itertools.count():
        with DataStore(connection.database) as tables:
            prepare(tables)
        with DataStore(connection.database) as tables:
            came_through = not cut_at(point, tables, aside, act)
        with DataStore(connection.database) as tables:
            check(tables, came_through)
        if came_through:
            return point
    raise AssertionError


def end(backend: int, aside) -> None:
    """As the role that has logged in; the one it has set may end nobody else's backend."""
    aside.execute("SET ROLE NONE")
    aside.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    aside.execute("RESET ROLE")


def cut_at(point, tables, aside, act) -> bool:
    """Whether `act` broke, as it must if it has as many statements."""
    backend = tables._con.info.backend_pid
    Cut.spent, Cut.at = 0, point
    Cut.end = lambda: end(backend, aside)
    tables._con.cursor_factory = Cut
    if point == 0:
        Cut.end()
    try:
        act(tables)
    except CatalogueError as wrong:
        told = wrong.text.en
    else:
        assert Cut.spent < point
        return False
    assert "there is no connection to PostgreSQL, or it was lost" in told
    return True


def test_loading_cut_at_every_statement_leaves_nothing_and_a_plain_run_mends_it(
    connection, aside, portal, active, released
):
    before, after = released(ROWS[:2]), released(ROWS, "2026.12.1")

    def check(tables, whole):
        assert len(portal.rows(active)) == 2
        assert whole == (STAGE + active in everything(aside, active))
        after.publish(tables, active)
        assert after.differences(tables, active) == []
        tables.prune_previous(active)
        assert everything(aside, active) == wanted_names(active) | {f"alias-{active}"}

    points = cut_everywhere(
        connection, aside,
        lambda tables: (before.publish(tables, active), tables.prune_previous(active)),
        lambda tables: after.stage(tables, active),
        check,
    )  # fmt: skip
    print(f"stage was cut at {points} points")  # noqa: T201 -- a figure for people
    assert points > 20


@pytest.mark.parametrize("way", ["swap_table", "undo_swap", "drop_table"])
def test_putting_in_place_cut_at_every_statement_shows_the_old_or_the_new(
    way, connection, aside, portal, active, released
):
    old, new = released(ROWS[:2]), released(ROWS, "2026.12.1")

    def prepare(tables):
        tables.prune_previous(active)
        old.publish(tables, active)
        tables.prune_previous(active)
        new.stage(tables, active)
        if way == "undo_swap":
            tables.swap_table(active)

    def check(tables, whole):
        if not whole:
            assert len(portal.rows(active)) == (4 if way == "undo_swap" else 2)
            assert (new if way == "undo_swap" else old).differences(tables, active) == []
        getattr(tables, way)(active)
        if way == "drop_table":
            assert everything(aside, active) == set()
            return
        assert len(portal.rows(active)) == (2 if way == "undo_swap" else 4)
        tables.prune_previous(active)
        assert everything(aside, active) >= wanted_names(active)

    points = cut_everywhere(connection, aside, prepare, lambda tables: getattr(tables, way)(active), check)
    print(f"{way} was cut at {points} points")  # noqa: T201 -- a figure for people
    assert points > 5


def test_what_is_aside_or_was_last_is_not_read_through_the_api(tables, portal, active, released):
    released().publish(tables, active)
    released(ROWS[:1], "2026.12.1").stage(tables, active)
    for name in (STAGE + active, LAST + active):
        assert portal.ask("datastore_search", key=False, resource_id=name).status_code in {403, 404}
        assert portal.ask("datastore_info", key=False, id=name).status_code in {403, 404}
        assert requests.get(f"{portal.url}/datastore/dump/{name}", timeout=30).status_code in {403, 404}


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


def test_an_empty_release_is_an_empty_table(tables, portal, active, released):
    released().publish(tables, active)
    empty = released((), "2026.12.1")
    empty.publish(tables, active)
    assert portal.do("datastore_search", key=False, resource_id=active)["total"] == 0
    assert empty.differences(tables, active) == []
    assert tables.read_live_tables([active])[active].holds_file("2026.12.1", empty.sha256, SHAPE)


def test_huge_values_and_many_columns_are_taken_and_searched_as_far_as_there_is_room(
    tables, portal, resource, released
):
    many = TableSchema(tuple(column(f"c{at}", "text") for at in range(150)))
    words = " ".join(f"word{at}" for at in range(400_000))
    chinese = "".join(chr(0x4E00 + at % 20_000) for at in range(200_000))
    one = released([("first", words, *["x"] * 148), ("second", chinese, *["y"] * 148)], "2026.11.1", many)
    one.publish(tables, resource)
    assert one.differences(tables, resource) == []
    assert len(portal.rows(resource, q="word7", fields=["c0"])) == 1
    assert len(portal.rows(resource, q=f"{chinese[7:10]}:*", plain=False, fields=["c0"])) == 1


PRIVATE = "身份证210102"
LONG = PRIVATE + "".join(hashlib.sha256(bytes([at])).hexdigest() for at in range(256))


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ("facility_id,lanes\nF1," + PRIVATE, "line 2, column lanes"),
        ("facility_id,lanes\nF1,1\nF1,2\n", "twice"),
        ("facility_id,lanes\nF\0,1\n", "line 2"),
        (f"facility_id,lanes\nF1,1,{PRIVATE}\n", "line 2"),
        (f"facility_id,lanes\n{LONG},1\n", "2704"),
        ("lanes,facility_id\n1,F1\n", "header"),
        (f'facility_id,lanes\n"{PRIVATE},1\n', "line"),
    ],
    ids=["no number", "key twice", "NUL", "cell too many", "key too long", "header", "open quote"],
)
def test_a_file_that_does_not_fit_is_refused_without_a_word_of_what_is_in_it(
    cells, says, tables, aside, unlisted, tmp_path
):
    shape = TableSchema((column("facility_id", "text"), column("lanes", "bigint")), ("facility_id",))
    path = tmp_path / "bad.csv"
    path.write_bytes(b"\xef\xbb\xbf" + cells.encode())
    with pytest.raises(CatalogueError) as refused:
        tables.stage_table(unlisted, path, hashlib.sha256(path.read_bytes()).hexdigest(), shape, "2026.11.1")
    assert says in refused.value.text.en
    assert PRIVATE not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    assert everything(aside, unlisted) == set()


def test_a_file_of_another_hash_is_refused(tables, aside, unlisted, released):
    one = released()
    with pytest.raises(CatalogueError, match="SHA-256"):
        tables.stage_table(unlisted, one.csv, "0" * 64, SHAPE, "2026.11.1")
    assert everything(aside, unlisted) == set()


def test_a_line_that_postgresql_takes_for_the_end_is_never_lost(tables, unlisted, tmp_path):
    for text in ("a\nx\n\\.\ny\n", "a\nx\n\\."):
        path = tmp_path / "one.csv"
        path.write_text(text, encoding="utf-8")
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        with pytest.raises(CatalogueError, match="alone"):
            tables.stage_table(unlisted, path, sha256, TableSchema((column("a", "text"),)), "1")
    two = io.StringIO()
    csv.writer(two, lineterminator="\n").writerows([("a", "b"), ("x", "1\n\\.\n2"), ("\\.", "z")])
    path.write_text(two.getvalue(), encoding="utf-8")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert tables.stage_table(unlisted, path, sha256, TableSchema((column("a", "text"), column("b", "text"))), "1") == 2


def test_what_is_served_is_told_for_many_at_once_and_quickly(tables, active, released):
    one = released()
    assert tables.read_live_tables([active])[active].release is None
    one.publish(tables, active)
    absent = "00000000-0000-4000-8000-000000000000"
    started = time.monotonic()
    served = tables.read_live_tables([active, absent])
    assert time.monotonic() - started < 3
    assert served.keys() == {active}
    assert served[active].holds_file("2026.11.1", one.sha256, SHAPE)
    assert (served[active].rows, served[active].cached) == (4, 4)


def test_a_column_added_or_described_by_the_api_is_seen(tables, portal, active, released):
    one = released()
    one.publish(tables, active)
    fields = [*datastore_fields(SHAPE), {"id": "odd", "type": "text"}]
    portal.do("datastore_create", resource_id=active, force=True, fields=fields)
    assert not tables.read_live_tables([active])[active].holds_file(one.release, one.sha256, SHAPE)
    assert one.differences(tables, active) == [("column odd", "absent", "text")]
    portal.do("datastore_create", resource_id=active, force=True, delete_fields=True, fields=[{**f, "info": {"label": "?"}} if f["id"] == "kind" else f for f in fields[:-1]])  # fmt: skip
    (difference,) = one.differences(tables, active)
    assert difference[0] == "dictionary kind"


def test_a_withdrawn_table_leaves_nothing(tables, portal, aside, active, released):
    released().publish(tables, active)
    released(ROWS[:1], "2026.12.1").publish(tables, active)
    released(ROWS[:2], "2026.12.2").stage(tables, active)
    tables.drop_table(active)
    assert everything(aside, active) == set()
    assert aside.execute("SELECT count(*) FROM _table_stats WHERE resource_id = %s", [active]).fetchone() == (0,)
    assert portal.ask("datastore_search", key=False, resource_id=active).status_code == 404
    tables.drop_table(active)


def test_tables_of_nobody_are_found(tables, active, released):
    released().publish(tables, active)
    released(ROWS[:1], "2026.12.1").stage(tables, active)
    assert {STAGE + active, LAST + active} <= set(tables.find_orphans([active]))
    assert active not in tables.find_orphans([active])
    assert active in tables.find_orphans([])
    assert not [name for name in tables.find_orphans([]) if name.startswith("_table")]


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


def test_new_tables_are_the_writing_roles_and_only_the_reading_role_reads_them(tables, aside, active, released):
    released().publish(tables, active)
    owner, rights = aside.execute(
        "SELECT relowner::regrole::text, relacl::text[] FROM pg_class WHERE relname = %s", [active]
    ).fetchone()
    writer = aside.execute("SELECT current_user").fetchone()[0]
    assert owner == writer
    given = dict(right.partition("/")[0].split("=") for right in rights)
    assert given.keys() == {writer, "datastore_default"}
    assert given["datastore_default"] == "r"


def test_an_id_that_is_no_uuid_is_refused(tables):
    for hostile in ('x"; DROP TABLE y; --', "", "_table_stats", "C" * 36, "{00000000-0000-4000-8000-000000000000}"):
        with pytest.raises(CatalogueError, match="UUID"):
            tables.drop_table(hostile)


def test_no_connection_says_so_without_the_address():
    wrong = SecretStr("postgresql://somebody:topsecret@127.0.0.1:1/nowhere")
    with pytest.raises(CatalogueError) as refused:
        DataStore(wrong, connect_timeout=2)
    assert "topsecret" not in str(refused.value)
    assert "nowhere" not in str(refused.value)
    assert "run again" in refused.value.text.en


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


def test_a_table_says_in_its_comment_what_it_holds(tables, aside, unlisted, released):
    one = released()
    one.publish(tables, unlisted)
    (comment,) = aside.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [f'"{unlisted}"']).fetchone()
    assert json.loads(comment) == {"release": "2026.11.1", "sha256": one.sha256, "rows": 4, "shape": SHAPE.digest}
