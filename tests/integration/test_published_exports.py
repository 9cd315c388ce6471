"""Exports in the static catalogue: there as long as their dataset is, made again only when what they are made from changed."""

import json
import re

import html5lib
import pytest

from catalog.plan import make_plan
from catalog.standards import exports
from catalog.static_site.static import StaticCatalogue
from support.exports import real_entry

HOSTILE = "</script><script>alert(1)</script>\u202e"
GRANT = {
    "project_id": "LNYD-2025-001", "project_year": "2025", "batch": "2025年第一批", "title": "示例提升项目", "applicant_name": "示例公司",
    "applicant_uscc": "91210100MA0000015X", "admin_code": "210102", "direction": "fitness", "support_mode": "grant", "amount_awarded_cny": "1",
    "award_date": "2025-07-01", "status": "approved",
}  # fmt: skip
EVENT = {"event_id": "EV-2026-210100-0001", "event_name": HOSTILE, "start_date": "2026-09-12", "place": "示例公园", "status": "scheduled"}  # fmt: skip
PITCH = {
    "facility_id": "LN-210102-FB01-00001", "site_id": "LN-210102-S00001", "site_name": "示例公园", "facility_name": "1号场", "type_code": "FB01",
    "admin_code": "210102", "address": "示例街1号", "status": "active", "open_status": "open",
}  # fmt: skip
HOURS = {"facility_id": PITCH["facility_id"], "opening_kind": "regular", "day_of_week": "1", "opens": "08:00", "closes": "20:00", "valid_from": "2026-10-01", "audience": "everyone"}  # fmt: skip
PATHS = {
    "event": "dataset/event/schema-org-events.jsonld",
    "facility": "dataset/facility/openactive-places.jsonld",
    "guidance_fund_project": "dataset/guidance_fund_project/360giving.json",
}


@pytest.fixture
def site(tmp_path):
    return StaticCatalogue(tmp_path / "catalogue", tmp_path / "releases")


@pytest.fixture
def entries(site):
    rows = {"event": EVENT, "facility": PITCH, "facility_opening": HOURS, "guidance_fund_project": GRANT}
    return {name: real_entry(site.releases, name, [row]) for name, row in rows.items()}


def publish(site, entries):
    return site.apply(make_plan(list(entries.values()), site.read_published()), list(entries.values()))


def read_document(site, dataset):
    return json.loads((site.folder / PATHS[dataset]).read_text(encoding="utf-8"))


@pytest.fixture
def written(monkeypatch):
    """The exports that were written."""
    found, write = [], exports.ExportSource.write_document

    def write_and_note(self, export):
        found.append(export.dataset)
        return write(self, export)

    monkeypatch.setattr(exports.ExportSource, "write_document", write_and_note)
    return found


def test_every_export_is_published_with_absolute_ids_and_linked_from_its_page_in_both_languages(site, entries):
    publish(site, entries)
    assert [len(read_document(site, name)[key]) for name, key in [("event", "dataFeedElement"), ("facility", "dataFeedElement"), ("guidance_fund_project", "grants")]] == [1, 1, 1]  # fmt: skip
    feeds = [read_document(site, name) for name in ("event", "facility")]
    for one in (*feeds, *feeds[0]["dataFeedElement"]):
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", one["@id"])
    for dataset, path in PATHS.items():
        for page, to_root in (
            (f"dataset/{dataset}/index.html", "../../"),
            (f"dataset/{dataset}/en/index.html", "../../../"),
        ):
            assert f'href="{to_root}{path}" download' in (site.folder / page).read_text(encoding="utf-8")
        assert f'href="{path}"' in (site.folder / "catalogue.html").read_text(encoding="utf-8")
    assert "通用标准" not in (site.folder / "dataset/facility_opening/index.html").read_text(encoding="utf-8")
    assert site.find_drift(list(entries.values())) == site.find_orphans() == []


def test_hostile_names_are_neither_markup_of_a_page_nor_of_a_document(site, entries):
    publish(site, entries)
    assert read_document(site, "event")["dataFeedElement"][0]["name"] == HOSTILE
    assert "<" not in (site.folder / PATHS["event"]).read_text(encoding="utf-8")
    page = html5lib.parse(
        (site.folder / "dataset/event/index.html").read_text(encoding="utf-8"), namespaceHTMLElements=False
    )
    assert [script.get("type") for script in page.iter("script")] == ["application/ld+json"]


def test_only_exports_of_changed_tables_are_written_again(site, entries, written):
    publish(site, entries)
    assert sorted(written) == ["event", "facility", "guidance_fund_project"]
    written.clear()
    assert publish(site, entries).writes == 0
    assert written == []
    newer = [{**HOURS, "closes": "22:00"}]
    entries["facility_opening"] = real_entry(
        site.releases, "facility_opening", newer, number="2026.12.1", previous="2026.11.1"
    )
    publish(site, entries)
    assert written == ["facility"]
    [pitch] = read_document(site, "facility")["dataFeedElement"][0]["containsPlace"]
    assert pitch["openingHoursSpecification"][0]["closes"] == "22:00"
    assert site.find_drift(list(entries.values())) == []


def test_a_table_that_is_withdrawn_leaves_the_export_of_another(site, entries):
    publish(site, entries)
    del entries["facility_opening"]
    publish(site, entries)
    [pitch] = read_document(site, "facility")["dataFeedElement"][0]["containsPlace"]
    assert "openingHoursSpecification" not in pitch


def test_an_export_goes_with_its_dataset(site, entries):
    publish(site, entries)
    del entries["event"]
    publish(site, entries)
    assert not (site.folder / PATHS["event"]).exists()
    assert PATHS["event"] not in (site.folder / "catalogue.html").read_text(encoding="utf-8")
    assert site.find_orphans() == []


def test_a_changed_or_missing_export_is_noticed_and_mended(site, entries):
    publish(site, entries)
    whole = read_document(site, "facility")
    for harm in (lambda file: file.unlink(), lambda file: file.write_text("{}", encoding="utf-8")):
        harm(site.folder / PATHS["facility"])
        assert [one.what for one in site.find_drift(list(entries.values()))] == [f"file {PATHS['facility']}"]
        assert publish(site, entries).writes > 0
        assert read_document(site, "facility") == whole
    assert publish(site, entries).writes == 0


def test_a_site_published_before_there_were_exports_gets_them(site, entries):
    publish(site, entries)
    state = json.loads((site.folder / "state.json").read_text(encoding="utf-8"))
    del state["exports"]
    state["look"] = "an older look"
    state["site"] = {name: digest for name, digest in state["site"].items() if name not in PATHS.values()}
    (site.folder / "state.json").write_text(json.dumps(state), encoding="utf-8")
    (site.folder / PATHS["event"]).unlink()
    publish(site, entries)
    assert read_document(site, "event")["dataFeedElement"]
    assert publish(site, entries).writes == 0
