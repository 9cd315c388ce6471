"""Rows of a file that is not judged yet: as they would be judged, and None where there is no table."""

import datetime as dt
import io

import openpyxl
import pyarrow as pa
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from pipelines.submissions.checks.cell_conformance import check_cells
from pipelines.submissions.checks.typed_rows import read_typed_rows
from pipelines.submissions.inbox.hand_ins import receive_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from quality.brief_findings import BriefFindings
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with

CONTRACT = contract_with(["id", "size:number"])


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, CONTRACT)


def read(workspace, name, content, contract=CONTRACT):
    put(workspace, "210100", name, content)
    return read_typed_rows(workspace, receive_arrival(workspace, list_arrivals(workspace)[0], NOW), contract)


def test_rows_have_the_types_of_the_lake_and_wrong_cells_are_null(workspace):
    assert read(workspace, "sample_2026.csv", 'id,size\n1,"1,200"\n2,x\n').to_pylist() == [
        {"id": "1", "size": 1200.0},
        {"id": "2", "size": None},
    ]


def test_a_file_that_is_no_table_has_none(workspace):
    assert read(workspace, "sample_2026.xlsx", b"not a workbook") is None


@pytest.mark.parametrize(
    ("epoch", "day"), [(CALENDAR_WINDOWS_1900, dt.date(2020, 4, 30)), (CALENDAR_MAC_1904, dt.date(2024, 5, 1))]
)
def test_the_number_of_a_day_counts_from_where_its_workbook_says(tmp_path, epoch, day):
    workspace, content = workspace_with(tmp_path, contract := contract_with(["id", "day:date"])), io.BytesIO()
    book = openpyxl.Workbook()
    book.epoch = epoch
    for row in (["id", "day"], ["1", 43951]):
        book.active.append(row)
    book.save(content)
    assert read(workspace, "sample_2026.xlsx", content.getvalue(), contract).to_pylist() == [{"id": "1", "day": day}]


def test_texts_are_those_that_were_checked_and_lie_nowhere_else():
    texts = pa.table({"id": ["1", "", "3"], "size": ["1.5", "x", ""]})
    rows = pa.array([2, 3, 4])
    typed, _ = check_cells(texts, rows, CONTRACT, BriefFindings(), BriefFindings(), frozenset())
    assert typed.to_pylist() == [{"id": "1", "size": 1.5}, {"id": None, "size": None}, {"id": "3", "size": None}]
    assert typed.column("id").chunk(0).buffers()[2].address == texts.column("id").chunk(0).buffers()[2].address
