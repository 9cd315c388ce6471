"""The data files of a release: CSV, Parquet and GeoJSON have the same values, and nothing that is not public."""

import csv
import io

import duckdb
import pyarrow.parquet as pq

from support.contracts import contract_with
from support.frozen_facility import ROWS, folder_of, frozen, paper, table_of


def test_the_csv_has_a_bom_one_spelling_of_every_value_and_quotes_only_where_needed(layout):
    raw = (folder_of(layout, frozen(layout)) / "facility.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.decode("utf-8-sig") == (
        "id,kind,kind_name,kind_name_en,lon,lat,open,day,at,opens,seats,department,department_name,department_name_en,period\n"
        "=1+1,,,,0.0000001,41,,,,,-5,210100,沈阳市体育局,Shenyang,2026\n"
        "F1,A,甲,First,,,false,,,,,210100,沈阳市体育局,Shenyang,2026\n"
        "F2,B,乙,Second,123.5,41.75,true,2026-01-02,2026-01-02T03:04:05,09:00:00,1200,210100,沈阳市体育局,Shenyang,2026\n"
        '"逗,号""引号\n换行 ",A,甲,First,NaN,40,,,,,0,210100,沈阳市体育局,Shenyang,2026\n'
    )


def test_a_cell_like_a_formula_is_data_and_stays(layout):
    text = (folder_of(layout, frozen(layout)) / "facility.csv").read_text(encoding="utf-8-sig")
    assert next(row for row in csv.reader(io.StringIO(text)) if row[0].startswith("="))[0] == "=1+1"


def test_an_empty_text_is_not_a_missing_one_in_parquet_and_both_are_empty_in_csv(layout):
    contract = contract_with(["id", "note"], missing_values=["-"])
    release = frozen(layout, table_of([("a", ""), ("b", None)], contract), contract=contract, codelists={})
    folder = folder_of(layout, release)
    assert pq.read_table(folder / "sample.parquet").column("note").to_pylist() == ["", None]
    lines = (folder / "sample.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",210100,")[0] for line in lines[1:]] == ['a,""', "b,"]


def test_parquet_is_typed_commented_and_readable_by_duckdb(layout):
    path = folder_of(layout, frozen(layout)) / "facility.parquet"
    schema = pq.read_schema(path)
    assert (str(schema.field("day").type), str(schema.field("opens").type)) == ("date32[day]", "time64[us]")
    assert schema.field("seats").metadata[b"comment"].decode() == "seats（标题）：seats 的说明 / seats: the seats"
    with duckdb.connect() as con:
        assert con.execute("select count(*), max(seats) from read_parquet(?)", [str(path)]).fetchall() == [(4, 1200)]


def test_geojson_has_a_feature_for_every_row_and_null_where_there_is_no_place(layout):
    told = paper(folder_of(layout, frozen(layout)), "facility.geojson")
    by_id = {feature["id"]: feature for feature in told["features"]}
    assert by_id["F2"]["geometry"] == {"type": "Point", "coordinates": [123.5, 41.75]}
    assert by_id["F2"]["properties"] == {
        "id": "F2", "kind": "B", "kind_name": "乙", "kind_name_en": "Second", "open": True, "day": "2026-01-02", "at": "2026-01-02T03:04:05", "opens": "09:00:00", "seats": 1200,
        "department": "210100", "department_name": "沈阳市体育局", "department_name_en": "Shenyang", "period": "2026",
    }  # fmt: skip
    assert [by_id[row[0]]["geometry"] for row in (ROWS[1], ROWS[3])] == [None, None]
    assert (told["datum"], "WGS84" in told["note"]["zh"]) == ("CGCS2000", True)


def test_protected_coordinates_make_no_geojson(layout):
    contract = contract_with(
        ["id", "lon:number", "lat:number"],
        policy={"coordinates": {"lon": "lon", "lat": "lat"}, "disclosure": {"protected": ["lat"]}},
    )
    release = frozen(layout, table_of([("a", 1.0, 2.0)], contract), contract=contract, codelists={})
    assert not list(folder_of(layout, release).glob("*.geojson"))
