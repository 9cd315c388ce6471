"""A statement about a review, an approval or an assessment stands only where its record does: in a release, never in a contract or text.

Every contract of the house asks for the records: a data steward and a confidentiality reviewer approve each release.
"""

import re
import subprocess
from pathlib import Path

import pytest

from schemas.contract import read_contracts
from schemas.metadata import NOT_DONE, NotApplicable
from schemas.people import REVIEW_ROLES

ROOT = Path(__file__).parents[2]
CONTRACTS = read_contracts()
REVIEWS = ("secrecy_review", "pia", "head_approval")
MAY_NOT_APPLY = {"pia"}
"""An assessment of personal information is not asked for where there is none; the other two always are."""

CLAIMS = re.compile(
    r"(?:(?:保密|秘密)审查|审批|负责人审[核批]|影响评估)[^。；，：“”\"'|{}]{0,16}(?:按每次|每次发布|随发布|已|完成|保存|登记|通过|备查|合格)"
    r"|(?:已经?|均|经)(?:过|由)?[^。；，：“”\"'|{}]{0,8}(?:(?:保密|秘密)审查|审批|负责人审[核批]|影响评估)"
    r"|\b(?:secrecy|head|impact|information|release)\b[^.;:“”\"'|{}]{0,40}\b(?:reviewed|approved|assessed)\b"
    r"|\b(?:reviewed|approved|assessed) (?:for|before|by the head|with) (?:each|every|its|the)? ?(?:release|publication|head)"
    r"|\b(?:review|approval|assessment)s?\b[^.;:“”\"'|{}]{0,30}\b(?:is|are|was|were|has been|have been) (?:done|made|given|kept|recorded|carried out)\b"
    r"|(?:makes and records|record(?:s|ed)? (?:is|are) kept)",
    re.IGNORECASE,
)
WHERE = (".", ":!tests", ":!CHANGELOG.md")


def texts_of_the_house():
    listed = subprocess.run(["git", "ls-files", *WHERE], cwd=ROOT, capture_output=True, text=True, check=True)
    kinds = {".yaml", ".md", ".j2", ".html", ".po", ".csv", ".py", ".json"}
    return [ROOT / name for name in listed.stdout.splitlines() if Path(name).suffix in kinds]


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=list(CONTRACTS))
@pytest.mark.parametrize("item", REVIEWS)
def test_a_contract_claims_no_review(contract, item):
    review = getattr(contract.policy.catalogue, item)
    if item in MAY_NOT_APPLY and isinstance(review, NotApplicable):
        assert not CLAIMS.search(review.not_applicable.zh)
        assert not CLAIMS.search(review.not_applicable.en)
        assert "个人信息" in review.not_applicable.zh
    else:
        assert review == NOT_DONE, "there is no record of it: say not_done"


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=list(CONTRACTS))
def test_a_contract_asks_for_a_steward_and_a_confidentiality_reviewer(contract):
    assert {"steward", "confidentiality"} <= set(contract.policy.approvals.roles)
    assert contract.policy.approvals.days <= 30


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=list(CONTRACTS))
def test_a_contract_asks_for_the_records_that_the_law_asks_for(contract):
    needed, catalogue = set(contract.policy.assessments.needed), contract.policy.catalogue
    assert {"classification_review", "head_approval"} <= needed
    assert ({"pia", "legal_basis_review"} <= needed) == (catalogue.pia == NOT_DONE)
    assert contract.policy.assessments.days <= 366
    assert contract.policy.waivers.days <= 90
    assert "clerk" not in contract.policy.waivers.roles


def test_a_review_is_proved_by_an_approval_in_its_own_role_alone():
    assert REVIEW_ROLES == {"secrecy_review": "confidentiality", "head_approval": "head"}


def test_where_persons_are_named_the_assessment_applies():
    assert CONTRACTS["association"].policy.catalogue.pia == NOT_DONE


def test_no_text_of_the_house_claims_a_review():
    claims = [
        f"{path.relative_to(ROOT)}:{number}: {found[0]}"
        for path in texts_of_the_house()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for found in CLAIMS.finditer(line)
    ]
    assert claims == []


@pytest.mark.parametrize(
    "said",
    [
        "保密审查按每次发布分别进行，记录随发布保存",
        "负责人审核按每次发布分别进行，记录随发布保存",
        "影响评估文件由提供单位在首次发布前完成并登记",
        "本数据集已通过保密审查",
        "发布前经部门负责人审批",
        "reviewed for each release; the record is kept with the release",
        "approved for each release",
        "the provider makes and records the assessment before the first release",
        "a secrecy review was carried out",
        "The impact assessment has been made",
    ],
)
def test_a_claim_is_known_as_one(said):
    assert CLAIMS.search(said)


@pytest.mark.parametrize(
    "said",
    [
        "保密审查",
        "个人信息保护影响评估",
        "部门负责人审核",
        "未办理（截至2026年11月25日没有办理记录）",
        "Approval by the head",
        "not done (there is no record of it as of 25 November 2026)",
        "the day on which the budget or the accounts are approved",
        "预算、决算经批复之日",
        "by one person, approved by another, until a given day",
    ],
)
def test_a_label_or_another_approval_is_none(said):
    assert not CLAIMS.search(said)
