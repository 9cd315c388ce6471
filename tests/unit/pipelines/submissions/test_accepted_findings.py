"""What a steward may accept in spite of a finding, and what nobody may."""

import pytest

from pipelines.submissions.accepted_findings import may_be_accepted, soften_findings
from quality.brief_findings import BriefFindings
from quality.disclosure.personal_data import FINDING_TYPES
from quality.findings import Finding
from schemas.text import Text


def finding(judge, type_, severity="error"):
    return Finding(judge=judge, type=type_, severity=severity, message=Text(zh="错", en="wrong"))


def soften(findings, tolerated):
    return soften_findings(BriefFindings(findings), tolerated).findings


@pytest.mark.parametrize("judge", ["row", "table"])
def test_an_error_about_rows_or_the_table_becomes_a_warning_when_it_is_named(judge):
    assert [one.severity for one in soften([finding(judge, "shrunk")], {"shrunk"})] == ["warning"]


def test_what_is_not_named_stays_an_error():
    assert soften([finding("table", "shrunk")], {"fragment"}) == [finding("table", "shrunk")]


def test_a_cell_without_a_value_is_never_accepted():
    assert soften([finding("cell", "type-error")], {"type-error"}) == [finding("cell", "type-error")]


@pytest.mark.parametrize("type_", FINDING_TYPES.values())
def test_personal_data_is_never_accepted(type_):
    assert not may_be_accepted(finding("table", type_))
    assert soften([finding("table", type_)], {type_}) == [finding("table", type_)]


def test_an_info_stays_an_info():
    assert soften([finding("table", "magnitude", "info")], {"magnitude"})[0].severity == "info"
