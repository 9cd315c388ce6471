"""The negative list is read strictly: every entry has its circumstance, basis and dates, and touches something definite."""

from datetime import date

import pytest

from schemas.contract import read_contracts
from schemas.disclosure import title_key
from schemas.errors import ContractError
from schemas.negative_list import COLUMNS, read_negative_list, select_entries

GOOD = {
    "id": "one", "zh": "甲", "en": "A", "circumstance_zh": "情形", "circumstance_en": "case", "basis": "条例 第十四条", "dataset": "d", "fields": "", "match": "",
    "words": "", "valid_from": "2020-01-01", "valid_to": "",
}  # fmt: skip


HEADER = ",".join(COLUMNS)


def written(tmp_path, *changes, header=HEADER):
    path = tmp_path / "negative_list.csv"
    lines = [",".join((GOOD | change)[name] for name in COLUMNS) for change in changes]
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return path


def test_our_own_list_is_readable_and_has_every_ground_of_the_regulation():
    entries = read_negative_list()
    assert len(entries) >= 10
    basis = " ".join(one.basis for one in entries)
    assert all(f"第十{number}条" in basis for number in "四五六")


def test_our_own_list_touches_no_field_and_no_dataset_of_ours():
    for contract in read_contracts().values():
        titles = {title_key(name) for f in contract.fields for name in (f.name, f.title, f.policy.title_en)}
        for entry in select_entries(read_negative_list(), contract.name, None):
            assert entry.words or entry.fields, f"{entry.id} is about {contract.name} as a whole"
            assert entry.words or not titles & {title_key(name) for name in entry.fields}, (entry.id, contract.name)


def test_names_and_words_are_parted_and_dates_are_days(tmp_path):
    change = {"dataset": "", "fields": "标底|base_price", "match": "is", "words": "甲 | 乙", "valid_to": "2024-12-31"}
    [one] = read_negative_list(written(tmp_path, change))
    assert (one.dataset, one.fields, one.words) == (None, ("标底", "base_price"), ("甲", "乙"))
    assert [one.is_in_force(date(2024, 12, day)) for day in (30, 31)] == [True, True]
    assert not one.is_in_force(date(2025, 1, 1))
    assert not one.is_in_force(date(2019, 12, 31))
    assert one.is_in_force(None)


def test_only_entries_of_the_dataset_or_of_any_that_are_in_force_are_selected(tmp_path):
    path = written(tmp_path, {}, {"id": "two", "dataset": "", "fields": "x"}, {"id": "three", "valid_to": "2021-01-01"})
    entries = read_negative_list(path)
    assert [one.id for one in select_entries(entries, "d", date(2026, 1, 1))] == ["one", "two"]
    assert [one.id for one in select_entries(entries, "e", None)] == ["two"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([{"dataset": ""}], "touch everything"),
        ([{"words": "甲"}], "need a `match`"),
        ([{"match": "is"}], "need a `match`"),
        ([{"match": "like", "words": "甲"}], "match"),
        ([{"valid_to": "2019-01-01"}], "lies before"),
        ([{"valid_from": ""}], "valid_from"),
        ([{"basis": ""}], "basis"),
        ([{"en": " "}], "both|English"),
        ([{}, {}], "one is there twice"),
        ([{"id": "A B"}], ":2"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, changes, said):
    with pytest.raises(ContractError, match=said):
        read_negative_list(written(tmp_path, *changes))


def test_a_list_with_other_columns_is_refused(tmp_path):
    with pytest.raises(ContractError, match="the header must be"):
        read_negative_list(written(tmp_path, header="id,zh"))
