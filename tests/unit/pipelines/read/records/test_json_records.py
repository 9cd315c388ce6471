"""JSON and GeoJSON as tables of text."""

import json

import pandas as pd
import pytest

from pipelines.read import read_file
from schemas.errors import UnreadableFile
from support.contracts import contract_with
from support.files import text, venues

PLACES = {"coordinates": {"lon": "lon", "lat": "lat"}}


def places():
    fields = [
        "id",
        {"name": "lon", "title": "经度", "type": "number"},
        {"name": "lat", "title": "纬度", "type": "number"},
    ]
    return contract_with(fields, policy=PLACES)


def said(reading):
    return " ".join(decision.zh for decision in reading.decisions)


def feature(properties, geometry):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(folder, *features, **more):
    document = {"type": "FeatureCollection", "features": list(features), **more}
    return text(folder, json.dumps(document, ensure_ascii=False), name="venues.geojson")


def test_a_row_with_rows_that_belong_to_it_is_not_lost_for_them(tmp_path):
    row = '{"编号": "LN-1", "面积": 1, "附属": [{"编号": "LN-2", "面积": 2}]}'
    with pytest.raises(UnreadableFile) as refused:
        read_file(text(tmp_path, row, name="one.json"), venues())
    assert refused.value.kind == "not-a-table"


@pytest.mark.parametrize("form", ["columns", "index", "split", "values"])
def test_a_table_that_pandas_wrote_otherwise_is_told_how_to_write_it(tmp_path, form):
    table = pd.DataFrame({"编号": ["LN-1", "LN-2"], "面积": [1, 2]})
    with pytest.raises(UnreadableFile, match='orient="records"') as refused:
        read_file(text(tmp_path, table.to_json(orient=form), name="one.json"), venues())
    assert refused.value.kind == "not-a-table"


@pytest.mark.parametrize(
    "document", ['{"data": {"message": "denied"}}', '{"a": {"b": 1}, "c": {"d": 1}}', "[1, 2]", "[[], {}]"]
)
def test_what_is_no_table_at_all_is_not_called_one(tmp_path, document):
    with pytest.raises(UnreadableFile, match="不是对象列表") as refused:
        read_file(text(tmp_path, document, name="one.json"), venues())
    assert refused.value.kind == "not-a-table"


def test_rows_in_a_second_list_are_not_lost(tmp_path):
    rows = '[{"编号": "LN-1", "面积": 1}, {"编号": "LN-2", "面积": 2}]'
    two = text(tmp_path, f'{{"data": {rows}, "data2": {rows}, "codes": [{{"code": 1}}]}}', name="two.json")
    with pytest.raises(UnreadableFile, match="“data2”下还有 2 个对象") as refused:
        read_file(two, venues())
    assert refused.value.kind == "many-tables"
    alike = text(tmp_path, f'{{"data.list": {rows}, "data": {{"list": {rows}}}}}', name="alike.json")
    with pytest.raises(UnreadableFile) as refused:
        read_file(alike, venues())
    assert refused.value.kind == "many-tables"
    for data, more in ((rows, f"[null, {rows[1:]}"), (f"[{{}}, {rows[1:]}", f"[{{}}, {rows[1:]}")):
        with pytest.raises(UnreadableFile, match="“more”"):
            read_file(text(tmp_path, f'{{"data": {data}, "more": {more}}}', name="more.json"), venues())
    one = text(tmp_path, f'{{"data": {rows}, "codes": [{{"code": 1}}], "page": {{"size": 20}}}}', name="one.json")
    assert read_file(one, venues()).table.num_rows == 2


def test_an_object_or_a_list_in_a_field_of_one_value_is_a_finding_and_elsewhere_it_is_not(tmp_path):
    rows = [
        {"编号": "LN-1", "名称": ["和平区体育公园", "南湖公园"], "面积": 1, "坐标": {"x": 1}},
        {"编号": "LN-2", "名称": "[和平区]体育公园", "面积": 2},
        {"编号": "LN-3", "名称": {"zh": "体育公园"}, "面积": 3},
    ]
    reading = read_file(text(tmp_path, json.dumps(rows, ensure_ascii=False), name="venues.json"), venues())
    found = [(one.type, one.severity, one.row, one.field, one.value) for one in reading.findings]
    assert found == [
        ("nested-value", "error", 2, "name", '["和平区体育公园", "南湖公园"]'),
        ("nested-value", "error", 4, "name", '{"zh": "体育公园"}'),
    ]


