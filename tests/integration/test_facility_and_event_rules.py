"""Every rule of the facility and event contracts finds what it is for, and nothing in the row of the contract's own examples.

All cases of a dataset are judged as one file, each with keys of its own, so that they do not see each other.
"""

from datetime import date
from functools import cache

import pyarrow as pa
import pytest

from quality.rules.judge import judge_rows
from quality.rules.scope import RuleContext
from schemas.codelists import open_codelists
from schemas.contract import read_contracts
from schemas.departments import read_departments
from schemas.slices import SliceKey
from support.typed import typed

CONTRACTS = read_contracts()
CODELISTS = open_codelists()
SHENYANG = read_departments()["210100"]
PERIODS = {"year": "2026", "quarter": "2026-Q4", "month": "2026-03"}
RECEIVED = date(2027, 12, 31)
GOOD_CODE, BAD_CODE = "11110108000057752U", "11110108000057752T"
ENTERPRISE = "91110000600037341L"
PATH, HELD = "LN-210102-FT01-00077", "EV-2026-210100-0077"

# One case: which rule must see it, and what differs from the example row. A list of changes is several rows; None: no rule may.
CASES = {
    "facility": [
        ("not-in-the-future", {"updated_at": "2028-01-01"}),
        (None, {}),
        (None, {"lon": "", "lat": "", "crs": ""}),
        (
            None,
            {"status": "removed", "open_status": "closed", "open_access": "0", "free_policy": "", "subsidised": "0"},
        ),
        (None, {"owner_uscc": GOOD_CODE}),
        (None, {"org_type": "enterprise", "owner_uscc": ENTERPRISE}),
        ("owner-credit-code", {"owner_uscc": BAD_CODE}),
        ("operator-credit-code", {"operator_uscc": BAD_CODE}),
        ("division-in-area", {"admin_code": "210302"}),
        ("site-told-one-way", [{}, {"site_name": "另一个公园"}]),
        ("point-whole", {"lat": ""}),
        ("datum-with-point", {"crs": ""}),
        ("datum-publishable", {"crs": "BD09"}),
        ("datum-publishable", {"crs": "UNKNOWN"}),
        ("area-within-land", {"land_area_m2": "100"}),
        ("floor-area-only-indoors", {"floor_area_m2": "900"}),
        ("area-near-length-by-width", {"length_m": "10"}),
        ("renovated-after-built", {"renovated_year": "2001"}),
        ("status-before-update", {"status_date": "2026-12-01"}),
        ("verified-before-update", {"last_verified_date": "2026-12-01"}),
        ("verified-within-year", {"last_verified_date": "2025-12-31"}),
        ("registered-twice", [{}, {}]),
        ("trail-needs-length", {"type_code": "FT03", "length_m": ""}),
        ("pool-needs-size", {"type_code": "SW02", "width_m": ""}),
        ("court-needs-surface", {"surface": ""}),
        ("closed-needs-date", {"status": "removed", "status_date": "", "open_status": "closed"}),
        ("closed-is-not-open", {"status": "closed_permanently"}),
        ("active-needs-year", {"built_year": ""}),
        ("open-needs-policy", {"free_policy": ""}),
        ("subsidised-is-open", {"open_status": "closed"}),
        ("investment-needs-source", {"fund_source": ""}),
        ("operator-when-not-owner", {"operation_mode": "leased"}),
        ("government-has-its-code", {"owner_uscc": ENTERPRISE}),
        ("institution-has-its-code", {"org_type": "institution", "owner_uscc": GOOD_CODE}),
        ("enterprise-has-its-code", {"org_type": "enterprise", "owner_uscc": GOOD_CODE}),
        ("social-org-has-its-code", {"org_type": "social_org", "owner_uscc": GOOD_CODE}),
        ("private-nonprofit-has-its-code", {"org_type": "private_nonprofit", "owner_uscc": GOOD_CODE}),
        ("foundation-has-its-code", {"org_type": "foundation", "owner_uscc": GOOD_CODE}),
        ("rural-collective-has-its-code", {"org_type": "rural_collective", "owner_uscc": GOOD_CODE}),
        ("rural-cooperative-has-its-code", {"org_type": "rural_cooperative", "owner_uscc": GOOD_CODE}),
        ("accessible-has-entrance", {"accessible": "1", "accessible_entrance": "0"}),
        ("accessible-has-toilet", {"accessible": "1", "accessible_toilet": "0"}),
        ("accessible-toilet-is-a-toilet", {"toilet": "0"}),
        ("accessible-changing-is-a-room", {"changing_room": "0", "accessible_changing": "1"}),
        ("open-access-is-open", {"open_status": "closed"}),
        ("few-sites-on-a-point", [{"site_id": f"LN-210102-S9000{n}", "lat": "41.7"} for n in range(4)]),
        ("apart-from-same-type", [{"lat": "41.6"}, {"lat": "41.60001", "site_id": "LN-210102-S90009"}]),
        ("full-pitch-is-long", {"length_m": "80"}),
        ("full-pitch-is-wide", {"width_m": "40"}),
        ("basketball-court-is-long", {"type_code": "BB01", "length_m": "27"}),
        ("basketball-court-is-wide", {"type_code": "BB03", "width_m": "14"}),
        ("handball-court-is-long", {"type_code": "OB03", "length_m": "39"}),
        ("handball-court-is-wide", {"type_code": "OB03", "width_m": "19"}),
        ("skating-rink-is-large", {"type_code": "OT08", "area_m2": "399"}),
    ],
    "facility_opening": [
        ("not-in-the-future", {"updated_at": "2028-01-01"}),
        (None, {}),
        (None, {"charge_type": "free", "price_cny": "", "price_unit": ""}),
        (None, {"charge_type": "free", "price_cny": "0", "price_unit": ""}),
        (None, {"charge_type": "low_fee", "price_cny": "0.5"}),
        (None, {"charge_type": "paid", "price_cny": "100"}),
        (
            None,
            {
                "opening_kind": "closed",
                "day_of_week": "",
                "opens": "",
                "closes": "",
                "charge_type": "",
                "price_cny": "",
                "price_unit": "",
                "closure_kind": "maintenance",
                "announced_date": "2026-09-20",
            },
        ),
        (None, [{}, {"audience": "student", "price_cny": "15"}]),
        (None, [{}, {"opens": "21:00", "closes": "22:00"}]),
        ("facility-known", {"facility_id": "LN-210102-FB01-99999"}),
        ("hours-in-order", {"opens": "21:00", "closes": "08:00"}),
        ("hours-in-order", {"opens": "08:00", "closes": "08:00"}),
        ("hours-do-not-overlap", [{}, {"opens": "20:00", "closes": "22:00"}]),
        ("days-in-order", {"valid_to": "2026-09-30"}),
        ("announced-before-it-starts", {"announced_date": "2026-10-02", "updated_at": "2026-10-02"}),
        ("hours-given", {"day_of_week": ""}),
        ("closed-has-no-hours", {"opening_kind": "closed"}),
        ("change-explained", {"opening_kind": "adjusted"}),
        ("free-costs-nothing", {"charge_type": "free"}),
        ("charge-has-a-price", {"price_unit": ""}),
        ("charge-above-nothing", {"price_cny": "0"}),
        ("span-before-update", {"announced_date": "2026-09-30"}),
        ("announced-seven-days-ahead", {"closure_kind": "event", "announced_date": "2026-09-28"}),
    ],
    "fitness_equipment": [
        ("not-in-the-future", {"updated_at": "2028-01-01"}),
        (None, {}),
        (None, {"status": "scrapped", "scrapped_date": "2026-05-13", "inspection_result": "scrap"}),
        (None, {"fund_source": "donation", "contract_no": "", "unit_price_cny": ""}),
        ("site-known", {"site_id": "LN-210102-S99999"}),
        ("life-in-order", {"expiry_date": "2021-06-18"}),
        ("expiry-with-life", {"expiry_date": ""}),
        ("inspected-after-installed", {"last_inspection_date": "2020-05-12"}),
        ("scrapped-after-installed", {"status": "scrapped", "scrapped_date": "2020-01-01"}),
        ("inspected-within-year", {"last_inspection_date": "2025-05-12"}),
        ("scrapped-needs-date", {"status": "scrapped"}),
        ("date-needs-scrapped", {"scrapped_date": "2026-05-13"}),
        ("unsafe-is-not-in-use", {"inspection_result": "stop"}),
        ("result-with-inspection", {"inspection_result": ""}),
        ("serial-used-once", [{}, {}]),
        ("site-in-one-division", [{}, {"serial_no": "other", "admin_code": "210103"}]),
        ("lottery-has-contract", {"contract_no": ""}),
        ("receiver-credit-code", {"receiver_uscc": BAD_CODE}),
        ("division-in-area", {"admin_code": "210302"}),
        ("point-whole", {"lon": ""}),
        ("datum-with-point", {"crs": ""}),
        ("datum-publishable", {"crs": "GCJ02"}),
        ("not-in-use-after-expiry", {"expiry_date": "2027-12-30"}),
        ("expiry-adds-up", {"expiry_date": "2028-06-18"}),
        ("path-known", {"path_id": "LN-210102-FT01-99999"}),
        ("path-at-one-site", [{"path_id": PATH}, {"path_id": PATH, "serial_no": "b", "site_id": "LN-210102-S00001"}]),
        ("path-has-five-pieces", {"path_id": "LN-210102-FT01-99998"}),
        ("price-near-others", {"unit_price_cny": "26800"}),
    ],
    "event": [
        ("not-in-the-future", {"updated_at": "2028-01-01"}),
        (None, {}),
        (None, {"high_risk_item": "HR301", "permit_no": "沈体赛许〔2026〕3号"}),
        (None, {"admin_code": "210115"}),
        (None, {"status": "cancelled", "status_date": "2026-09-01", "actual_participants": ""}),
        ("admin-code-in-admin-division", {"admin_code": "210122"}),
        ("admin-code-in-admin-division", {"start_date": "2015-09-12", "admin_code": "210115"}),
        ("starts-in-period", {"start_date": "2025-09-12"}),
        ("days-in-order", {"end_date": "2025-09-12"}),
        ("registration-before-start", {"registration_deadline": "2026-09-13"}),
        ("high-risk-has-permit", {"high_risk_item": "HR301"}),
        ("permit-names-its-item", {"permit_no": "沈体赛许〔2026〕3号"}),
        ("permit-known", {"permit_no": "沈体赛许〔2026〕999号", "high_risk_item": "HR301"}),
        ("venue-known", {"venue_id": "LN-210102-FB01-99999"}),
        ("high-risk-has-breaker", {"high_risk_item": "HR301", "circuit_breaker": "2"}),
        ("moved-says-from-when", {"status": "rescheduled"}),
        ("change-has-date", {"status": "cancelled"}),
        ("results-only-when-held", {"status": "scheduled"}),
        ("completed-has-numbers", {"actual_participants": ""}),
        ("held-before-update", {"updated_at": "2026-07-01"}),
        ("reported-twice", [{}, {}]),
        ("host-credit-code", {"host_uscc": BAD_CODE}),
        ("undertaker-credit-code", {"undertaker_uscc": BAD_CODE}),
        ("trail-run-is-high-risk", {"sport_code": "trail_running", "at_night": "1"}),
        ("past-event-is-settled", {"status": "scheduled", "actual_participants": ""}),
        ("national-name-has-national-host", {"level": "national"}),
        (
            "status-moves-on",
            {"event_id": HELD, "status": "postponed", "status_date": "2026-09-01", "actual_participants": ""},
        ),
        ("division-in-area", {"admin_code": "210302"}),
    ],
    "event_permit": [
        ("not-in-the-future", {"updated_at": "2028-01-01"}),
        (None, {}),
        (None, {"item_code": "HR206", "status": "revoked", "status_date": "2026-03-24"}),
        ("decided-in-period", {"decision_date": "2026-04-01", "published_date": ""}),
        ("decision-in-order", {"application_date": "2026-03-25"}),
        ("event-within-validity", {"valid_to": "2026-05-02"}),
        ("applied-thirty-days-ahead", {"application_date": "2026-03-02", "event_start_date": "2026-03-29"}),
        ("decided-before-event", {"decision_date": "2026-05-03", "published_date": ""}),
        ("revoked-has-date", {"status": "revoked"}),
        ("revoked-after-decision", {"status": "revoked", "status_date": "2026-03-01"}),
        ("published-before-update", {"updated_at": "2026-03-23"}),
        ("holder-credit-code", {"holder_uscc": BAD_CODE}),
        ("authority-credit-code", {"authority_uscc": BAD_CODE}),
        ("division-in-area", {"admin_code": "210302"}),
    ],
}
FLAT = [(dataset, number) for dataset, cases in CASES.items() for number in range(len(cases))]
DERIVED = {"admin-code-in-admin-division"}
LINKED = {"path_id", "owner_uscc", "operator_uscc", "host_uscc", "undertaker_uscc", "high_risk_item", "permit_no"}
"""Optional fields whose examples name something that a good row of ours does not have: they stay empty unless a case fills them."""


