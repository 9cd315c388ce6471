"""What stops a candidate from becoming a release."""

from copy import deepcopy

import pyarrow as pa
import pytest

from quality.gate import find_objections
from schemas.policy import Disclosure
from support.contracts import POLICY, contract_with

CARD = "11010519491231002X"


def catalogue(**changes):
    return {"catalogue": {**deepcopy(POLICY["catalogue"]), **changes}}


def table(**columns):
    rows = len(next(iter(columns.values())))
    return pa.table({**columns, "department": ["sports-sy"] * rows, "period": ["2026"] * rows})


def types(contract, candidate, held_back=0, submitted=10):
    return [finding.type for finding in find_objections(contract, candidate, held_back=held_back, submitted=submitted)]


def test_a_sound_candidate_meets_no_objection():
    contract = contract_with(["id", "n:integer"])
    assert types(contract, table(id=["a", "b"], n=[1, None])) == []


def test_a_candidate_without_rows_is_stopped():
    contract = contract_with(["id", "n:integer"])
    empty = pa.table({"id": pa.array([], pa.string()), "n": pa.array([], pa.int64())})
    assert types(contract, empty, submitted=0) == ["no-rows"]


def test_a_key_that_two_slices_share_is_stopped_and_named():
    contract = contract_with(["id", "n:integer"], primary_key=["id", "n"])
    [found] = find_objections(contract, table(id=["a", "a", "b", "a"], n=[1, 1, 1, 2]), held_back=0, submitted=4)
    assert (found.type, found.value, found.severity, found.row) == ("duplicate-key", "a / 1", "error", None)
    assert "a / 1" in found.message.zh


def test_a_protected_field_may_not_go_out():
    contract = contract_with(["id", "phone"], policy={"disclosure": {"protected": ["phone"]}})
    [found] = find_objections(contract, table(id=["a"], phone=["1"]), held_back=0, submitted=1)
    assert (found.type, found.field) == ("protected-field", "phone")
    assert types(contract, table(id=["a"])) == []


def test_a_column_of_personal_data_may_not_go_out_whatever_the_contract_says():
    contract = contract_with(["id", {"name": "x", "title": "手机号"}], policy={"disclosure": {"protected": ["x"]}})
    opened = contract.model_copy(update={"policy": contract.policy.model_copy(update={"disclosure": Disclosure()})})
    [found] = find_objections(opened, table(id=["a"], x=["b"]), held_back=0, submitted=1)
    assert (found.type, found.field) == ("denied-column", "x")


def test_a_column_that_no_contract_knows_may_not_go_out():
    assert types(contract_with(["id"]), table(id=["a"], note=["x"])) == ["unknown-field"]


def test_the_key_goes_out_with_its_rows():
    assert types(contract_with(["id", "n:integer"]), table(n=[1])) == ["key-missing"]


@pytest.mark.parametrize("text", [CARD, f"负责人身份证：{CARD}。", "１１０１０５１９４９１２３１００２Ｘ"])
def test_an_identity_card_number_in_any_outgoing_text_is_stopped_and_masked(text):
    contract = contract_with(["id", "note", "n:integer"])
    [found] = find_objections(contract, table(id=["a", "b"], note=["无", text], n=[1, 2]), held_back=0, submitted=2)
    assert (found.type, found.judge, found.row, found.field) == ("no-identity-card", "row", 3, "note")
    assert "19491231" not in found.value


def test_a_number_with_a_wrong_check_digit_is_a_remark_that_stops_nothing():
    note = table(id=["a"], note=["110105194912310021"])
    [found] = find_objections(contract_with(["id", "note"]), note, held_back=0, submitted=1)
    assert (found.type, found.severity) == ("like-identity-card", "warning")


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("手机13800138000", "no-mobile-number"),
        ("a@qq.com", "no-private-email"),
        ("卡号 6222021234567890128", "no-bank-card"),
    ],
)
def test_a_candidate_with_personal_data_is_stopped_whatever_the_intake_found(text, type_):
    contract = contract_with(["id", "note"])
    [found] = find_objections(contract, table(id=["a", "b"], note=[None, text]), held_back=0, submitted=2)
    assert (found.type, found.severity, found.row, found.field) == (type_, "error", 3, "note")
    assert text not in found.model_dump_json()


def test_the_scan_runs_no_other_rule_and_needs_no_code_list():
    contract = contract_with(
        ["id", {"name": "kind", "sportlake": {"codelist": "nowhere"}}, "code", "n:integer"],
        [{"kind": "compare", "left": "n", "op": ">", "value": 5}, {"kind": "credit_code", "field": "code"}],
    )
    assert types(contract, table(id=["a"], kind=["x"], code=["no code"], n=[1])) == []


@pytest.mark.parametrize(("held_back", "found"), [(2, []), (3, ["too-many-held-back"])])
def test_too_many_rows_held_back_stop_the_rest(held_back, found):
    contract = contract_with(["id"], policy={"quarantine": {"share": 0.2}})
    assert types(contract, table(id=["a"]), held_back=held_back, submitted=10) == found


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"open_type": "closed"}, ["not-open"]),
        ({"open_type": "conditional"}, []),
        ({"data_class": "important"}, ["restricted-class"]),
        ({"data_class": "core"}, ["restricted-class"]),
        ({"provider": {**POLICY["catalogue"]["provider"], "phone": " "}}, ["no-contact"]),
        ({"provider": {**POLICY["catalogue"]["provider"], "phone": "", "email": "tyj@ln.gov.cn"}}, []),
    ],
)
def test_what_the_contract_says_of_itself_can_stop_it(changes, found):
    assert types(contract_with(["id"], policy=catalogue(**changes)), table(id=["a"])) == found


def test_every_objection_is_an_error_in_both_languages():
    contract = contract_with(["id"], policy=catalogue(open_type="closed", data_class="core"))
    found = find_objections(contract, pa.table({"id": pa.array([], pa.string())}), held_back=5, submitted=5)
    assert [f.type for f in found] == ["no-rows", "too-many-held-back", "not-open", "restricted-class"]
    assert all(f.severity == "error" and f.message.zh and f.message.en for f in found)
