"""One table in a ZIP archive, and tables in Parquet."""

import datetime as dt
import decimal
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.read import read_file
from support.files import HEADER, ROW, text, venues, workbook

TITLES = HEADER.split(",")


def said(reading):
    return " ".join(decision.zh for decision in reading.decisions)


def packed(folder, *files, litter=()):
    path = folder / "venues.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, f"报送/{file.name}")
        for name in litter:
            archive.writestr(name, "x")
    return path


def test_the_one_table_of_an_archive_is_read_and_named(tmp_path):
    file = text(tmp_path, f"{HEADER}\n{ROW}\n", "gbk")
    reading = read_file(packed(tmp_path, file, litter=["__MACOSX/._a", ".DS_Store"]), venues())
    assert reading.table.equals(read_file(file, venues()).table)
    assert (reading.format, reading.encoding) == ("csv.zip", "gb18030")
    assert "读取压缩包中的“报送/venues.csv”" in said(reading)


def test_a_workbook_in_an_archive_is_no_archive_in_an_archive(tmp_path):
    file = workbook(tmp_path, {"数据": [TITLES, ROW.split(",")]})
    assert read_file(packed(tmp_path, file), venues()).format == "xlsx.zip"


def test_nothing_is_left_of_what_was_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "aside"))
    (tmp_path / "aside").mkdir()
    read_file(packed(tmp_path, text(tmp_path, f"{HEADER}\n{ROW}\n")), venues())
    assert list((tmp_path / "aside").iterdir()) == []


def test_parquet_is_the_text_that_a_person_would_have_typed(tmp_path):
    columns = {
        "编号": pa.array(["LN-1", None]).dictionary_encode(),
        "名称": [True, None],
        "面积": [7140.0, 0.1],
        "建成日期": [dt.date(2024, 5, 1), None],
        "十进": [decimal.Decimal("5.00"), None],
        "时刻": pa.array([dt.datetime.fromisoformat("2024-05-01T08:30:00"), None], pa.timestamp("us")),
        "整数": [5, None],
        "空": pa.nulls(2),
    }
    pq.write_table(pa.table(columns), tmp_path / "venues.parquet")
    reading = read_file(tmp_path / "venues.parquet", venues())
    assert list(reading.table.to_pylist()[0].values()) == [
        "LN-1",
        "true",
        "7140",
        "2024-05-01",
        "5.00",
        "2024-05-01T08:30:00",
        "5",
        "",
    ]
    assert list(reading.table.to_pylist()[1].values()) == ["", "", "0.1", "", "", "", "", ""]
    assert (reading.rows.to_pylist(), reading.format, reading.labels) == ([2, 3], "parquet", tuple(columns))