def test_json_in_gbk_is_told_what_it_is(tmp_path):
    path = tmp_path / "venues.json"
    path.write_bytes('[{"编号": "LN-1", "名称": "和平区体育公园"}]'.encode("gbk"))
    with pytest.raises(UnreadableFile, match="可能是 GB18030/GBK；JSON 须为 UTF-8"):
        read_file(path, venues())
    path.write_bytes('[{"编号": "LN-1", "名称": "和平区体育公园'.encode()[:-1])
    with pytest.raises(UnreadableFile, match="末尾的一个字不完整"):
        read_file(path, venues())


@pytest.mark.parametrize("shape", ["{rows}", '{{"data": {rows}}}', "\ufeff{rows}"])
def test_a_list_of_objects_bare_or_under_data_is_a_table(tmp_path, shape):
    rows = '[{"编号": "LN-1", "面积": 7140.50}, {"名称": null, "编号": "LN-2", "面积": 3}]'
    reading = read_file(text(tmp_path, shape.format(rows=rows), name="venues.json"), venues())
    assert reading.table.to_pylist() == [
        {"编号": "LN-1", "面积": "7140.5", "名称": ""},
        {"编号": "LN-2", "面积": "3", "名称": ""},
    ]
    assert (reading.rows.to_pylist(), reading.format) == ([2, 3], "json")


@pytest.mark.parametrize(
    ("envelope", "name"),
    [
        ('{{"RECORDS": {rows}}}', "RECORDS"),
        ('{{"total": 2, "rows": {rows}, "footer": []}}', "rows"),
        ('{{"code": 0, "data": {{"records": {rows}, "total": 2, "orders": []}}}}', "data.records"),
    ],
)
def test_the_only_list_of_objects_of_an_envelope_is_the_table_and_said(tmp_path, envelope, name):
    rows = '[{"编号": "LN-1", "面积": 1}, {"编号": "LN-2", "面积": 2}]'
    reading = read_file(text(tmp_path, envelope.format(rows=rows), name="venues.json"), venues())
    assert reading.table.column("编号").to_pylist() == ["LN-1", "LN-2"]
    assert f"各行取自“{name}”下的列表" in said(reading)
    assert not reading.findings


def test_of_two_lists_of_objects_none_is_guessed(tmp_path):
    two = text(tmp_path, '{"rows": [{"编号": "LN-1"}], "codes": [{"code": 1}]}', name="two.json")
    with pytest.raises(UnreadableFile, match="有 2 个对象列表（“rows”、“codes”）") as refused:
        read_file(two, venues())
    assert refused.value.kind == "many-tables"


def test_rows_beside_data_one_level_deeper_are_not_lost(tmp_path):
    rows = '[{"编号": "LN-1", "面积": 1}]'
    deep = text(tmp_path, f'{{"data": {rows}, "next": {{"rows": {rows}}}}}', name="deep.json")
    with pytest.raises(UnreadableFile, match=r"“next\.rows”下还有 1 个对象"):
        read_file(deep, venues())


def test_one_object_a_line_is_told_what_it_is(tmp_path):
    lines = text(tmp_path, '{"编号": "LN-1"}\n{"编号": "LN-2"}\n', name="venues.jsonl")
    with pytest.raises(
        UnreadableFile, match=r"第一个 JSON 值之后还有内容（第 2 行第 1 个字符）；如是一行一个对象"
    ) as refused:
        read_file(lines, venues())
    assert refused.value.kind == "corrupt"


def test_padding_at_the_end_of_json_is_nothing_and_said(tmp_path):
    path = tmp_path / "venues.json"
    path.write_bytes(b'[{"id": "LN-1"}]\r\n\x1a')
    reading = read_file(path, venues())
    assert (reading.table.num_rows, "填充" in said(reading)) == (1, True)


def test_nested_values_stay_json_text(tmp_path):
    reading = read_file(
        text(tmp_path, '[{"id": "LN-1", "name": {"zh": ["甲", 1, true]}}]', name="venues.json"), venues()
    )
    assert reading.table.to_pylist() == [{"id": "LN-1", "name": '{"zh": ["甲", 1, true]}'}]


def test_json_is_known_by_its_content(tmp_path):
    assert read_file(text(tmp_path, '[{"id": "LN-1"}]', name="venues.txt"), venues()).format == "json"
    assert read_file(text(tmp_path, "[编号],名称\nLN-1,甲\n", name="venues.txt")).format == "csv"


