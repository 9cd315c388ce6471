"""A published table on a real PostgreSQL, as the real CKAN above it answers for it: types, values, search, differences."""

import json
import time

import requests
from psycopg import sql

from catalog.ckan.datastore.statements import LAST, STAGE
from catalog.ckan.datastore.table_schema import TableSchema, datastore_fields
from support.datastore_tables import ROWS, SHAPE, column, everything, wanted_names


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


def test_what_is_aside_or_was_last_is_not_read_through_the_api(tables, portal, active, released):
    released().publish(tables, active)
    released(ROWS[:1], "2026.12.1").stage(tables, active)
    for name in (STAGE + active, LAST + active):
        assert portal.ask("datastore_search", key=False, resource_id=name).status_code in {403, 404}
        assert portal.ask("datastore_info", key=False, id=name).status_code in {403, 404}
        assert requests.get(f"{portal.url}/datastore/dump/{name}", timeout=30).status_code in {403, 404}


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


def test_what_is_served_is_told_for_many_at_once_and_quickly(tables, active, released):
    one = released()
    assert tables.read_live_tables([active])[active].release is None
    one.publish(tables, active)
    absent = "00000000-0000-4000-8000-000000000000"
    started = time.monotonic()
    served = tables.read_live_tables([active, absent])
    assert time.monotonic() - started < 15  # milliseconds on an idle machine
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


def test_tables_of_nobody_are_found(tables, active, released):
    released().publish(tables, active)
    released(ROWS[:1], "2026.12.1").stage(tables, active)
    assert {STAGE + active, LAST + active} <= set(tables.find_orphans([active]))
    assert active not in tables.find_orphans([active])
    assert active in tables.find_orphans([])
    assert not [name for name in tables.find_orphans([]) if name.startswith("_table")]


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


def test_a_table_says_in_its_comment_what_it_holds(tables, aside, unlisted, released):
    one = released()
    one.publish(tables, unlisted)
    (comment,) = aside.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [f'"{unlisted}"']).fetchone()
    assert json.loads(comment) == {"release": "2026.11.1", "sha256": one.sha256, "rows": 4, "shape": SHAPE.digest}
