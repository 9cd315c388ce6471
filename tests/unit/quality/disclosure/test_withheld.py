"""The gate sees for itself that what a contract withholds is gone."""

import pyarrow as pa

from quality.disclosure.withheld import find_unwithheld
from quality.gate import find_objections
from schemas.policy import Disclosure
from support.contracts import contract_with

CONTRACT = contract_with(
    ["id", "who", "n:integer"], policy={"disclosure": {"masked": [{"field": "who"}], "small_cells": [{"field": "n"}]}}
)


def types(**columns):
    return [(f.type, f.field, f.severity) for f in find_unwithheld(pa.table(columns), CONTRACT)]


def test_what_was_withheld_passes():
    assert types(id=["a", "b"], who=["张**", None], n=[None, 3]) == []
    assert types(id=["a"]) == []


def test_a_whole_text_and_a_small_count_are_stopped():
    assert types(id=["a"], who=["张三"], n=[5]) == [("unmasked-text", "who", "error")]
    assert types(id=["a", "b"], who=["", None], n=[2, 0]) == [("small-cell", "n", "error")]


def test_what_identifies_a_minor_is_stopped_whatever_the_contract_says():
    fields = [
        "id",
        {"name": "who", "title": "姓名"},
        {"name": "school", "title": "学校"},
        {"name": "born", "title": "出生日期"},
    ]
    contract = contract_with(fields, policy={"disclosure": {"protected": ["born"]}})
    opened = contract.model_copy(update={"policy": contract.policy.model_copy(update={"disclosure": Disclosure()})})
    columns = {"id": ["a"], "who": ["张三"], "school": ["某校"], "born": ["2012"]}
    [found] = find_objections(opened, pa.table(columns), held_back=0, submitted=1)
    assert (found.type, found.severity) == ("minor-identified", "error")
    assert "姓名、学校、出生日期" in found.message.zh
    del columns["school"]
    assert find_objections(opened, pa.table(columns), held_back=0, submitted=1) == []
