"""Rules that look elsewhere: code lists as of a day, accepted rows of other datasets."""

from datetime import date, datetime

import pyarrow as pa
import pytest

from schemas.codelists import Code, CodeList
from schemas.errors import ContractError
from schemas.text import Text
from support.contracts import contract_with
from support.judged import context_with, findings_of, judged, places

CODES = [
    Code(code="1", zh="一", en="one"),
    Code(code="old", zh="旧", en="old", valid_to=date(2020, 6, 30)),
    Code(code="new", zh="新", en="new", valid_from=date(2020, 7, 1)),
    Code(code="back", zh="停", en="first", valid_to=date(2000, 12, 31)),
    Code(code="back", zh="复", en="again", valid_from=date(2020, 1, 1)),
    Code(code="x' OR '1'='1", zh="引号", en="quotes", valid_to=date(1999, 1, 1)),
]
LISTS = {"kinds": CodeList(name="kinds", title=Text(zh="种类", en="kinds"), source="test", codes=tuple(CODES))}
RULE = {"kind": "in_codelist", "field": "code", "codelist": "kinds"}


def unknown(rows, fields=("id", "code"), period="2026", **rule):
    return [f.value for f in findings_of(fields, RULE | rule, rows, context_with(period=period, codelists=LISTS))]


def on(days, codes, kind="date"):
    rows = [{"code": code, "day": day} for day in days for code in codes]
    return unknown(rows, ("id", "code", f"day:{kind}"), as_of="day")


def test_a_code_is_one_of_the_list_exactly():
    tried = ["1", "2", "１", " 1", "x' OR '1'='1", None, ""]
    assert unknown([{"code": code} for code in tried]) == ["2", "１", " 1", "x' OR '1'='1"]


@pytest.mark.parametrize(("period", "wrong"), [("2026", ["old"]), ("2020-Q2", ["new"]), ("2010", ["new", "back"])])
def test_without_a_day_a_code_must_be_valid_at_the_end_of_the_period(period, wrong):
    assert unknown([{"code": code} for code in ("1", "old", "new", "back")], period=period) == wrong


def test_validity_includes_its_first_and_last_day():
    assert on([date(2020, 6, 30)], ["old", "new"]) == ["new"]
    assert on([date(2020, 7, 1)], ["old", "new"]) == ["old"]


def test_an_empty_day_is_the_last_one_of_the_period():
    assert on([None], ["old", "new"]) == ["old"]


def test_a_year_stands_for_its_last_day():
    assert on([2019, 2020, None], ["old", "new"], "year") == ["new", "old", "old"]
    assert on([0, -5, 99999999], ["old", "new"], "integer") == ["new", "new", "old"]


def test_a_moment_stands_for_its_day():
    assert on([datetime.fromisoformat("2020-06-30 23:59:59")], ["old", "new"], "datetime") == ["new"]


def test_a_code_may_come_back():
    assert on([date(2000, 12, 31), date(2010, 1, 1), date(2020, 1, 1)], ["back"]) == ["back"]


def test_a_code_list_of_the_field_is_judged_as_of_its_day():
    field = {"name": "code", "sportlake": {"codelist": "kinds", "as_of": "day"}}
    contract = contract_with(["id", field, "day:date"])
    rows = [{"code": "old", "day": date(2021, 1, 1)}, {"code": "old", "day": date(2019, 1, 1)}]
    found = judged(contract, rows, context_with(codelists=LISTS))
    assert [(f.row, f.type, f.value) for f in found] == [(2, "code-in-kinds", "old")]


def test_a_code_list_that_is_not_there_is_no_finding_but_an_error():
    with pytest.raises(ContractError, match=r"no code list kinds; there are: others"):
        findings_of(["id", "code"], RULE, [{"code": "1"}], context_with(codelists={"others": LISTS["kinds"]}))


def test_an_empty_code_list_knows_no_code():
    empty = {"kinds": LISTS["kinds"].model_copy(update={"codes": ()})}
    assert len(findings_of(["id", "code"], RULE, [{"code": "1"}], context_with(codelists=empty))) == 1


def test_the_day_of_a_code_is_a_date_or_a_year():
    with pytest.raises(ContractError, match="cannot judge field day of type string"):
        unknown([{"code": "1"}], ("id", "code", "day"), as_of="day")


PAIR = {"kind": "in_dataset", "fields": ["site", "no"], "dataset": "sites", "reference": ["code", "number"]}
PAIRED = ["id", "site", "no:integer"]
SITES = pa.table({"number": pa.array([1, 2, 3], pa.int64()), "code": ["a", "b", None], "period": ["2026"] * 3})


def dangling(rows, datasets, of=PAIRED, **rule):
    return findings_of(of, PAIR | rule, rows, context_with(datasets=datasets))


def test_values_must_occur_together():
    rows = [{"site": "a", "no": 1}, {"site": "a", "no": 2}, {"site": "b"}, {"no": 1}, {"site": "c", "no": 3}]
    found = dangling(rows, {"sites": SITES})
    assert [(f.row, f.field, f.value) for f in found] == [(3, "site", "a / 2"), (6, "site", "c / 3")]


def test_with_nothing_accepted_yet_every_reference_dangles():
    assert places(dangling([{"site": "a", "no": 1}, {"site": "a"}], {})) == [(2, "site")]


def test_values_meet_whatever_type_each_side_has():
    numbers = pa.table({"code": ["1", "x"], "number": ["1", "2"]})
    fields = ["id", "site:integer", "no:number"]
    rows = [{"site": 1, "no": 1.0}, {"site": 1, "no": 1.5}]
    assert places(dangling(rows, {"sites": numbers}, fields)) == [(3, "site")]


def test_a_field_that_the_other_dataset_lacks_is_the_contracts_fault():
    with pytest.raises(ContractError, match=r"no field number of sites; there are: code"):
        dangling([{"site": "a", "no": 1}], {"sites": SITES.select(["code"])})


def test_a_row_may_refer_to_another_of_the_same_file_or_to_one_accepted_before():
    rule = {"fields": ["parent"], "dataset": "sample", "reference": ["id"]}
    rows = [{"id": "1", "parent": "2"}, {"id": "2"}, {"id": "3", "parent": "9"}, {"id": "4", "parent": "8"}]
    accepted = {"sample": pa.table({"id": ["8"], "parent": pa.array([None], pa.string())})}
    assert places(dangling(rows, accepted, ["id", "parent"], **rule)) == [(4, "parent")]


def test_a_row_does_not_step_back_behind_the_accepted_one():
    stages = [["planned"], ["moved", "put_off"], ["held", "cancelled"]]
    rule = {"kind": "no_step_back", "key": ["id", "n"], "field": "s", "stages": stages}
    there = [(1, "planned"), (2, "moved"), (3, "held"), (4, "held"), (5, "unheard"), (6, "moved"), (7, "held")]
    accepted = pa.table({"id": ["a"] * 7, "n": [n for n, _ in there], "s": [s for _, s in there]})
    now = [
        (1, "planned"),
        (2, "put_off"),
        (3, "planned"),
        (4, "moved"),
        (5, "planned"),
        (6, "held"),
        (7, None),
        (8, "planned"),
    ]
    rows = [{"id": "a", "n": n, "s": s} for n, s in now]
    fields = ["id", "n:integer", "s"]
    found = findings_of(fields, rule, rows, context_with(datasets={"sample": accepted}))
    assert [(one.row, one.field, one.value) for one in found] == [(4, "s", "planned"), (5, "s", "moved")]
    assert findings_of(fields, rule, rows) == []