def own_keys(dataset, number):
    """What keeps a case apart from the others of its file."""
    site, facility = f"LN-210102-S{number:05}", f"LN-210102-FB01-{number:05}"
    return {
        "facility": {
            "facility_id": facility,
            "site_id": site,
            "site_name": f"体育公园{number}",
            "lat": f"{40 + number / 100:.2f}",
        },
        "facility_opening": {"facility_id": facility},
        "fitness_equipment": {"site_id": site, "serial_no": f"{number}"},
        "event": {"event_name": f"全民健身徒步大会第{number}站"},
        "event_permit": {},
    }[dataset]


def table_of(dataset, rows):
    contract = CONTRACTS[dataset]
    left_out = {field.name for field in contract.fields if field.name in LINKED and not field.required}
    example = {field.name: "" if field.name in left_out else field.policy.example or "" for field in contract.fields}
    filled = [example | row for row in rows]
    return typed(pa.table({name: pa.array([row[name] for row in filled], pa.string()) for name in example}), contract)


@cache
def accepted():
    """What the cases may refer to."""
    facilities = [own_keys("facility", number) for number in range(len(max(CASES.values(), key=len)))]
    return {
        "facility": table_of("facility", [*facilities, {}]),
        "event_permit": table_of("event_permit", [{}]),
        "event": table_of("event", [{"event_id": HELD}]),
    }