def test_a_point_gives_the_coordinates_that_the_properties_lack(tmp_path):
    point = {"type": "Point", "coordinates": [123.4, 41.8, 50]}
    reading = read_file(collection(tmp_path, feature({"id": "a"}, point), feature({"id": "b"}, None)), places())
    assert reading.table.to_pylist() == [{"id": "a", "lon": "123.4", "lat": "41.8"}, {"id": "b", "lon": "", "lat": ""}]
    assert (reading.rows.to_pylist(), reading.format) == ([2, 3], "geojson")
    assert "1 行没有几何点（第 3 行起）" in said(reading)


def test_a_multipoint_of_one_point_is_a_point_and_other_shapes_are_named(tmp_path):
    """QGIS and ogr2ogr make MultiPoint of a Shapefile of points; without it a whole file lost its places."""
    one = {"type": "MultiPoint", "coordinates": [[123.4, 41.8]]}
    two = {"type": "MultiPoint", "coordinates": [[123.4, 41.8], [123.5, 41.9]]}
    area = {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [5, 6], [1, 2]]]}
    features = (feature({"id": "a"}, one), feature({"id": "b"}, two), feature({"id": "c"}, area))
    reading = read_file(collection(tmp_path, *features), places())
    assert reading.table.column("lon").to_pylist() == ["123.4", "", ""]
    assert reading.table.column("lat").to_pylist() == ["41.8", "", ""]
    assert "2 行没有几何点（第 3 行起，几何为 MultiPoint、Polygon），经纬度按空白处理" in said(reading)
    shapes = read_file(collection(tmp_path, *features[1:]), places())
    assert said(shapes) == "2 行没有几何点（第 2 行起，几何为 MultiPoint、Polygon），经纬度按空白处理"


def test_coordinates_in_the_properties_go_before_the_geometry(tmp_path):
    point = {"type": "Point", "coordinates": [1, 2]}
    reading = read_file(collection(tmp_path, feature({"id": "a", "经度": 123.4, "纬度": 41.8}, point)), places())
    assert reading.table.to_pylist() == [{"id": "a", "经度": "123.4", "纬度": "41.8"}]
    assert "经纬度取自属性" in said(reading)


def test_a_point_stands_in_where_the_properties_hold_nothing(tmp_path):
    point = {"type": "Point", "coordinates": [123.4, 41.8]}
    features = (
        feature({"id": "a", "经度": None, "纬度": None}, point),
        feature({"id": "b", "经度": "", "纬度": float("nan")}, point),
        feature({"id": "c", "经度": 123.5, "纬度": 41.9}, point),
        feature({"id": "d"}, point),
        feature({"id": "e", "经度": None, "纬度": None}, None),
    )
    reading = read_file(collection(tmp_path, *features), places())
    assert reading.table.column("经度").to_pylist() == ["123.4", "123.4", "123.5", "123.4", ""]
    assert reading.table.column("纬度").to_pylist() == ["41.8", "41.8", "41.9", "41.8", ""]
    assert reading.table.column_names == ["id", "经度", "纬度"]
    assert "3 行（第 2 行起）的属性中没有经纬度，取自几何点；其余各行取自属性" in said(reading)
    assert "1 行没有几何点（第 6 行起）" in said(reading)
    assert "经纬度取自几何点" not in said(reading)


def test_where_every_property_is_null_all_points_are_taken(tmp_path):
    point = {"type": "Point", "coordinates": [123.4, 41.8]}
    reading = read_file(collection(tmp_path, feature({"id": "a", "经度": None, "纬度": None}, point)), places())
    assert reading.table.to_pylist() == [{"id": "a", "经度": "123.4", "纬度": "41.8"}]
    assert said(reading) == "经纬度取自几何点"


def test_half_a_place_in_the_properties_stays_as_it_is(tmp_path):
    point = {"type": "Point", "coordinates": [1, 2]}
    reading = read_file(collection(tmp_path, feature({"id": "a", "经度": 123.4, "纬度": None}, point)), places())
    assert reading.table.to_pylist() == [{"id": "a", "经度": "123.4", "纬度": ""}]


def test_geometry_that_no_field_wants_is_left_out_and_said(tmp_path):
    reading = read_file(collection(tmp_path, feature({"id": "LN-1"}, {"type": "Polygon", "coordinates": []})), venues())
    assert reading.table.column_names == ["id"]
    assert "没有读取几何图形" in said(reading)


def test_another_coordinate_system_is_said(tmp_path):
    point = {"type": "Point", "coordinates": [41523456.1, 4623456.2]}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4525"}}
    assert "EPSG::4525" in said(read_file(collection(tmp_path, feature({"id": "a"}, point), crs=crs), places()))
