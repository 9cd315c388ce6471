"""Guidance fund projects and opening subsidies are grants of 360Giving: the rules of the standard, restated (`tests/support/threesixtygiving.py`)."""

import re
from datetime import datetime
from urllib.parse import urlsplit

import jsonschema
import pytest

from support.exports import export_document
from support.threesixtygiving import GRANT, PACKAGE

DATASET = "guidance_fund_project"
ROW = {
    "project_id": "LNYD-2025-001", "project_year": "2025", "batch": "2025年第一批", "batch_envelope_cny": "30000000",
    "title": "示例户外运动基地提升项目", "applicant_name": "示例体育发展有限公司", "applicant_uscc": "91210100MA0000015X",
    "admin_code": "210102", "direction": "fitness", "support_mode": "grant", "total_investment_cny": "7200000",
    "amount_applied_cny": "1600000", "amount_awarded_cny": "800000.5", "amount_disbursed_cny": "0", "award_date": "2025-07-01",
    "planned_start": "2025-03-01", "planned_end": "2026-06-30", "actual_start": "2025-03-15", "status": "in_progress",
    "notice_url": "https://example.org/guidance",
}  # fmt: skip
SUBSIDY = {
    "fiscal_year": "2025", "site_id": "LN-210102-S00001", "site_name": "示例体育馆", "operator_name": "示例运营有限公司",
    "operator_uscc": "91210100000000123B", "admin_code": "210102", "free_policy": "free", "central_cny": "800000", "local_cny": "200000",
    "total_cny": "1000000", "award_date": "2025-06-20", "updated_at": "2026-01-20",
}  # fmt: skip
REQUIRED = set(GRANT["required"])
FORMATS = jsonschema.FormatChecker(())


@FORMATS.checks("date-time", raises=ValueError)
def is_time_with_zone(value):
    return "T" in value and datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("uri", raises=ValueError)
def is_absolute_address(value):
    return bool(urlsplit(value).scheme)


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    rows = [
        ROW,
        {**ROW, "project_id": "LNYD-2025-002", "support_mode": "equity"},
        {**ROW, "project_id": "LNYD-2025-003", "status": "revoked", "status_note": "依据示例文件撤销", "planned_start": "", "notice_url": ""},
    ]  # fmt: skip
    return export_document(tmp_path_factory.mktemp("releases"), DATASET, guidance_fund_project=rows)


@pytest.fixture(scope="module")
def subsidies(tmp_path_factory):
    rows = [SUBSIDY, {**SUBSIDY, "site_id": "LN-210102-S00002", "free_policy": "low_fee"}]
    return export_document(tmp_path_factory.mktemp("releases"), "opening_subsidy", opening_subsidy=rows)


@pytest.fixture(params=["package", "subsidies"])
def any_package(request):
    return request.getfixturevalue(request.param)


def test_a_project_is_a_grant_with_all_that_the_table_tells(package):
    assert package["grants"][0] == {
        "id": "ln-sports-LNYD-2025-001",
        "title": "示例户外运动基地提升项目",
        "description": "2025年第一批；体育健身休闲服务类；资助；执行中",
        "currency": "CNY",
        "amountAppliedFor": 1600000,
        "amountAwarded": 800000.5,
        "amountDisbursed": 0,
        "awardDate": "2025-07-01",
        "plannedDates": [{"startDate": "2025-03-01", "endDate": "2026-06-30"}],
        "actualDates": [{"startDate": "2025-03-15"}],
        "recipientOrganization": [{"id": "CN-USCI-91210100MA0000015X", "name": "示例体育发展有限公司"}],
        "beneficiaryLocation": [{"name": "和平区", "countryCode": "CN"}],
        "fundingOrganization": [{"id": "ln-sports-ORG-ln-chanye", "name": "辽宁省体育局体育产业处"}],
        "grantProgramme": [{"title": "2025年第一批", "code": "ln-sports-guidance-2025"}],
        "classifications": [
            {"vocabulary": "guidance_direction", "code": "fitness"},
            {"vocabulary": "support_mode", "code": "grant"},
        ],
        "relatedDocument": [{"title": "扶持名单公告", "url": "https://example.org/guidance"}],
        "dateModified": "2026-11-23T00:00:00+08:00",
        "dataSource": "https://example.org/guidance",
    }


