"""Kinds of assessment: each has names, a role and a key; a contract asks only for those that a release can have."""

from typing import get_args

import pytest

from schemas.assessments import (
    ASSESSMENT_NAMES,
    ASSESSMENT_ROLES,
    RELEASED_KINDS,
    AssessmentKind,
    Assessments,
    describe_kinds,
    parse_kind,
)
from schemas.errors import UsageError
from support.contracts import contract_with


def test_every_kind_has_a_name_and_a_role():
    assert set(ASSESSMENT_NAMES) == set(ASSESSMENT_ROLES) == set(get_args(AssessmentKind))


@pytest.mark.parametrize("told", ["pia", "个人信息保护影响评估"])
def test_a_kind_is_found_by_key_and_by_name(told):
    assert parse_kind(told) == "pia"


def test_an_unknown_kind_names_all():
    with pytest.raises(UsageError, match="secrecy_review, pia, legal_basis_review"):
        parse_kind("pai")


@pytest.mark.parametrize("needed", [["refusal"], ["open_type_lowering"], ["pia", "pia"]])
def test_a_contract_asks_for_each_kind_once_and_for_none_that_stops_releases(needed):
    with pytest.raises(ValueError, match="assessments"):
        Assessments(needed=needed)
    assert Assessments(needed=RELEASED_KINDS).needed == RELEASED_KINDS


def test_a_contract_does_not_ask_for_what_it_says_does_not_apply():
    with pytest.raises(ValueError, match="said not to apply"):
        contract_with(["code"], policy={"assessments": {"needed": ["pia"]}})


def test_kinds_are_named_in_both_languages():
    said = describe_kinds(["pia", "head_approval"])
    assert said.zh == "个人信息保护影响评估、部门负责人审核"
    assert said.en == "personal information impact assessment and approval by the head"
