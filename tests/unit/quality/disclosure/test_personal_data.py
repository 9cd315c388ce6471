"""Cells with personal data are errors in every column but where the contract says otherwise, and their value is not repeated."""

from typing import get_args

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.disclosure.folding import fold_text
from quality.disclosure.personal_data import FINDING_TYPES, LIKELY_TYPES, find_personal_data
from quality.disclosure.personal_numbers import find_personal_numbers
from quality.rules.identities import is_credit_code
from schemas.disclosure import PersonalKind
from support.contracts import contract_with

CARD, MOBILE, BANK, EMAIL = "21010219900307125X", "13800138000", "6222021234567890128", "zhang.san@qq.com"
# A credit code of digits alone that is shaped like a card and passes the check of one as well (found by search).
BOTH = "911101199001012379"
OFFICE = {"name": "contact", "sportlake": {"office_contact": True}}


def found_in(contract, **columns):
    table = pa.table(columns)
    return list(find_personal_data(table, pa.array(range(2, table.num_rows + 2), pa.int64()), contract))


def types_of(contract, **columns):
    return [finding.type for finding in found_in(contract, **columns)]


@pytest.mark.parametrize(
    ("text", "type_"),
    [(CARD, "no-identity-card"), (MOBILE, "no-mobile-number"), (BANK, "no-bank-card"), (EMAIL, "no-private-email")],
)
def test_an_error_names_row_and_field_in_both_languages_and_not_the_value(text, type_):
    cell = f"联系人（示例）{text}，请勿外传"
    [found] = found_in(contract_with(["id", "note"]), id=["a", "b"], note=["好", cell])
    assert (found.type, found.severity, found.row, found.field) == (type_, "error", 3, "note")
    assert found.message.zh
    assert found.mend.en
    assert text not in found.model_dump_json()
    assert "*" in found.value


def test_a_cell_is_told_once_for_each_kind_and_rows_come_in_order():
    columns = {"id": [f"{MOBILE}；{MOBILE[:-1]}1", "x"], "note": ["x", f"{EMAIL} {CARD} {BANK}"]}
    found = found_in(contract_with(["id", "note"]), **columns)
    assert [(f.row, f.field, f.type) for f in found] == [
        (2, "id", "no-mobile-number"),
        (3, "note", "no-private-email"),
        (3, "note", "no-identity-card"),
        (3, "note", "no-bank-card"),
    ]


def test_every_column_is_searched_whatever_its_type_and_nulls_are_nothing():
    contract = contract_with(["id", "n:number", "day:date", "empty"])
    cell = f"手机{MOBILE}"
    found = found_in(contract, id=[cell, None], n=[cell, None], day=[cell, None], empty=pa.nulls(2, pa.string()))
    assert [(f.row, f.field) for f in found] == [(2, "id"), (2, "n"), (2, "day")]


def test_a_table_without_rows_or_without_texts_holds_nothing():
    contract = contract_with(["id", "n:integer"])
    assert found_in(contract, id=pa.array([], pa.string()), n=pa.array([], pa.int64())) == []
    assert found_in(contract_with(["id:integer"]), id=[1]) == []


def test_a_mailbox_of_everybodys_provider_may_be_an_offices_contact_and_a_mobile_may_not():
    contract = contract_with(["id", OFFICE])
    assert types_of(contract, id=["a", EMAIL], contact=[EMAIL, "024-23206016"]) == ["no-private-email"]
    texts = [MOBILE, CARD, BANK]
    assert types_of(contract, contact=texts) == ["no-mobile-number", "no-identity-card", "no-bank-card"]


def test_a_valid_credit_code_is_exempt_in_its_own_field_only():
    contract = contract_with(["id", "code", "note"], [{"kind": "credit_code", "field": "code"}])
    found = found_in(contract, id=["a", "b"], code=[BOTH, CARD], note=[BOTH, None])
    assert [(f.row, f.field) for f in found] == [(2, "note"), (3, "code")]


def test_a_documented_identifier_of_digits_is_no_bank_card_and_no_mobile():
    long = {"name": "code", "constraints": {"pattern": r"\d{16,19}"}}
    short = {"name": "short", "constraints": {"pattern": r"\d{11}"}}
    loose = {"name": "loose", "constraints": {"pattern": r"[A-Z0-9]{4,40}"}}
    contract = contract_with(["id", long, short, loose])
    assert types_of(contract, id=[BANK], code=[BANK], short=[MOBILE]) == []
    assert types_of(contract, code=[f"{BANK} "], short=[f"{MOBILE}，"]) == ["no-bank-card", "no-mobile-number"]
    assert types_of(contract, loose=[BANK, MOBILE]) == ["no-bank-card", "no-mobile-number"]
    assert types_of(contract, id=[MOBILE]) == ["no-mobile-number"]
    assert (
        types_of(
            contract_with(["id", {"name": "code", "constraints": {"pattern": r"\d{18}"}}]), code=["210102199003071231"]
        )
        == []
    )
    assert types_of(contract, loose=["210102199003071231"]) == ["like-identity-card"]