def test_an_investment_in_shares_is_no_grant(package):
    assert [grant["id"] for grant in package["grants"]] == ["ln-sports-LNYD-2025-001", "ln-sports-LNYD-2025-003"]


def test_a_revocation_is_told_in_the_description(package):
    grant = package["grants"][1]
    assert grant["description"].endswith("撤销；依据示例文件撤销")
    assert grant["plannedDates"] == [{"endDate": "2026-06-30"}]
    assert not grant.keys() & {"relatedDocument", "dataSource"}


def test_a_grant_without_a_required_value_is_left_out(tmp_path):
    rows = [{**ROW, name: ""} for name in ("project_id", "title", "amount_awarded_cny", "award_date", "applicant_uscc")]
    assert export_document(tmp_path, DATASET, guidance_fund_project=rows)["grants"] == []


def test_an_opening_subsidy_is_a_grant_to_the_operator_of_the_venue(subsidies):
    assert subsidies["grants"][0] == {
        "id": "ln-sports-2025-LN-210102-S00001",
        "title": "示例体育馆2025年免费低收费开放补助",
        "description": "免费开放；中央补助 800000 元；地方补助 200000 元",
        "currency": "CNY",
        "amountAwarded": 1000000,
        "awardDate": "2025-06-20",
        "recipientOrganization": [{"id": "CN-USCI-91210100000000123B", "name": "示例运营有限公司"}],
        "beneficiaryLocation": [{"name": "和平区", "countryCode": "CN"}],
        "fundingOrganization": [{"id": "ln-sports-ORG-ln-qunti", "name": "辽宁省体育局群众体育处"}],
        "grantProgramme": [{"title": "公共体育场馆免费低收费开放补助", "code": "ln-sports-opening-subsidy-2025"}],
        "classifications": [{"vocabulary": "free_policy", "code": "free"}],
        "dateModified": "2026-01-20T00:00:00+08:00",
    }


def test_a_subsidy_without_a_day_of_award_is_left_out(tmp_path):
    rows = [{**SUBSIDY, "award_date": ""}]
    assert export_document(tmp_path, "opening_subsidy", opening_subsidy=rows)["grants"] == []


def test_the_rules_of_the_standard_hold(any_package):
    """Required fields, forms of ids, dates and currency of the 360Giving Data Standard 1.4, in our own words."""
    assert re.fullmatch(r"\d+\.\d+", any_package["version"])
    assert len({grant["id"] for grant in any_package["grants"]}) == len(any_package["grants"]) == 2
    for grant in any_package["grants"]:
        assert grant.keys() >= REQUIRED
        assert "/" not in grant["id"]
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", grant["awardDate"])
        assert is_time_with_zone(grant["dateModified"])
        for organisation in (*grant["recipientOrganization"], *grant["fundingOrganization"]):
            assert organisation["id"]
            assert organisation["name"]


def problems_of(package):
    validator = jsonschema.Draft202012Validator(PACKAGE, format_checker=FORMATS)
    return [f"{list(one.absolute_path)}: {one.message}" for one in validator.iter_errors(package)]


def test_the_package_has_the_fields_of_the_schema_with_their_types(any_package):
    assert problems_of(any_package) == []
    told = {name for grant in any_package["grants"] for name in grant}
    assert told <= set(GRANT["properties"]), "a field that the rules do not tell: add it from the standard's reference"


@pytest.mark.parametrize(
    "wrong",
    [
        {"awardDate": "01/07/2025"},
        {"currency": "元"},
        {"amountAwarded": "800000"},
        {"title": None},
        {"recipientOrganization": []},
        {"fundingOrganization": [{"name": "无编码"}]},
        {"beneficiaryLocation": [{"countryCode": "CHN"}]},
        {"relatedDocument": [{"url": "公告"}]},
        {"dateModified": "2026-11-23"},
    ],
)
def test_the_rules_find_errors(package, wrong):
    assert problems_of({**package, "grants": [{**package["grants"][0], **wrong}]})


def test_a_package_without_grants_or_with_one_twice_is_none(package):
    assert problems_of({**package, "grants": []})
    assert problems_of({**package, "grants": [package["grants"][0]] * 2})
