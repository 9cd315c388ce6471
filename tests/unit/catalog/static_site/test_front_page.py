from catalog.entry import build_entry
from catalog.site_state import ShownDataset
from catalog.static_site.front_page import front_view
from schemas.contract import read_contracts
from schemas.text import Text
from support.contracts import contract_with
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release

TITLE = Text(zh="图", en="Chart")


def entry_of(folder, name, family, rows=1, **release):
    contract = contract_with(["id"], name=name, title=name, policy={"family": family, "title_en": name})
    written = write_release(folder, contract, [{"id": str(at)} for at in range(rows)], **release)
    return build_entry(contract, written, DEPARTMENTS)


def shown(entry, *files, picture=None):
    return ShownDataset(
        fingerprint=entry.fingerprint,
        release=entry.release,
        title=entry.title,
        synthetic=False,
        files=dict.fromkeys(files, "0" * 64),
        picture=picture,
    )


def test_the_newest_releases_come_first_and_those_of_the_platform_last(tmp_path):
    entries = [
        entry_of(tmp_path, "old", "event", rows=9, created="2026-10-01T08:00:00+08:00"),
        entry_of(tmp_path, "few", "event", created="2026-11-02T08:00:00+08:00"),
        entry_of(tmp_path, "many", "event", rows=5, created="2026-11-02T07:00:00+08:00"),
        entry_of(tmp_path, "own", "platform", created="2026-11-03T08:00:00+08:00"),
    ]
    view = front_view(entries, "zh", {})
    assert [entry.dataset for entry in view["newest"]] == ["many", "few", "old", "own"]
    assert (view["count"], view["rows"]) == (4, 16)
    assert view["families"] == [("event", 3), ("platform", 1)]


def test_the_page_leads_to_the_maps_on_which_places_are_found(tmp_path):
    finder = read_contracts()["facility"].policy.finder.model_copy(update={"name": "name"})
    place = {"name": "场地", "division": "210102", "lon": 123.4, "lat": 41.8}
    facility = build_entry(facility_contract(), write_release(tmp_path, facility_contract(), [place]), DEPARTMENTS)
    found = facility.model_copy(update={"finder": finder})
    assert front_view([found, entry_of(tmp_path, "event", "event")], "en", {})["finders"] == [
        ("map/en/facility.html", facility.title)
    ]


def test_the_pictures_are_a_map_and_a_chart_of_another_family(tmp_path):
    contract = facility_contract()
    facility = build_entry(contract, write_release(tmp_path, contract, PLACES), DEPARTMENTS)
    event, same = entry_of(tmp_path, "event", "event"), entry_of(tmp_path, "same", "facility", rows=9)
    entries = [facility, event, same]
    pictures = front_view(
        entries,
        "en",
        {
            "facility": shown(facility, "dataset/facility/map.svg", picture=TITLE),
            "event": shown(event, "dataset/event/en/chart.svg", picture=TITLE),
            "same": shown(same, picture=TITLE),
        },
    )["pictures"]
    assert [(one.path, one.title) for one in pictures] == [
        ("dataset/facility/map.svg", facility.title),
        ("dataset/event/en/chart.svg", TITLE),
    ]


def test_there_are_three_pictures_at_most_one_of_a_family_the_largest_of_each(tmp_path):
    named = {"a": "event", "b": "event", "c": "funding", "d": "association", "e": "service"}
    entries = [entry_of(tmp_path, name, family, rows=at + 1) for at, (name, family) in enumerate(named.items())]
    pictures = front_view(entries, "zh", {entry.dataset: shown(entry, picture=TITLE) for entry in entries})["pictures"]
    assert [one.entry.dataset for one in pictures] == ["e", "d", "c"]


def test_without_pictures_or_datasets_the_page_has_none(tmp_path):
    assert front_view([entry_of(tmp_path, "event", "event")], "zh", {})["pictures"] == ()
    view = front_view([], "zh", {})
    assert (view["pictures"], view["families"], view["newest"], view["data_time"]) == ((), [], [], None)
