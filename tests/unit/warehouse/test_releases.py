"""Releases: frozen, numbered, verifiable, and nothing in them that is not public."""

import csv
import io
import json
import shutil
import subprocess
import sys
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.codelists import Code, CodeList
from schemas.errors import ReleaseError, UsageError
from schemas.text import Text
from support.contracts import contract_with
from warehouse.freezing import content_hash, freeze
from warehouse.layout import Layout
from warehouse.releases import list_releases, read_release, verify_release
from warehouse.types import arrow_schema

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=timezone(timedelta(hours=8)))
KINDS = CodeList(
    name="kind",
    title=Text(zh="类型", en="Kind"),
    source="GB/T 1",
    codes=(Code(code="A", zh="甲", en="First", valid_from=date(2020, 1, 1)), Code(code="B", zh="乙", en="Second")),
)
FIELDS = [
    {"name": "id", "constraints": {"required": True}},
    {"name": "kind", "sportlake": {"codelist": "kind"}},
    "lon:number",
    "lat:number",
    {"name": "open", "type": "boolean", "trueValues": ["是"], "falseValues": ["否"]},
    {"name": "day", "type": "date", "format": "%Y/%m/%d"},
    "at:datetime",
    "opens:time",
    "seats:integer",
    "phone",
]
CONTRACT = contract_with(
    FIELDS,
    name="facility",
    policy={"coordinates": {"lon": "lon", "lat": "lat"}, "disclosure": {"protected": ["phone"], "basis": "个人信息"}},
)
ROWS = [
    ("F2", "B", 123.5, 41.75, True, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4, 5), time(9), 1200, "13800000000"),  # noqa: DTZ001
    ("F1", "A", None, None, False, None, None, None, None, "13900000000"),
    ("=1+1", None, 1e-7, 41.0, None, None, None, None, -5, None),
    ('逗,号"引号\n换行 ', "A", float("nan"), 40.0, None, None, None, None, 0, None),
]
SLICES = [
    {"department": "210200", "period": "2026-Q3", "rows": 2, "submission": "S-2", "sha256": "b" * 64, "received": "2026-10-09"},
    {"department": "210100", "period": "2026-Q2", "rows": 2, "submission": "S-1", "sha256": "a" * 64, "received": "2026-07-03"},
]  # fmt: skip
QUALITY = {"rows_submitted": 6, "rows_held_back": 2, "findings": {"type-error": 2}}


def table_of(rows=ROWS, contract=CONTRACT):
    schema = arrow_schema(contract)
    columns = [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)]
    table = pa.table(columns, schema=schema)
    return table.append_column("department", pa.array(["210100"] * len(rows))).append_column(
        "period", pa.array(["2026"] * len(rows))
    )


@pytest.fixture
def layout(tmp_path):
    return Layout(tmp_path / "数据")


def frozen(layout, table=None, **said):
    arguments = {"now": NOW, "lake_version": 7, "quality": QUALITY, "slices": SLICES, "previous": None, "codelists": {"kind": KINDS}}  # fmt: skip
    contract = said.pop("contract", CONTRACT)
    return freeze(layout, contract, table_of() if table is None else table, **{**arguments, **said})


def folder_of(layout, release):
    return layout.release_folder(release.dataset, release.number)


