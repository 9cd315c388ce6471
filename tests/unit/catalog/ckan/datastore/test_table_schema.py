import json

import pytest

from catalog.ckan.datastore.table_schema import (
    LONGEST_NAME,
    TOLD,
    TableColumn,
    TableSchema,
    datastore_fields,
    table_schema_from,
)
from catalog.entry import DictionaryField, build_entry
from schemas.errors import CatalogueError
from schemas.text import Text
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release


@pytest.fixture
def entry(tmp_path):
    contract = facility_contract()
    return build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)


def field(name="name", kind="string", **more):
    said = {"label": Text(zh="名称", en="Name"), "description": Text(zh="说明", en="What it is"), "unit": None,
            "codelist": None, "example": None, "constraints": {}}  # fmt: skip
    return DictionaryField(name=name, type=kind, **{**said, **more})


def with_fields(entry, *fields, **more):
    return entry.model_copy(update={"dictionary": fields, "coordinates": None, "primary_key": (), **more})


def test_a_shape_says_what_the_entry_says(entry):
    shape = table_schema_from(entry)
    assert shape.names == ("facility_id", "name", "area_m2", "lon", "lat")
    assert [column.type for column in shape.columns] == ["text", "text", "numeric", "numeric", "numeric"]
    assert ("lon", "lat") in shape.indexes
    assert shape.columns[2].info == {
        "label": "场地面积",
        "notes": entry.dictionary[2].description.zh,
        "label_en": "Sports area",
        "notes_en": "Area for sport",
        "unit": "㎡",
    }


def test_every_type_of_table_schema_has_a_column_type(entry):
    kinds = ["string", "any", "integer", "number", "boolean", "date", "datetime", "time", "year", "yearmonth",
             "list", "array", "object", "geopoint", "geojson", "duration"]  # fmt: skip
    shape = table_schema_from(with_fields(entry, *(field(f"of_{kind}", kind) for kind in kinds)))
    assert dict(zip(kinds, (column.type for column in shape.columns), strict=True)) == {
        **dict.fromkeys(kinds, "text"),
        "integer": "bigint", "number": "numeric", "boolean": "bool", "date": "date", "datetime": "timestamp",
        "time": "time", "year": "int",
    }  # fmt: skip
    assert {column.type for column in shape.columns} == TOLD.keys()


def test_indexes_are_those_that_readers_filter_by_and_none_is_made_twice(entry):
    fields = (field("a"), field("b", codelist="sport"), field("c", codelist="sport"))
    assert table_schema_from(with_fields(entry, *fields, primary_key=("a", "b"))) [1:] == (("a", "b"), (("b",), ("c",)))  # fmt: skip
    assert table_schema_from(with_fields(entry, *fields, primary_key=("b",))) [1:] == (("b",), (("c",),))  # fmt: skip


def test_a_key_with_a_field_that_stays_in_the_house_is_no_key(entry):
    assert table_schema_from(with_fields(entry, field("a"), primary_key=("a", "inside"))).primary_key == ()


@pytest.mark.parametrize(
    "name",
    [
        "_id",
        "_full_text",
        "",
        " a",
        "a ",
        'a"b',
        "a\nb",
        "a\0",
        "a\u200bb",
        "名" * 22,
        "x" * (LONGEST_NAME + 1),
        "ctid",
    ],
)
def test_a_name_that_ckan_or_postgresql_refuses_is_refused_here(name, entry):
    with pytest.raises(CatalogueError, match="facility cannot be a table"):
        table_schema_from(with_fields(entry, field(name)))


@pytest.mark.parametrize("name", ["a", "名" * 21, "x" * LONGEST_NAME, "a'b", "100%", "a.b; DROP TABLE x", "select"])
def test_any_other_name_is_taken(name, entry):
    assert table_schema_from(with_fields(entry, field(name))).names == (name,)


def test_two_columns_of_one_name_and_none_at_all_are_refused(entry):
    for fields in ((field("a"), field("a")), ()):
        with pytest.raises(CatalogueError, match="two of one name"):
            table_schema_from(with_fields(entry, *fields))


def test_a_comment_is_written_as_ckan_writes_it(entry):
    (column,) = table_schema_from(with_fields(entry, field("a", codelist="sport"))).columns
    assert column.comment == (
        ' {"_info":{"label":"名称","notes":"说明","label_en":"Name","notes_en":"What it is","codelist":"sport"}}'
    )
    assert json.loads(column.comment)["_info"] == column.info


def test_the_digest_changes_with_each_part():
    columns = (TableColumn("a", "text", {"label": "甲"}), TableColumn("b", "int", {}))
    shapes = [
        TableSchema(columns),
        TableSchema(columns[::-1]),
        TableSchema(columns, ("a",)),
        TableSchema(columns, (), (("a",),)),
        TableSchema(columns, (), (("a", "b"),)),
        TableSchema((columns[0]._replace(type="int"), columns[1])),
        TableSchema((columns[0]._replace(info={"label": "乙"}), columns[1])),
    ]
    assert len({shape.digest for shape in shapes}) == len(shapes)
    assert TableSchema(columns).digest == TableSchema(columns).digest
    assert TableSchema(columns).columns_digest == TableSchema(columns, ("a",)).columns_digest


def test_fields_for_the_api_are_the_columns():
    shape = TableSchema((TableColumn("a", "int", {"label": "甲"}),))
    assert datastore_fields(shape) == [{"id": "a", "type": "int", "info": {"label": "甲"}}]
