"""Events are sports events of schema.org; rdflib's copy of its vocabulary knows every type and property."""

import pytest
from rdflib import SDO

from catalog.entry import stable_id
from support.exports import export_document

ROW = {
    "event_id": "EV-2026-210100-0001", "event_name": "2026年沈阳市示例徒步大会", "sport_code": "walking", "start_date": "2026-09-12",
    "end_date": "2026-09-13", "previous_start_date": "2026-08-01", "venue_id": "LN-210102-FB01-00001", "place": "和平区示例公园",
    "host_name": "沈阳市示例局", "host_uscc": "11210100000000123K", "undertaker_name": "示例中心", "registration_deadline": "2026-08-31",
    "registration_url": "https://example.org/join", "fee_cny": "0", "status": "rescheduled", "updated_at": "2026-09-20",
}  # fmt: skip


def events_of(tmp_path, *rows):
    return export_document(tmp_path, "event", event=rows)["dataFeedElement"]


def test_an_event_is_a_sports_event_with_all_that_schema_org_has_a_place_for(tmp_path):
    assert events_of(tmp_path, ROW) == [
        {
            "@type": "SportsEvent",
            "@id": f"urn:uuid:{stable_id('event', ROW['event_id'])}",
            "identifier": "EV-2026-210100-0001",
            "name": "2026年沈阳市示例徒步大会",
            "sport": "健步走",
            "startDate": "2026-09-12",
            "endDate": "2026-09-13",
            "previousStartDate": "2026-08-01",
            "eventStatus": "https://schema.org/EventRescheduled",
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "location": {
                "@type": "Place",
                "@id": f"urn:uuid:{stable_id('facility', ROW['venue_id'])}",
                "name": "和平区示例公园",
                "address": "和平区示例公园",
            },
            "organizer": {
                "@type": "Organization",
                "name": "沈阳市示例局",
                "identifier": {"@type": "PropertyValue", "propertyID": "CN-USCI", "value": "11210100000000123K"},
            },
            "contributor": {"@type": "Organization", "name": "示例中心"},
            "offers": {
                "@type": "Offer",
                "price": 0,
                "priceCurrency": "CNY",
                "url": "https://example.org/join",
                "validThrough": "2026-08-31",
            },
            "isAccessibleForFree": True,
            "dateModified": "2026-09-20",
        }
    ]


@pytest.mark.parametrize(
    ("status", "theirs"),
    [
        ("scheduled", "https://schema.org/EventScheduled"),
        ("postponed", "https://schema.org/EventPostponed"),
        ("cancelled", "https://schema.org/EventCancelled"),
        ("completed", None),
    ],
)
def test_the_state_of_an_event_is_that_of_schema_org_where_it_has_one(tmp_path, status, theirs):
    [event] = events_of(tmp_path, {**ROW, "status": status})
    assert event.get("eventStatus") == theirs


def test_an_event_that_costs_something_is_not_free(tmp_path):
    [event] = events_of(tmp_path, {**ROW, "fee_cny": "50.5", "venue_id": ""})
    assert event["offers"]["price"] == 50.5
    assert "isAccessibleForFree" not in event
    assert "@id" not in event["location"]


def names_in(document):
    if isinstance(document, dict):
        for key, value in document.items():
            yield value if key == "@type" else key
            yield from names_in(value)
    elif isinstance(document, list):
        for part in document:
            yield from names_in(part)
    elif isinstance(document, str) and document.startswith("https://schema.org/Event"):
        yield document.removeprefix("https://schema.org/")


def test_every_type_and_property_is_of_schema_org(tmp_path):
    document = export_document(tmp_path, "event", event=[ROW])
    names = {name for name in names_in(document) if not name.startswith("@")}
    assert len(names) > 25
    assert [name for name in sorted(names) if name not in SDO] == []