def paper(folder, name="datapackage.json"):
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_a_release_has_these_files_read_only_and_nothing_beside_it(layout):
    folder = folder_of(layout, frozen(layout))
    assert sorted(path.name for path in folder.iterdir()) == [
        "SHA256SUMS", "codelist_kind.csv", "datapackage.json", "dictionary.csv", "facility.csv", "facility.geojson", "facility.parquet",
        "facility.xlsx", "provenance.json", "quality.json",
    ]  # fmt: skip
    assert {oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {"0o444"}
    assert oct(folder.stat().st_mode & 0o777) == "0o755"
    assert sorted(path.name for path in folder.parent.iterdir()) == [".lock", "2026.11.1"]


def test_protected_fields_and_slices_are_in_no_file_of_it(layout):
    folder = folder_of(layout, frozen(layout))
    for path in folder.iterdir():
        assert b"138000" not in path.read_bytes()
    assert pq.read_schema(folder / "facility.parquet").names == [f.name for f in CONTRACT.public_fields()]
    assert "phone" not in [f["name"] for f in paper(folder)["resources"][0]["schema"]["fields"]]


def test_the_csv_has_a_bom_one_spelling_of_every_value_and_quotes_only_where_needed(layout):
    raw = (folder_of(layout, frozen(layout)) / "facility.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.decode("utf-8-sig") == (
        "id,kind,lon,lat,open,day,at,opens,seats\n"
        "=1+1,,0.0000001,41,,,,,-5\n"
        "F1,A,,,false,,,,\n"
        "F2,B,123.5,41.75,true,2026-01-02,2026-01-02T03:04:05,09:00:00,1200\n"
        '"逗,号""引号\n换行 ",A,NaN,40,,,,,0\n'
    )


def test_a_cell_like_a_formula_is_data_and_stays(layout):
    text = (folder_of(layout, frozen(layout)) / "facility.csv").read_text(encoding="utf-8-sig")
    assert next(row for row in csv.reader(io.StringIO(text)) if row[0].startswith("="))[0] == "=1+1"


def test_an_empty_text_is_not_a_missing_one_in_parquet_and_both_are_empty_in_csv(layout):
    contract = contract_with(["id", "note"], missing_values=["-"])
    release = frozen(layout, table_of([("a", ""), ("b", None)], contract), contract=contract, codelists={})
    folder = folder_of(layout, release)
    assert pq.read_table(folder / "sample.parquet").column("note").to_pylist() == ["", None]
    assert (folder / "sample.csv").read_text(encoding="utf-8-sig") == 'id,note\na,""\nb,\n'


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
        "id": "F2", "kind": "B", "open": True, "day": "2026-01-02", "at": "2026-01-02T03:04:05", "opens": "09:00:00", "seats": 1200,
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


def test_a_protected_key_is_neither_released_nor_named_as_key(layout):
    contract = contract_with(["id", "n:integer"], policy={"disclosure": {"protected": ["id"]}})
    release = frozen(layout, table_of([("b", 1), ("a", 2)], contract), contract=contract, codelists={})
    folder = folder_of(layout, release)
    assert (folder / "sample.csv").read_text(encoding="utf-8-sig") == "n\n1\n2\n"
    assert "primaryKey" not in paper(folder)["resources"][0]["schema"]


def test_the_descriptor_is_the_contracts_with_what_is_really_there(layout):
    release = frozen(layout, synthetic=True)
    told = paper(folder_of(layout, release))
    assert (told["name"], told["title"], told["version"]) == ("facility", "样例", "1.0.0")
    assert told["sportlake"]["owner"] == "lnsports"
    assert told["sportlake"]["release"] == {
        "number": "2026.11.1", "created": NOW.isoformat(), "content_hash": content_hash(table_of(), CONTRACT),
        "contract_version": "1.0.0", "lake_version": 7, "previous": None, "rows": 4, "fields": 9, "data_updated": "2026-10-09",
        "time_range": {"from": "2026-04-01", "to": "2026-09-30"}, "departments": ["210100", "210200"],
        "quality": {**QUALITY, "completeness": 0.5833}, "synthetic": True, "changes": None,
    }  # fmt: skip
    assert [(r["name"], r["path"], r["format"]) for r in told["resources"]] == [
        ("facility", "facility.csv", "csv"),
        ("facility-xlsx", "facility.xlsx", "xlsx"),
        ("facility-parquet", "facility.parquet", "parquet"),
        ("facility-geojson", "facility.geojson", "geojson"),
        ("codelist-kind", "codelist_kind.csv", "csv"),
        ("data-dictionary", "dictionary.csv", "csv"),
    ]
    fields = {field["name"]: field for field in told["resources"][0]["schema"]["fields"]}
    assert "format" not in fields["day"]  # the department's spelling; a release has one of its own
    assert "trueValues" not in fields["open"]
    assert fields["kind"]["sportlake"]["codelist"] == "kind"


def test_provenance_names_every_submission_and_tool(layout):
    told = paper(folder_of(layout, frozen(layout)), "provenance.json")
    assert [(s["submission"], s["sha256"]) for s in told["slices"]] == [("S-1", "a" * 64), ("S-2", "b" * 64)]
    assert (told["lake_version"], told["contract_version"]) == (7, "1.0.0")
    assert told["tools"]["duckdb"] == duckdb.__version__


def test_quality_counts_the_filled_cells_of_every_field(layout):
    told = paper(folder_of(layout, frozen(layout)), "quality.json")
    assert (told["filled"]["id"], told["filled"]["day"], told["rows_held_back"]) == (4, 1, 2)


def test_frictionless_validates_the_whole_folder(layout):
    rows = [row for row in ROWS if row[0] != "=1+1"]
    first = frozen(layout, table_of(rows[1:]))
    folder = folder_of(layout, frozen(layout, table_of(rows), previous=first.number))
    command = [Path(sys.executable).with_name("frictionless"), "validate", "datapackage.json", "--json"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    report = json.loads(ran.stdout)
    assert (ran.returncode, report["valid"], report["errors"]) == (0, True, [])
    tables = {task["name"]: task["stats"].get("rows") for task in report["tasks"] if task["type"] == "table"}
    assert tables == {"facility": 3, "codelist-kind": 2, "data-dictionary": 9, "facility-changes": 1}


def test_the_dictionary_has_a_row_for_every_released_field_and_no_other(layout):
    text = (folder_of(layout, frozen(layout)) / "dictionary.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["name"] for row in rows] == [field.name for field in CONTRACT.public_fields()]
    assert (rows[0]["label_zh"], rows[0]["label_en"], rows[0]["required"], rows[0]["constraints"]) == ("id（标题）", "id", "true", "")  # fmt: skip
    assert (rows[1]["codelist"], rows[3]["type"], rows[3]["required"]) == ("kind", "number", "false")


def test_the_workbook_has_the_titles_above_the_rows_and_the_dictionary_behind_them(layout):
    book = openpyxl.load_workbook(folder_of(layout, frozen(layout, synthetic=True)) / "facility.xlsx")
    assert book.sheetnames == ["示例数据（虚构）", "说明"]
    data, words = book.worksheets
    assert [cell.value for cell in data[1]] == [field.title for field in CONTRACT.public_fields()]
    assert [cell.value for cell in data["A"]][1:] == ["=1+1", "F1", "F2", '逗,号"引号\n换行 ']
    assert {cell.data_type for cell in data["A"]} == {"s"}
    assert [cell.value for cell in words["A"]][:3] == ["字段名", "id", "kind"]


def test_too_many_rows_for_a_workbook_make_a_release_without_one(layout, monkeypatch):
    monkeypatch.setattr("warehouse.workbook.MOST_ROWS", 3)
    assert not list(folder_of(layout, frozen(layout)).glob("*.xlsx"))


def test_a_release_says_what_it_changed_in_facts_and_row_by_row(layout):
    first = frozen(layout, table_of([ROWS[0], ROWS[1]]))
    changed = (*ROWS[1][:1], "B", *ROWS[1][2:])
    folder = folder_of(layout, frozen(layout, table_of([changed, ROWS[2]]), previous=first.number))
    assert (folder / "facility_changes.csv").read_text(encoding="utf-8-sig") == (
        "change,id,field,before,after\nadded,=1+1,,,\nchanged,F1,kind,A,B\nremoved,F2,,,\n"
    )
    assert paper(folder)["sportlake"]["release"]["changes"] == {
        "added": 1, "removed": 1, "changed": 1, "columns_added": [], "columns_removed": [],
    }  # fmt: skip
    assert paper(folder)["resources"][-1]["path"] == "facility_changes.csv"
    assert verify_release(folder) == []
    alter(folder, "facility_changes.csv", b"")
    alter(folder, "dictionary.csv", b"")
    alter(folder, "facility.xlsx", b"")
    assert [text.en.split()[0] for text in verify_release(folder)] == [
        "dictionary.csv",
        "facility.xlsx",
        "facility_changes.csv",
    ]


def test_a_release_with_other_columns_says_which_and_compares_the_others(layout):
    one, other = contract_with(["id", "old", "both"]), contract_with(["id", "both", "new"])
    first = frozen(layout, table_of([("a", "1", "2")], one), contract=one, codelists={})
    second = frozen(layout, table_of([("a", "2", "3")], other), contract=other, codelists={}, previous=first.number)
    folder = folder_of(layout, second)
    assert paper(folder)["sportlake"]["release"]["changes"] == {
        "added": 0, "removed": 0, "changed": 0, "columns_added": ["new"], "columns_removed": ["old"],
    }  # fmt: skip


def test_without_a_public_key_a_release_says_nothing_of_changes(layout):
    contract = contract_with(["id", "n:integer"], policy={"disclosure": {"protected": ["id"]}})
    first = frozen(layout, table_of([("b", 1)], contract), contract=contract, codelists={})
    second = frozen(layout, table_of([("b", 2)], contract), contract=contract, codelists={}, previous=first.number)
    folder = folder_of(layout, second)
    assert not list(folder.glob("*_changes.csv"))
    assert paper(folder)["sportlake"]["release"]["changes"] is None


@pytest.mark.parametrize("lost", ["datapackage.json", "facility.parquet"])
def test_a_release_before_that_cannot_be_read_stops_the_next_one(layout, lost):
    first = frozen(layout)
    (folder_of(layout, first) / lost).unlink()
    with pytest.raises(ReleaseError, match=r"facility/2026\.11\.1, cannot be read"):
        frozen(layout, previous=first.number)


def test_a_dataset_called_like_the_dictionary_is_refused(layout):
    contract = contract_with(["id"], name="dictionary")
    with pytest.raises(ReleaseError, match="name it otherwise"):
        frozen(layout, table_of([("a",)], contract), contract=contract, codelists={})


def test_sha256sum_accepts_the_folder(layout):
    folder = folder_of(layout, frozen(layout))
    ran = subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, check=False)
    assert ran.returncode == 0
    assert len(ran.stdout.splitlines()) == 9


def test_the_same_inputs_give_the_same_bytes_whatever_the_order_of_the_rows(tmp_path):
    one, other = Layout(tmp_path / "one"), Layout(tmp_path / "other")
    folders = [folder_of(one, frozen(one)), folder_of(other, frozen(other, table_of(ROWS[::-1])))]
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert first == second


def test_another_moment_changes_only_the_papers_that_say_when(tmp_path):
    one, other = Layout(tmp_path / "one"), Layout(tmp_path / "other")
    folders = [folder_of(one, frozen(one)), folder_of(other, frozen(other, now=NOW + timedelta(hours=1)))]
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert {name for name in first if first[name] != second[name]} == {"SHA256SUMS", "datapackage.json", "provenance.json"}  # fmt: skip


def test_the_content_hash_follows_rows_and_public_schema_only():
    table = table_of()
    phoned = table.set_column(9, "phone", pa.array(["x"] * 4))
    assert content_hash(phoned, CONTRACT) == content_hash(table, CONTRACT)
    assert content_hash(table.take([3, 1, 0, 2]), CONTRACT) == content_hash(table, CONTRACT)
    assert content_hash(table.slice(1), CONTRACT) != content_hash(table, CONTRACT)
    retitled = contract_with([{"name": "id", "title": "新标题"}, *FIELDS[1:]], name="facility", policy=dict(CONTRACT.descriptor["sportlake"]))  # fmt: skip
    assert content_hash(table, retitled) != content_hash(table, CONTRACT)


def test_numbers_count_within_the_month_and_releases_come_oldest_first(layout):
    previous = None
    for moment in (*[NOW] * 11, NOW + timedelta(days=7)):
        previous = frozen(layout, now=moment, previous=previous).number
    numbers = [release.number for release in list_releases(layout, "facility")]
    assert numbers == [*(f"2026.11.{n}" for n in range(1, 12)), "2026.12.1"]
    assert [release.previous for release in list_releases(layout, "facility")] == [None, *numbers[:-1]]


def test_a_release_on_anything_but_the_newest_is_refused(layout):
    frozen(layout)
    with pytest.raises(ReleaseError, match="newest release"):
        frozen(layout, previous=None)


def test_nothing_to_release_is_refused(layout):
    with pytest.raises(ReleaseError, match="nothing of facility"):
        frozen(layout, slices=[])


def test_a_freeze_that_breaks_leaves_no_release_and_the_next_one_cleans_up(layout, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("warehouse.distributions.write_parquet", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            frozen(layout)
    assert list_releases(layout, "facility") == []
    assert list((layout.releases / "facility").glob(".freezing-*"))
    assert frozen(layout).number == "2026.11.1"
    assert not list((layout.releases / "facility").glob(".freezing-*"))


def test_a_dataset_without_releases_has_none_and_a_bad_name_is_refused(layout):
    assert list_releases(layout, "facility") == []
    with pytest.raises(UsageError):
        list_releases(layout, "../etc")


def test_a_release_that_cannot_be_read_says_so(layout):
    release = frozen(layout)
    folder = folder_of(layout, release)
    assert read_release(folder) == release
    (folder / "datapackage.json").unlink()
    with pytest.raises(ReleaseError, match=r"2026\.11\.1"):
        read_release(folder)
    assert "datapackage.json" in verify_release(folder)[0].en


def alter(folder, name, content):
    (folder / name).chmod(0o644)
    (folder / name).write_bytes(content)


def test_verify_finds_what_was_changed_removed_added_or_renamed(layout):
    folder = folder_of(layout, frozen(layout))
    assert verify_release(folder) == []
    copy = shutil.copytree(folder, folder.with_name("2026.11.2"))
    assert [text.en for text in verify_release(copy)] == ["the descriptor speaks of facility 2026.11.1"]
    alter(folder, "facility.csv", (folder / "facility.csv").read_bytes().replace(b"1200", b"1300"))
    (folder / "facility.geojson").unlink()
    (folder / "extra.txt").write_text("x", encoding="utf-8")
    assert [text.en for text in verify_release(folder)] == [
        "facility.geojson is missing",
        "extra.txt was not part of the release",
        "facility.csv was changed",
    ]


@pytest.mark.parametrize("forge", ["rows", "rubbish"])
def test_verify_finds_other_rows_even_when_every_sum_was_rewritten(layout, forge):
    import hashlib

    folder = folder_of(layout, frozen(layout))
    before = folder / "facility.parquet"
    other = io.BytesIO()
    pq.write_table(pq.read_table(before).slice(1), other)
    forged = other.getvalue() if forge == "rows" else b"PAR1"
    sums = {name: (folder / name).read_bytes() for name in ("datapackage.json", "SHA256SUMS")}
    old, new = (hashlib.sha256(content).hexdigest().encode() for content in (before.read_bytes(), forged))
    alter(folder, "facility.parquet", forged)
    described = sums["datapackage.json"].replace(old, new)
    olds, news = (hashlib.sha256(content).hexdigest().encode() for content in (sums["datapackage.json"], described))
    alter(folder, "datapackage.json", described)
    alter(folder, "SHA256SUMS", sums["SHA256SUMS"].replace(old, new).replace(olds, news))
    assert [text.en for text in verify_release(folder)] == ["the rows are not those of the content hash"]


@pytest.mark.parametrize("path", ["../../secret", "/etc/passwd"])
def test_verify_follows_no_path_out_of_the_folder(layout, path):
    folder = folder_of(layout, frozen(layout))
    told = paper(folder)
    told["resources"][0]["path"] = path
    alter(folder, "datapackage.json", json.dumps(told).encode())
    assert f"{path} is not what datapackage.json says" in [text.en for text in verify_release(folder)]
