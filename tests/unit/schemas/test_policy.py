import pytest
from pydantic import ValidationError

from schemas.metadata import NotApplicable
from schemas.policy import FieldPolicy, Plausible, Policy
from support.contracts import JILIN, NOT_APPLICABLE, POLICY


def policy(**parts):
    return Policy.model_validate({**POLICY, **parts})


def catalogue(**parts):
    return policy(catalogue={**POLICY["catalogue"], **parts}).catalogue


def test_what_is_not_said_has_the_default_of_the_house():
    read = policy()
    assert (read.quarantine.share, read.quarantine.mend_within) == (0.1, 10)
    assert read.disclosure.protected == ()
    assert read.catalogue.space_range == "210000"
    assert read.catalogue.encoding == "utf-8"


@pytest.mark.parametrize(
    "parts",
    [
        {"submitters": []},
        {"family": "weather"},
        {"mode": "upsert"},
        {"slice": {"period": "week"}},
        {"quarantine": {"share": 1.5}},
        {"quarantine": {"mend_within": 0}},
        {"coordinates": {"lon": "lon", "lat": "lat", "datum": "GCJ02"}},
        {"time_limit": {**POLICY["time_limit"], "days": 0}},
        {"time_limit": {**POLICY["time_limit"], "kind": "business"}},
    ],
)
def test_a_policy_that_cannot_be_carried_out_is_refused(parts):
    with pytest.raises(ValidationError):
        policy(**parts)


@pytest.mark.parametrize(
    "bounds",
    [
        {"median": [5, 5]},
        {"median": [0, 5]},
        {"median": [1, 5], "maximum": [9, 8]},
        {"maximum": [1, 5]},
        {"median": [1, 5], "source": ""},
    ],
)
def test_plausible_bounds_that_hold_nothing_are_refused(bounds):
    with pytest.raises(ValidationError):
        Plausible.model_validate({"source": "test", **bounds})


def test_plausible_bounds_hold_their_ends():
    bounds = Plausible(median=(1, 5), source="test")
    assert [bounds.allows_median(value) for value in (0.9, 1, 5, 5.1)] == [False, True, True, False]
    assert bounds.allows_maximum(1e12)


@pytest.mark.parametrize("item", sorted(POLICY["catalogue"]))
def test_no_item_of_the_catalogue_may_be_left_out_in_silence(item):
    parts = {name: value for name, value in POLICY["catalogue"].items() if name != item}
    with pytest.raises(ValidationError, match=item):
        policy(catalogue=parts)


def test_an_item_that_does_not_apply_says_why_in_both_languages():
    assert isinstance(catalogue(catalogue_code=NOT_APPLICABLE).catalogue_code, NotApplicable)
    with pytest.raises(ValidationError):
        catalogue(catalogue_code={"not_applicable": {"zh": "尚未分配"}})
    with pytest.raises(ValidationError):
        catalogue(catalogue_code=None)


@pytest.mark.parametrize("item", ["secrecy_review", "pia", "head_approval"])
def test_a_review_may_be_not_done_and_nothing_vaguer(item):
    assert getattr(catalogue(**{item: "not_done"}), item) == "not_done"
    for said in ("done", "按每次发布进行", {"zh": "已审", "en": "reviewed"}):
        with pytest.raises(ValidationError):
            catalogue(**{item: said})


@pytest.mark.parametrize("parts", [{"data_level": 0}, {"data_level": 5}, {"space_range": "110000"}, {"open_type": "1"},
                                   {"encoding": "gbk"}])  # fmt: skip
def test_codes_of_other_portals_and_values_out_of_range_are_refused(parts):
    with pytest.raises(ValidationError):
        catalogue(**parts)


def test_a_field_speaks_english_too():
    with pytest.raises(ValidationError, match="description_en"):
        FieldPolicy.model_validate({"title_en": "Name"})


def test_data_are_about_the_province_of_the_contract_unless_it_names_a_part_of_it():
    theirs = policy(province=JILIN.model_dump())
    assert (policy().province.code, theirs.catalogue.space_range) == ("21", "220000")
    part = policy(province=JILIN.model_dump(), catalogue={**POLICY["catalogue"], "space_range": "220100"})
    assert part.catalogue.space_range == "220100"
    with pytest.raises(ValidationError, match="no part of Jilin"):
        policy(province=JILIN.model_dump(), catalogue={**POLICY["catalogue"], "space_range": "210100"})
