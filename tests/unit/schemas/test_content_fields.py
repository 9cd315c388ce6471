"""What a row is about: not its key, codes, period, hours, or what an account repeats."""

from schemas.content_fields import content_fields, shared_content
from schemas.contract import read_contracts
from support.contracts import contract_with

CONTRACTS = read_contracts()


def names(fields):
    return [field.name for field in fields]


def test_keys_codes_periods_hours_and_repeated_fields_are_no_content():
    contract = contract_with(
        ["id", "uscc", "unit", "held:date", "year:year", "opens:time", "area", "ref", "name", "size:number", "seen:date",
         {"name": "kind", "sportlake": {"codelist": "sport"}}],
        [
            {"kind": "credit_code", "field": "uscc"},
            {"kind": "in_period", "field": "held"},
            {"kind": "in_area", "field": "area"},
            {"kind": "consistent_within", "key": "uscc", "fields": ["unit"]},
            {"kind": "in_dataset", "fields": ["ref"], "dataset": "sample", "reference": ["id"]},
        ],
    )  # fmt: skip
    assert names(content_fields(contract)) == ["name", "size", "seen"]


def test_a_facility_is_told_by_what_it_is_and_where():
    content = set(names(content_fields(CONTRACTS["facility"])))
    assert {"facility_name", "address", "lon", "lat", "area_m2"} <= content
    assert not {"facility_id", "admin_code", "type_code", "owner_uscc", "last_verified_date"} & content


def test_events_and_their_permits_share_name_and_place():
    shared = names(shared_content(CONTRACTS["event_permit"], CONTRACTS["event"]))
    assert {"event_name", "place"} <= set(shared)
    assert "decision_date" not in shared


def test_fields_of_one_name_and_two_types_are_not_shared():
    other = contract_with(["id", "name", "size"], name="other")
    assert names(shared_content(contract_with(["id", "name", "size:number"]), other)) == ["name"]
