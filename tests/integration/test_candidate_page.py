"""The page of a candidate as those who decide open it: in Chromium, in both languages, wide and narrow, with hostile values in it."""

from dataclasses import replace
from datetime import date

import pytest

from pipelines.release import assemble_candidate
from pipelines.review.assessment_decisions import Assessed, record_assessment
from pipelines.review.candidate_pages import write_candidate_page
from pipelines.review.candidate_view import build_view
from pipelines.review.decisions import approve_candidate, refuse_candidate
from pipelines.review.waiver_decisions import waive_finding
from support.browser import chromium, opened, violations
from support.contracts import POLICY, contract_with
from support.people import write_people
from support.walked import take_all
from support.workspaces import NOW, put, workspace_with

pytestmark = pytest.mark.browser
POLICY_PARTS = {
    "approvals": {"roles": ["steward", "confidentiality"]},
    "coverage": 1,
    "assessments": {"needed": ["head_approval", "classification_review"]},
    "catalogue": {**POLICY["catalogue"], "head_approval": "not_done"},
}
CONTRACT = contract_with(["code", "area:number"], policy=POLICY_PARTS)
HOSTILE = '"<img src=x onerror=alert(1)>"'


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """A candidate that one approves and the other refuses, with a waiver and an assessment; rows and reasons hold markup."""
    home = tmp_path_factory.mktemp("home")
    workspace = workspace_with(home, CONTRACT)
    write_people(home)
    put(workspace, "210100", "sample_2026.csv", f"code,area\n{HOSTILE},10\nS2,20\n")
    take_all(workspace)
    waive_finding(workspace, "sample", "low-coverage", "<b>补报中</b>", date(2026, 12, 20), NOW)
    record_assessment(workspace, "sample", "head_approval", Assessed("<i>1</i>", "同意", NOW.date()), NOW)
    approve_candidate(replace(workspace, actor="tester"), "sample", NOW)
    refuse_candidate(replace(workspace, actor="reviewer"), "sample", "<b>需核对</b>", NOW)
    return write_candidate_page(
        workspace, build_view(workspace, assemble_candidate(workspace, "sample", NOW.date()), NOW)
    )


def test_it_is_accessible_and_fits_a_phone_in_both_languages(page_file):
    with chromium() as browser:
        for width in (360, 1024):
            with opened(browser, page_file, width=width) as page:
                for language in ("zh", "en"):
                    page.check(f"#say-{language}", force=True)
                    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
                    assert violations(page) == []
                assert page.locator("img, b, i").count() == 0
                assert "sportlake approve sample --undo --as tester" in page.inner_text("body")