def test_an_amount_of_eleven_digits_is_an_amount_and_a_card_number_never_is():
    contract = contract_with(["id", "a:number", "n:integer"])
    assert types_of(contract, a=[MOBILE], n=[MOBILE]) == []
    assert types_of(contract, a=pa.array([13800138000.0, None]), n=pa.array([13800138000, 5])) == []
    assert types_of(contract, a=[BANK], n=[BANK]) == ["no-bank-card", "no-bank-card"]
    assert types_of(contract, n=pa.array([6222021234567890128, None])) == ["no-bank-card"]


def test_columns_that_no_contract_knows_are_not_looked_at():
    assert types_of(contract_with(["id"]), id=["a"], other=[MOBILE]) == []


def test_columns_in_several_chunks_are_numbered_through():
    parts = pa.chunked_array([["a", MOBILE], ["b"], [], [MOBILE]])
    assert [f.row for f in found_in(contract_with(["id"]), id=parts)] == [3, 5]


def test_every_kind_has_a_type_of_its_own():
    types = {**FINDING_TYPES, **LIKELY_TYPES}
    assert len(set(types.values())) == len(types) == len(get_args(PersonalKind))


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("护照E12345678", "no-passport"),
        ("军官证：军字第2001988号", "no-officer-card"),
        ("家庭住址：沈阳市和平区南京南街24号", "no-home-address"),
        ("2.10102E+17", "no-mangled-number"),
    ],
)
def test_documents_homes_and_mangled_numbers_are_errors_too(text, type_):
    [found] = found_in(contract_with(["id", "note"]), id=["a", "b"], note=["好", text])
    assert (found.type, found.severity, found.row) == (type_, "error", 3)
    assert text not in found.model_dump_json()


@pytest.mark.parametrize(
    ("text", "type_"), [("张三 210102199003071231", "like-identity-card"), ("张三（E12345678）", "like-passport")]
)
def test_what_is_only_likely_is_a_warning_and_masked(text, type_):
    [found] = found_in(contract_with(["id", "note"]), id=["a"], note=[text])
    assert (found.type, found.severity) == (type_, "warning")
    assert text[-6:] not in found.model_dump_json()


def test_a_credit_code_of_digits_is_no_likely_card():
    code = "912101199001010426"  # found by search: valid, and with a birthday in it
    assert is_credit_code(code)
    assert types_of(contract_with(["id", "note"]), id=["a"], note=[f"代码 {code}"]) == []


@pytest.mark.parametrize(
    "flat", ["和平区南京南街24号3-5-2", "长白街15号楼2单元301室", "某村3组12号", "阳光花园８栋1202"]
)
def test_a_flat_is_a_home_in_a_row_about_a_person_and_an_office_elsewhere(flat):
    titled = {"name": "who", "title": "运动员姓名"}
    contract = contract_with(["id", titled, "note", OFFICE])
    rows = {"id": ["a", "b"], "who": ["张三", None], "note": [flat, flat], "contact": [flat, None]}
    assert [(f.type, f.row, f.field) for f in found_in(contract, **rows)] == [("no-home-address", 2, "note")]
    assert types_of(contract_with(["id", "note"]), id=["a"], note=[flat]) == []


def test_a_contract_may_say_itself_which_field_names_a_person():
    contract = contract_with(["id", {"name": "who", "sportlake": {"person": "name"}}, "note"])
    assert types_of(contract, id=["a"], who=["张三"], note=["15号楼2单元301室"]) == ["no-home-address"]


PLAIN = contract_with(["key", "note"])
OF_PERSONS = contract_with(["key", {"name": "who", "title": "姓名"}, "note"])
PARTS = st.lists(
    st.sampled_from([*"0123456789X@-. \u3000\u200b—（）", CARD, MOBILE, BANK, EMAIL, "１３８", "手机", "qq.com", "21010219900307",
                     "护照", "护\u200b照", "Ｅ", "E", "G1", "1234567", "军", "字第", "⼠", "军官证", "号", "家庭住址", "HOME\u3000ADDRESS", "2.1E+17", "…", "（", "·", "_", "￣", "单元", "３号楼", "村", "组", "-5-"]),
    max_size=8,
).map("".join)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(PARTS, min_size=1, max_size=30))
def test_the_wide_net_loses_nothing_that_reading_cell_by_cell_finds(texts):
    for of_person, contract in ((False, PLAIN), (True, OF_PERSONS)):
        columns = {"who": ["张三"] * len(texts)} if of_person else {}
        found = {(f.row, f.type) for f in found_in(contract, note=texts, **columns)}
        assert found == {
            (row, {**FINDING_TYPES, **LIKELY_TYPES}[one.kind])
            for row, text in enumerate(texts, 2)
            for one in find_personal_numbers(fold_text(text), of_person=of_person)
        }
