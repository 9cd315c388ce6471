"""Names that people write for codes: one meaning stands for its code, two meanings and no meaning stay."""

import pyarrow as pa
import pytest

from pipelines.normalise import normalise_table
from pipelines.normalise.labels import build_code_labels, distinct_labels
from schemas.codelists import Code, CodeList, codes_for, open_codelists
from schemas.contract import read_contracts
from schemas.text import Text
from support.contracts import contract_with

CODELISTS = open_codelists()
CONTRACTS = read_contracts()
CODED = [
    (contract.name, field.name) for contract in CONTRACTS.values() for field in contract.fields if field.policy.codelist
]


def labels_of(dataset, name, area=""):
    field = CONTRACTS[dataset].get_field(name)
    return build_code_labels(field, CODELISTS[field.policy.codelist], area)


@pytest.mark.parametrize(
    ("dataset", "field", "written", "code"),
    [
        ("event", "level", "市级", "city"),
        ("event", "level", " 市 级 ", "city"),
        ("event", "level", "City", "city"),
        ("event", "level", "ＣＩＴＹ", "city"),
        ("event", "level", "city 市级", "city"),
        ("event", "level", "city-市级", "city"),
        ("event", "level", "city（市级）", "city"),
        ("event", "level", "市级（city）", "city"),
        ("event", "status", "已完成", "completed"),
        ("event", "sport_code", "Walking", "walking"),
        ("event", "admin_code", "和平区", "210102"),
        ("event", "admin_code", "沈阳市和平区", "210102"),
        ("event", "admin_code", "辽宁省沈阳市和平区", "210102"),
        ("event", "admin_code", "210102 和平区", "210102"),
        ("event", "admin_code", "和平区210102", "210102"),
        ("event", "admin_code", "沈阳市铁西区", "210106"),
        ("facility", "placement", "室外", "outdoor"),
        ("facility", "type_code", "七人制足球场", "FB02"),
        ("association", "association_type", "社会团体", "social_org"),
    ],
)  # fmt: skip
def test_a_label_stands_for_its_code(dataset, field, written, code):
    names = labels_of(dataset, field)
    assert names.replace_label(written) == code


def test_a_division_is_looked_for_in_the_own_city_first():
    assert labels_of("event", "admin_code", "210100").replace_label("铁西区") == "210106"
    assert labels_of("event", "admin_code", "210300").replace_label("铁西区") == "210303"
    assert labels_of("event", "admin_code", "210200").replace_label("和平区") == "210102"


def test_two_meanings_stay_and_are_both_known():
    for area in ("", "210200"):
        names = labels_of("event", "admin_code", area)
        assert (names.replace_label("铁西区"), names.find_codes("铁西区")) == ("铁西区", ("210106", "210303"))


@pytest.mark.parametrize("written", ["徒步", "", "city 国家级", "市", "1"])
def test_what_names_no_code_stays(written):
    assert labels_of("event", "level").replace_label(written) == written


def test_a_code_of_the_list_is_never_taken_for_a_label():
    codes = (Code(code="a", zh="b", en="x"), Code(code="b", zh="a", en="y"))
    swapped = CodeList(name="surface", title=Text(zh="", en=""), source="", codes=codes)
    names = build_code_labels(contract_with([{"name": "f", "sportlake": {"codelist": "surface"}}]).fields[0], swapped)
    assert [names.replace_label(code) for code in ("a", "b", "x")] == ["a", "b", "a"]


def test_a_field_takes_only_labels_of_codes_it_may_hold():
    assert labels_of("facility", "admin_code").replace_label("沈阳市") == "沈阳市"
    assert labels_of("event", "admin_code").replace_label("沈阳市") == "210100"


@pytest.mark.parametrize(("dataset", "name"), CODED)
def test_every_label_of_every_list_means_its_code_or_all_codes_of_that_name(dataset, name):
    field, names = CONTRACTS[dataset].get_field(name), labels_of(dataset, name)
    offered = codes_for(field, CODELISTS[field.policy.codelist])
    for code in offered:
        for written in (code.zh, code.en, f"{code.code} {code.zh}", f"{code.code}（{code.zh}）"):
            assert code.code in names.find_codes(written)
        assert names.replace_label(code.code) == code.code
        if sum(code.zh == other.zh for other in offered) == 1:
            assert names.replace_label(code.zh) == code.code


def test_a_label_is_recorded_as_a_rewrite_and_a_name_of_a_code_is_no_null_word():
    codes = (Code(code="0", zh="无", en="None"), Code(code="1", zh="有", en="Some"))
    listed = CodeList(name="surface", title=Text(zh="", en=""), source="", codes=codes)
    contract = contract_with(["id", {"name": "f", "sportlake": {"codelist": "surface"}}])
    given = pa.table({"id": ["a", "b", "c", "d"], "f": ["无", "1", "some", "--"]})
    done = normalise_table(given, pa.array([2, 3, 4, 5], pa.int64()), contract, codelists={"surface": listed})
    assert done.table.column("f").to_pylist() == ["0", "1", "1", None]
    assert [(rewrite.raw, rewrite.why) for rewrite in done.rewrites] == [
        ("无", "label"),
        ("some", "label"),
        ("--", "null-word"),
    ]


@pytest.mark.parametrize(("dataset", "name"), CODED)
def test_the_labels_of_a_drop_down_are_all_different_and_each_means_its_code(dataset, name):
    field, names = CONTRACTS[dataset].get_field(name), labels_of(dataset, name)
    offered = codes_for(field, CODELISTS[field.policy.codelist])
    labels = distinct_labels(offered, CODELISTS[field.policy.codelist])
    assert len(set(labels)) == len(offered)
    assert [names.replace_label(label) for label in labels] == [code.code for code in offered]


def test_a_label_names_the_city_only_where_two_divisions_have_one_name():
    known = CODELISTS["admin_division"]
    codes = {code.code: code for code in known.codes}
    assert distinct_labels((codes["210106"], codes["210303"], codes["210102"]), known) == (
        "沈阳市铁西区",
        "鞍山市铁西区",
        "和平区",
    )
    assert distinct_labels((codes["210106"], codes["210102"]), known) == ("铁西区", "和平区")
