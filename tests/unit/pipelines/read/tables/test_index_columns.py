"""Row numbers that pandas, R and others write as a column: left out and said; what looks like one and is data stays."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.columns.column_matching import match_columns
from pipelines.read import read_file
from support.contracts import contract_with
from support.files import HEADER, text, venues

ROWS = [(f"LN-{at}", "公园", str(at), "2024-05-01") for at in range(3)]


def frame():
    return pd.DataFrame(ROWS, columns=HEADER.split(","))


def said(reading):
    return " ".join(decision.zh for decision in reading.decisions)


def with_column(tmp_path, label, values):
    lines = [f"{label},{HEADER}", *(f"{value},{','.join(row)}" for value, row in zip(values, ROWS, strict=True))]
    return read_file(text(tmp_path, "\n".join(lines) + "\n"), venues())


def test_the_index_of_a_frame_written_as_csv_is_left_out_and_said(tmp_path):
    frame().to_csv(tmp_path / "venues.csv")
    reading = read_file(tmp_path / "venues.csv", venues())
    assert reading.labels == tuple(HEADER.split(","))
    assert (reading.columns, match_columns(reading.labels, venues()).findings) == ((2, 3, 4, 5), ())
    assert "第 1 列没有表头，是程序写出的行号，未读取" in said(reading)


def test_the_index_of_a_frame_that_was_written_and_read_twice_is_left_out(tmp_path):
    frame().to_csv(tmp_path / "once.csv")
    pd.read_csv(tmp_path / "once.csv").to_csv(tmp_path / "venues.csv")
    reading = read_file(tmp_path / "venues.csv", venues())
    assert reading.labels == tuple(HEADER.split(","))
    assert "“Unnamed: 0”" in said(reading)


def test_the_index_of_a_frame_written_as_a_workbook_is_left_out(tmp_path):
    frame().to_excel(tmp_path / "venues.xlsx")
    reading = read_file(tmp_path / "venues.xlsx", venues())
    assert (reading.labels, reading.columns) == (tuple(HEADER.split(",")), (2, 3, 4, 5))


def test_the_index_of_a_filtered_frame_is_left_out(tmp_path):
    frame().iloc[[0, 2]].to_csv(tmp_path / "venues.csv")
    assert read_file(tmp_path / "venues.csv", venues()).labels == tuple(HEADER.split(","))
    frame().iloc[[2, 0, 1]].to_parquet(tmp_path / "venues.parquet")
    reading = read_file(tmp_path / "venues.parquet", venues())
    assert (reading.labels, reading.table.num_columns) == (tuple(HEADER.split(",")), 4)
    assert "“__index_level_0__”是程序写出的行号" in said(reading)


@pytest.mark.parametrize("label", ["Unnamed: 0", "index", ""])
def test_a_parquet_file_with_a_column_of_row_numbers_is_read(tmp_path, label):
    columns = {
        label: list(range(3)),
        **{name: list(cells) for name, cells in zip(HEADER.split(","), zip(*ROWS, strict=True), strict=True)},
    }
    pq.write_table(pa.table(columns), tmp_path / "venues.parquet")
    reading = read_file(tmp_path / "venues.parquet", venues())
    assert (reading.labels, reading.columns) == (tuple(HEADER.split(",")), (2, 3, 4, 5))
    assert "未读取" in said(reading)


@pytest.mark.parametrize(
    ("label", "values"), [('""', "123"), ("index", "012"), ("Unnamed: 0", "579"), ("row_number", "123")]
)
def test_row_numbers_of_other_programs_are_left_out(tmp_path, label, values):
    assert with_column(tmp_path, label, values).labels == tuple(HEADER.split(","))


@pytest.mark.parametrize(
    ("label", "values"), [("", "351"), ("", "甲乙丙"), ("index", "135"), ("index", "甲乙丙"), ("", ["1", "", "3"])]
)
def test_what_does_not_count_the_rows_stays(tmp_path, label, values):
    assert len(with_column(tmp_path, label, values).labels) == 5


def test_a_column_without_label_in_the_middle_is_data(tmp_path):
    reading = read_file(text(tmp_path, "编号,,名称\nLN-1,1,甲\nLN-2,2,乙\n"), venues())
    assert [f.type for f in match_columns(reading.labels, venues()).findings] == ["blank-label"]


def test_a_field_called_index_is_read(tmp_path):
    contract = contract_with(["index:integer", "name", "more"])
    reading = read_file(text(tmp_path, "index,name,more\n0,甲,x\n1,乙,y\n"), contract)
    assert reading.labels == ("index", "name", "more")


def test_a_finding_names_the_column_of_the_file_though_one_before_it_was_left_out(tmp_path):
    reading = read_file(text(tmp_path, ",编号,名称,面枳\n0,LN-1,甲,1\n1,LN-2,乙,2\n"), venues())
    (finding,) = match_columns(reading.labels, venues(), reading.columns).findings
    assert "第 4 列" in finding.message.zh


def test_an_empty_column_that_pandas_named_is_dropped(tmp_path):
    reading = read_file(text(tmp_path, f"{HEADER},Unnamed: 4\n{','.join(ROWS[0])},\n"), venues())
    assert reading.labels == tuple(HEADER.split(","))


def test_without_a_contract_every_column_is_read(tmp_path):
    assert read_file(text(tmp_path, "Unnamed: 0,a\n0,x\n")).labels == ("Unnamed: 0", "a")
