"""What becomes of a submission, by its findings."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.brief_findings import BriefFindings
from quality.findings import Finding
from quality.verdict import decide_verdict
from schemas.text import Text

SAID = Text(zh="有误", en="wrong")


def finding(row: int | None = None, severity: str = "error") -> Finding:
    return Finding(judge="cell", type="type-error", severity=severity, row=row, message=SAID)


def test_a_file_without_errors_is_accepted_whole():
    verdict = decide_verdict(BriefFindings([finding(2, "warning"), finding(None, "info")]), rows=3, share=0)
    assert (verdict.outcome, verdict.held_back, verdict.accepted) == ("accept", (), 3)


def test_rows_with_errors_are_held_back_once_each_and_in_order():
    verdict = decide_verdict(
        BriefFindings([finding(9), finding(4), finding(9), finding(5, "warning")]), rows=20, share=0.1
    )
    assert (verdict.outcome, verdict.held_back, verdict.accepted) == ("hold_back", (4, 9), 18)
    assert "18" in verdict.reason.zh
    assert "18" in verdict.reason.en


@pytest.mark.parametrize(("bad", "outcome"), [(2, "hold_back"), (3, "quarantine")])
def test_the_limit_itself_is_still_allowed(bad, outcome):
    verdict = decide_verdict(BriefFindings([finding(row) for row in range(2, 2 + bad)]), rows=20, share=0.1)
    assert verdict.outcome == outcome


def test_above_the_limit_nothing_is_accepted_and_the_reason_gives_the_numbers():
    verdict = decide_verdict(BriefFindings([finding(2), finding(3)]), rows=4, share=0.25)
    assert (verdict.outcome, verdict.accepted, verdict.held_back) == ("quarantine", 0, ())
    assert all(part in verdict.reason.zh for part in ("4", "2", "25%"))


def test_an_error_of_the_whole_table_quarantines_with_its_own_sentence():
    verdict = decide_verdict(BriefFindings([finding(None), finding(2)]), rows=100, share=1)
    assert (verdict.outcome, verdict.reason) == ("quarantine", SAID)


def test_a_warning_of_the_whole_table_stops_nothing():
    assert decide_verdict(BriefFindings([finding(None, "warning")]), rows=1, share=0).outcome == "accept"


def test_a_file_without_rows_never_empties_its_slice():
    assert decide_verdict(BriefFindings([]), rows=0, share=1).outcome == "quarantine"


@given(bad=st.sets(st.integers(2, 41)), rows=st.integers(1, 40), share=st.floats(0, 1))
def test_a_verdict_loses_no_row(bad, rows, share):
    bad = {row for row in bad if row < rows + 2}
    verdict = decide_verdict(BriefFindings(list(chain.from_iterable([finding(row)] * 2 for row in bad))), rows, share)
    if verdict.outcome == "quarantine":
        assert len(bad) > share * rows
    else:
        assert verdict.accepted + len(verdict.held_back) == rows
        assert set(verdict.held_back) == bad
