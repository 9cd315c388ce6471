"""How a clerk is told which rows and whose, and when a table is compared at all."""

import numpy as np
import pyarrow as pa
import pytest

from pipelines.submissions.comparisons.compared_rows import ComparedRows, project_contract, project_fields, tells_apart
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.workspaces import workspace_with

CONTRACT = contract_with(["id", "name", "seen:date", "size:number"])
KEY = SliceKey(dataset="sample", department="210200", period="2025")


def compared(tmp_path, numbers):
    rows = pa.array(numbers)
    return ComparedRows(workspace_with(tmp_path, CONTRACT), CONTRACT, KEY, pa.table({"id": rows}), rows)


@pytest.mark.parametrize(
    ("numbers", "zh", "en"),
    [
        ([], "", ""),
        ([2], "第 2 行", "rows 2"),
        ([2, 3, 4, 9], "第 2–4、9 行", "rows 2–4, 9"),
        ([2, 4, 6, 8], "第 2、4、6 行等", "rows 2, 4, 6 and others"),
    ],
)
def test_rows_are_named_as_ranges_the_first_few_of_them(tmp_path, numbers, zh, en):
    rows = compared(tmp_path, range(2, 12))
    said = rows.describe_rows(np.isin(np.arange(2, 12), numbers))
    assert (said.zh, said.en) == (zh, en)


def test_a_slice_is_named_by_office_dataset_period_and_receipt(tmp_path):
    said = compared(tmp_path, [2]).describe_slice(KEY, "RCPT-AAAA-BBBB-CCCC-DDDD")
    assert said.zh == "大连市体育局报送的“样例”2025（回执 RCPT-AAAA-BBBB-CCCC-DDDD）"
    assert said.en == "Sample 2025 of Dalian Sports Bureau (receipt RCPT-AAAA-BBBB-CCCC-DDDD)"


def test_nothing_stood_before_where_nothing_stands(tmp_path):
    assert compared(tmp_path, [2]).find_earlier(KEY) is None


@pytest.mark.parametrize(
    ("distinct", "rows", "told"), [(9, 9, False), (10, 20, True), (10, 21, False), (200, 300, True)]
)
def test_content_tells_rows_apart_if_half_of_them_and_ten_are_distinct(distinct, rows, told):
    assert tells_apart(np.arange(distinct, dtype=np.uint64), rows) is told


def test_days_are_content_that_a_copy_may_change():
    own, shared = project_contract(CONTRACT), project_fields(CONTRACT.fields[1:3])
    assert ([f.name for f in own.key], own.content, own.moments) == (["id"], {"name", "seen", "size"}, {"seen"})
    assert (shared.key, shared.content, shared.moments) == ((), {"name", "seen"}, {"seen"})
