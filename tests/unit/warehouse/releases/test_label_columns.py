"""Label columns in the rows and in the schema of a release."""

from support.frozen_facility import CONTRACT, DEPARTMENTS, LISTS, RELEASED, table_of
from warehouse.releases.label_columns import build_release_schema, build_release_table, drop_derived


def test_labels_stand_behind_their_codes_in_rows_and_schema_alike():
    table, schema = build_release_table(table_of(), CONTRACT, LISTS, DEPARTMENTS), build_release_schema(CONTRACT, LISTS)
    assert table.column_names == [field["name"] for field in schema["fields"]] == RELEASED
    assert schema["primaryKey"] == ["id"]


def test_an_empty_code_and_one_that_is_not_in_the_list_have_no_label():
    unknown = table_of([("a", "Z", *[None] * 8), ("b", None, *[None] * 8), ("c", "A", *[None] * 8)])
    assert build_release_table(unknown, CONTRACT, LISTS, DEPARTMENTS).column("kind_name").to_pylist() == [
        None,
        None,
        "甲",
    ]


def test_a_table_without_rows_keeps_its_columns():
    assert build_release_table(table_of().slice(0, 0), CONTRACT, LISTS, DEPARTMENTS).column_names == RELEASED


def test_dropping_the_labels_gives_the_public_columns_back():
    schema = build_release_schema(CONTRACT, LISTS)
    released = build_release_table(table_of(), CONTRACT, LISTS, DEPARTMENTS)
    # NaN is not equal to itself, so the spelled rows are compared.
    assert str(drop_derived(released, schema).to_pylist()) == str(
        table_of().select([field.name for field in CONTRACT.public_fields()]).to_pylist()
    )


def test_a_label_column_has_a_comment_in_both_languages():
    comment = (
        build_release_table(table_of(), CONTRACT, LISTS, DEPARTMENTS)
        .schema.field("kind_name")
        .metadata[b"comment"]
        .decode()
    )
    assert "由平台取自代码表 kind" in comment
    assert "nobody hands it in" in comment