def found_in(dataset, rows):
    contract = CONTRACTS[dataset]
    key = SliceKey(dataset=dataset, department=SHENYANG.code, period=PERIODS[contract.policy.slice.period])
    context = RuleContext(key, SHENYANG, CODELISTS, accepted(), RECEIVED)
    return judge_rows(table_of(dataset, rows), pa.array(range(len(rows)), pa.int64()), contract, context)


@cache
def found_by_case(dataset):
    """The findings of each case, in the order of CASES."""
    rows, case_of = [], []
    for number, (_, changes) in enumerate(CASES[dataset]):
        for change in changes if isinstance(changes, list) else [changes]:
            rows.append(own_keys(dataset, number) | change)
            case_of.append(number)
    found = [[] for _ in CASES[dataset]]
    for finding in found_in(dataset, rows):
        found[case_of[finding.row]].append(finding)
    return found


@pytest.mark.parametrize(("dataset", "number"), FLAT, ids=[f"{d}-{n}-{CASES[d][n][0]}" for d, n in FLAT])
def test_a_defect_is_found_by_the_rule_that_is_for_it(dataset, number):
    rule, _ = CASES[dataset][number]
    found = found_by_case(dataset)[number]
    types = {finding.type for finding in found}
    assert rule in types if rule else types == set()
    for finding in found:
        assert "{" not in finding.message.zh + finding.message.en


@pytest.mark.parametrize("dataset", CASES)
def test_every_rule_of_the_contract_has_a_defect_that_it_finds(dataset):
    shown = {rule for rule, _ in CASES[dataset]} - {None} - DERIVED
    assert {rule.id for rule in CONTRACTS[dataset].policy.rules} == shown


def test_an_event_of_the_past_may_carry_the_division_of_its_day():
    found = found_in("event", [{"start_date": "2015-09-12", "admin_code": "210122"}])
    assert "starts-in-period" in {finding.type for finding in found}
    assert "admin-code-in-admin-division" not in {finding.type for finding in found}
