"""A dataset, a column or a row that is on the negative list is named with the entry, its circumstance and its basis."""

from datetime import date

import pyarrow as pa
import pytest

from quality.disclosure.negative_list import MOST_ROWS, find_negative_entries
from quality.gate import find_objections
from schemas.negative_list import NegativeEntry, read_negative_list
from support.contracts import contract_with

CONTRACT = contract_with(["id", {"name": "price", "title": "标底（元）"}, "note", "n:integer"])


def entry(**parts):
    about = {"zh": "甲类", "en": "kind A"}, {"zh": "某种情形", "en": "some case"}
    return NegativeEntry(
        id="x", name=about[0], circumstance=about[1], basis="条例 第十四条", valid_from="2020-01-01", **parts
    )


def found_in(entries, on=None, **columns):
    table = pa.table(columns or {"id": ["a", "b"], "price": ["1", "2"], "note": ["好", None], "n": [1, 2]})
    rows = pa.array(range(2, table.num_rows + 2), pa.int64())
    return find_negative_entries(table, rows, CONTRACT, entries, on)


def test_a_dataset_on_the_list_is_touched_as_a_whole_and_the_finding_names_the_entry():
    [found] = found_in([entry(dataset="sample")])
    assert (found.type, found.severity, found.row, found.field) == ("negative-list", "error", None, None)
    assert all(part in found.message.zh for part in ("甲类", "某种情形", "条例 第十四条"))
    assert all(part in found.message.en for part in ("kind A", "some case", "条例 第十四条"))
    assert found_in([entry(dataset="other")]) == []


@pytest.mark.parametrize("name", ["标底", "price", "PRICE", "标 底（元）"])
def test_a_column_is_known_by_its_name_and_its_titles(name):
    [found] = found_in([entry(fields=("other", name))])
    assert (found.row, found.field) == (None, "price")


def test_a_column_that_does_not_go_out_touches_nothing():
    assert found_in([entry(fields=("标底",))], id=["a"]) == []


@pytest.mark.parametrize("text", ["本场位于军事禁区内", "军事\u200b禁区", "军事禁区", "军事禁区（东）"])
def test_a_row_with_one_of_the_words_is_touched_however_it_is_written(text):
    [found] = found_in([entry(match="contains", words=("军事禁区", "军事管理区"))], id=["a", "b"], note=["好", text])
    assert (found.judge, found.row, found.field) == ("row", 3, "note")


def test_words_may_be_the_whole_cell_and_in_named_fields_only():
    columns = {"id": ["甲", "甲乙"], "note": ["乙", "甲"]}
    assert [(f.row, f.field) for f in found_in([entry(match="is", words=("甲",))], **columns)] == [
        (2, "id"),
        (3, "note"),
    ]
    assert [(f.row, f.field) for f in found_in([entry(match="is", words=("甲",), fields=("note",))], **columns)] == [
        (3, "note")
    ]


def test_of_many_rows_some_are_named_and_all_are_counted():
    found = found_in([entry(match="contains", words=("甲",))], id=["甲"] * 50)
    assert len(found) == MOST_ROWS
    assert "共 50 行" in found[0].message.zh


def test_an_entry_counts_only_while_it_is_in_force():
    late = [entry(dataset="sample", valid_to="2024-12-31")]
    assert found_in(late, on=date(2025, 1, 1)) == []
    assert len(found_in(late, on=date(2024, 12, 31))) == len(found_in(late)) == 1


def test_the_gate_blocks_a_candidate_that_touches_the_list():
    table = pa.table({"id": ["a"], "note": ["机密★5年"], "department": ["x"], "period": ["2026"]})
    objections = find_objections(
        contract_with(["id", "note"]),
        table,
        held_back=0,
        submitted=1,
        negative_list=read_negative_list(),
        on=date(2026, 11, 1),
    )
    assert [(f.type, f.severity, f.row) for f in objections] == [("negative-list", "error", 2)]
    assert "带密级标志的内容" in objections[0].message.zh
