"""The static catalogue as a whole: from release folders to a site that can be copied, and back to nothing left to do."""

import json
import os
import re
import shutil
from datetime import datetime

import html5lib
import pyarrow as pa
import pytest

from catalog.entry import build_entry
from catalog.pages.formats import ZONE
from catalog.plan import PlanOutcome, make_plan
from catalog.release_facts import DOCUMENTS
from catalog.site_address import SiteAddress
from catalog.site_folder import SiteFolder, file_sha256
from catalog.standards.exports import find_exports
from catalog.static_site.site_drawing import SiteDrawing
from catalog.static_site.static import StaticCatalogue
from schemas.contract import read_contracts
from schemas.departments import read_departments
from schemas.errors import CatalogueError
from support.contracts import contract_with
from support.frozen_rows import rows_of
from support.published_site import event_entry, facility_entry, find_faults, publish_site, site_files
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release
from support.typed import in_slice, typed
from warehouse.layout import Layout
from warehouse.releases.freezing import StatedFacts, freeze

MACHINES = ("catalog.jsonld", "data.json", "feed.xml", "dataset/facility/croissant.json")
PACKAGE = find_exports("construction_project")[0].path
HOSTILE = """</script><script>alert(1)</script>"'<img src=x onerror=alert(1)>"""


@pytest.fixture
def releases(tmp_path):
    return tmp_path / "releases"


@pytest.fixture
def site(tmp_path, releases):
    return StaticCatalogue(tmp_path / "catalogue", releases)


@pytest.fixture
def facility(releases):
    return facility_entry(releases)


@pytest.fixture
def event(releases):
    return event_entry(releases)


def pages(folder):
    return sorted(folder.rglob("*.html"))


def test_everything_is_published_in_both_languages_and_for_machines(site, facility, event):
    assert publish_site(site, facility, event) == PlanOutcome(created=2, writes=42)
    names = set(site_files(site.folder))
    assert {
        "index.html", "en/index.html", "catalogue.html", "en/catalogue.html", "style.css", "catalog.jsonld", "data.json", "state.json",
        "dataset/facility/index.html", "dataset/facility/en/index.html", "dataset/event/index.html", "dataset/event/en/index.html",
        "releases/facility/2026.11.1/facility.csv", "releases/facility/2026.11.1/SHA256SUMS",
        "releases/facility/2026.11.1/dictionary.csv", "releases/facility/index.json", "dataset/facility/croissant.json",
        "feed.xml", "en/feed.xml", "about.html", "en/about.html", "404.html", "favicon.svg", "share.png", "search-index.js",
    } <= names  # fmt: skip
    assert not [name for name in names if name.endswith(".part")]


def test_a_second_run_plans_nothing_and_touches_nothing(site, facility, event):
    publish_site(site, facility, event)
    before = site_files(site.folder)
    planned = make_plan([facility, event], site.read_published())
    assert planned.writes == 0
    assert site.apply(planned, [facility, event]) == PlanOutcome(kept=2)
    assert site_files(site.folder) == before


def test_an_empty_catalogue_has_a_front_page_that_says_so(site):
    assert publish_site(site).writes > 0
    for name in ("index.html", "catalogue.html"):
        assert "目录中还没有数据集" in (site.folder / name).read_text(encoding="utf-8")
    assert publish_site(site).writes == 0


def test_only_what_changed_is_written_again(site, facility, event, releases):
    publish_site(site, facility, event)
    before = site_files(site.folder)
    contract = facility_contract()
    newer = build_entry(
        contract, write_release(releases, contract, PLACES[:2], number="2026.12.1", previous="2026.11.1"), DEPARTMENTS
    )
    outcome = publish_site(site, newer, event)
    assert (outcome.created, outcome.updated, outcome.kept) == (0, 1, 1)
    changed = {name for name, now in site_files(site.folder).items() if before.get(name) != now}
    assert not [name for name in changed if "event" in name or "2026.11.1" in name or name == "style.css"]
    page = (site.folder / "dataset/facility/index.html").read_text(encoding="utf-8")
    assert "2026.12.1" in page
    assert "releases/facility/2026.11.1/facility.csv" in page


def test_the_folder_is_whole_when_copied_away(site, facility, event, tmp_path):
    publish_site(site, facility, event)
    away = tmp_path / "usb stick" / "数据目录"
    shutil.copytree(site.folder, away)
    shutil.rmtree(site.folder)
    for page in pages(away):
        for address in re.findall(r'(?:href|src)="([^"]*)"', page.read_text(encoding="utf-8")):
            if not address.startswith(("#", "https:", "mailto:")):
                assert (page.parent / address.partition("?")[0]).resolve().is_file(), (page, address)


def test_every_page_is_valid_html(site, facility, event):
    publish_site(site, facility, event)
    publish_site(site, facility)
    assert len(pages(site.folder)) == 11
    for page in pages(site.folder):
        html5lib.HTMLParser(strict=True).parse(page.read_text(encoding="utf-8"))


def test_hostile_names_and_values_stay_text(site, releases):
    contract = facility_contract(title=HOSTILE, description=HOSTILE, keywords=[HOSTILE])
    rows = [{**PLACES[0], "name": HOSTILE, "facility_id": "=HYPERLINK(1)"}]
    publish_site(site, build_entry(contract, write_release(releases, contract, rows), DEPARTMENTS))
    for page in pages(site.folder):
        said = page.read_text(encoding="utf-8")
        document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(said)
        assert all(one.get("src").endswith("dataset/facility/map.svg") for one in document.iter("img"))
        scripts = [element.get("type") for element in document.iter("script")]
        front = {"index.html": ["application/ld+json"], "catalogue.html": [None, None]}.get(page.name, [])
        assert scripts == (["application/ld+json"] if "dataset" in page.parts else front)
    assert HOSTILE in json.loads((site.folder / "data.json").read_text(encoding="utf-8"))["dataset"][0]["title"]


def test_a_retired_dataset_leaves_the_index_and_its_files_but_not_its_address(site, facility, event):
    publish_site(site, facility, event)
    outcome = publish_site(site, facility)
    assert (outcome.retired, outcome.kept) == (1, 1)
    assert set(site.read_published()) == {"facility"}
    for name in ("index.html", "catalogue.html"):
        assert "dataset/event/" not in (site.folder / name).read_text(encoding="utf-8")
    assert "event" not in (site.folder / "catalog.jsonld").read_text(encoding="utf-8")
    assert not (site.folder / "releases/event").exists()
    assert (
        "不再" in (page := (site.folder / "dataset/event/index.html").read_text(encoding="utf-8"))
        or "已不在目录中" in page
    )
    assert publish_site(site, facility).writes == 0
    assert publish_site(site, facility, event).created == 1


@pytest.mark.parametrize(
    "harm", ["dataset/facility/en/index.html", "releases/facility/2026.11.1/facility.csv", "index.html", "style.css"]
)
def test_a_file_that_was_taken_away_is_noticed_and_mended(site, facility, harm):
    publish_site(site, facility)
    whole = {name: content for name, (_, content) in site_files(site.folder).items()}
    (site.folder / harm).unlink()
    assert make_plan([facility], site.read_published()).writes == 1
    assert publish_site(site, facility).writes == 1
    assert {name: content for name, (_, content) in site_files(site.folder).items()} == whole
    assert publish_site(site, facility).writes == 0


def test_a_lost_state_is_made_again_and_what_nobody_wants_goes(site, facility, event):
    publish_site(site, facility, event)
    (site.folder / "state.json").unlink()
    publish_site(site, facility)
    assert not (site.folder / "dataset/event/index.html").exists()
    assert not (site.folder / "releases/event").exists()
    assert publish_site(site, facility).writes == 0


def test_pages_drawn_with_an_older_look_are_drawn_again(site, facility, monkeypatch):
    publish_site(site, facility)
    monkeypatch.setattr(SiteDrawing, "look_hash", "another look")
    newer = StaticCatalogue(site.folder, site.releases)
    (step,) = make_plan([facility], newer.read_published()).steps
    assert (step.action, step.before) == ("update", f"outdated {facility.fingerprint}")  # not damaged: nothing is lost
    publish_site(newer, facility)
    assert publish_site(newer, facility).writes == 0


class Killed(BaseException):
    """What a kill is to the code: nothing catches it."""


@pytest.mark.parametrize("fatal", [1, 7, 9, 10, 11, 12, 13, 23, 24, 28, 29])
def test_killed_at_any_write_the_next_run_ends_where_an_unkilled_one_does(
    tmp_path, site, facility, event, monkeypatch, fatal
):
    unkilled = StaticCatalogue(tmp_path / "unkilled", site.releases)
    publish_site(unkilled, facility, event)
    swap, done = SiteFolder._swap_in, []

    def swap_or_die(self, aside, target):
        done.append(target)
        if len(done) == fatal:
            raise Killed
        swap(self, aside, target)

    with monkeypatch.context() as patched:
        patched.setattr(SiteFolder, "_swap_in", swap_or_die)
        with pytest.raises(Killed):
            publish_site(site, facility, event)
    assert site.read_published() == {}
    publish_site(site, facility, event)
    same = [{name: content for name, (_, content) in site_files(s.folder).items()} for s in (site, unkilled)]
    assert same[0] == same[1]
    assert publish_site(site, facility, event).writes == 0


def test_a_damaged_release_is_not_published(site, facility, releases):
    (releases / "facility/2026.11.1/facility.csv").write_text("tampered\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"facility\.csv"):
        publish_site(site, facility)
    assert not (site.folder / "index.html").exists()


def test_a_file_that_is_as_it_was_when_its_release_was_hashed_is_not_read_again(site, facility, releases, monkeypatch):
    folder = releases / "facility" / "2026.11.1"
    for file in folder.iterdir():
        os.utime(file, ns=(0, 10**18 + (file.name == "SHA256SUMS")))
    read = []

    def note(file):
        read.append(file.name)
        return file_sha256(file)

    monkeypatch.setattr("catalog.site_folder.file_sha256", note)
    publish_site(site, facility)
    assert {name for name in read if name in {path.name for path in folder.iterdir()}} == {*DOCUMENTS}
    assert site.find_drift([facility]) == []


@pytest.mark.parametrize("changed", [b"longer than it was", b"x"], ids=["size", "time"])
def test_a_file_that_changed_after_its_release_was_hashed_is_read_and_refused(site, facility, releases, changed):
    folder = releases / "facility" / "2026.11.1"
    for file in folder.iterdir():
        os.utime(file, ns=(0, 10**18 + (file.name == "SHA256SUMS")))
    file = folder / "facility.csv"
    content = file.read_bytes()
    file.write_bytes(changed if len(changed) > 1 else changed + content[1:])
    if len(changed) > 1:
        os.utime(file, ns=(0, 10**18))
    with pytest.raises(CatalogueError, match="changed since"):
        publish_site(site, facility)


def test_a_plan_made_from_other_entries_is_refused(site, facility, event):
    with pytest.raises(CatalogueError, match="plan again"):
        site.apply(make_plan([facility, event], {}), [event])


def test_a_dataset_without_rows_has_a_page_all_the_same(site, releases):
    contract = facility_contract()
    publish_site(site, build_entry(contract, write_release(releases, contract, []), DEPARTMENTS))
    assert "本版本没有数据行" in (site.folder / "dataset/facility/index.html").read_text(encoding="utf-8")


def test_synthetic_data_say_so_on_every_page_and_in_every_machine_file(site, releases):
    contract = facility_contract()
    publish_site(site, build_entry(contract, write_release(releases, contract, PLACES, synthetic=True), DEPARTMENTS))
    for name in (*MACHINES, *(p.relative_to(site.folder).as_posix() for p in pages(site.folder))):
        said = (site.folder / name).read_text(encoding="utf-8")
        assert "示例数据（虚构）" in said, name
        assert "synthetic sample data" in said, name


def test_nothing_about_this_machine_is_in_the_site(site, facility, tmp_path):
    publish_site(site, facility)
    files = site_files(site.folder)
    assert {"index.html", "data.json", "state.json"} <= set(files)
    assert [name for name, (_, content) in files.items() if os.fsencode(tmp_path) in content] == []


def test_the_same_entries_make_the_same_bytes(tmp_path, releases, facility, event):
    one, two = (StaticCatalogue(tmp_path / name, releases) for name in ("one", "two"))
    publish_site(one, facility, event)
    publish_site(two, facility)
    publish_site(two, facility, event)
    same = [{name: content for name, (_, content) in site_files(s.folder).items()} for s in (one, two)]
    assert same[0] == same[1]


def test_a_code_list_is_explained_on_the_page_and_lies_beside_the_data(site, releases):
    contract = contract_with(["id", {"name": "placement", "sportlake": {"codelist": "placement"}}])
    lists = {"placement": [("indoor", "室内", "indoors"), ("outdoor", "室外", "outdoors")]}
    publish_site(site, build_entry(contract, write_release(releases, contract, [], codelists=lists), DEPARTMENTS))
    page = (site.folder / "dataset/sample/en/index.html").read_text(encoding="utf-8")
    assert 'href="#codes-placement"' in page
    assert 'id="codes-placement"' in page
    assert "<code>outdoor</code></th><td>outdoors</td>" in page
    assert (site.folder / "releases/sample/2026.11.1/codelist_placement.csv").is_file()


def test_a_release_that_was_really_frozen_is_published_as_it_is(site, tmp_path):
    """The one test that holds the builder of these tests to `warehouse.releases.releases`."""
    layout, contract = Layout(tmp_path), facility_contract()
    text = pa.table({f.name: [None if row.get(f.name) is None else str(row[f.name]) for row in PLACES] for f in contract.fields},
                    schema=pa.schema([(f.name, pa.string()) for f in contract.fields]))  # fmt: skip
    slices = [
        {
            "department": "shenyang",
            "period": "2026",
            "rows": 3,
            "submission": "AAAA",
            "sha256": "0" * 64,
            "received": "2026-11-23",
        }
    ]
    quality = {"rows_submitted": 4, "rows_held_back": 1, "findings": {"type-error": 1}}
    rows = rows_of(in_slice(typed(text, contract)), contract, {}, DEPARTMENTS)
    stated = StatedFacts(1, quality, slices, synthetic=True)
    now = datetime(2026, 11, 24, 9, 30, tzinfo=ZONE)
    frozen = freeze(layout, contract, rows, stated, now=now, previous=None, codelists={})
    entry = build_entry(contract, layout.release_folder("facility", frozen.number), DEPARTMENTS)
    publish_site(site, entry)
    assert publish_site(site, entry).writes == 0
    page = (site.folder / "dataset/facility/index.html").read_text(encoding="utf-8")
    html5lib.HTMLParser(strict=True).parse(page)
    assert "和平区体育公园1号足球场" in page
    assert "<circle" in page
    assert "管理员" not in page.replace("不对外公开： 管理员", "")
    assert (site.folder / "releases/facility" / frozen.number / "facility.parquet").stat().st_size > 1000


def test_construction_projects_are_one_document_of_open_contracting_data_as_long_as_they_are_published(
    site, releases, facility
):
    contract = read_contracts()["construction_project"]
    rows = [{"project_code": "2509-210102-04-01-100001", "project_name": "示例工程", "stage": "in_use", "kind": "new"}]
    folder = write_release(releases, contract, rows, departments=["210100"])
    entry = build_entry(contract, folder, read_departments())
    publish_site(site, facility, entry)
    [project] = json.loads((site.folder / PACKAGE).read_text(encoding="utf-8"))["projects"]
    assert (project["id"], project["status"]) == ("2509-210102-04-01-100001", "maintenance")
    assert f'href="../{PACKAGE}"' in (site.folder / "en/catalogue.html").read_text(encoding="utf-8")
    assert site.find_drift([facility, entry]) == site.find_orphans() == []
    (site.folder / PACKAGE).write_text("{}", encoding="utf-8")
    assert [one.what for one in site.find_drift([facility, entry])] == [f"file {PACKAGE}"]
    assert publish_site(site, facility, entry).writes > 0
    assert json.loads((site.folder / PACKAGE).read_text(encoding="utf-8"))["projects"] == [project]
    publish_site(site, facility)
    assert not (site.folder / PACKAGE).exists()
    assert PACKAGE not in (site.folder / "catalogue.html").read_text(encoding="utf-8")


def test_with_an_address_every_document_is_absolute_and_the_pages_work_offline_all_the_same(site, facility):
    publish_site(site, facility)
    addressed = StaticCatalogue(site.folder, site.releases, site=SiteAddress("https://data.example.org/sports"))
    assert publish_site(addressed, facility).updated == 1
    for name in (*MACHINES, "sitemap.xml"):
        said = (site.folder / name).read_text(encoding="utf-8")
        assert "https://data.example.org/sports/" in said
        assert not re.search(r'"(\.\./)*(releases|dataset)/|file:', said), name
    page = (site.folder / "dataset/facility/en/index.html").read_text(encoding="utf-8")
    assert '<meta property="og:url" content="https://data.example.org/sports/dataset/facility/en/index.html">' in page
    assert '<link rel="canonical" href="https://data.example.org/sports/dataset/facility/en/index.html">' in page
    assert 'href="../../../style.css"' in page
    assert find_faults(addressed, facility) == []
    assert publish_site(site, facility).updated == 1
    assert not (site.folder / "sitemap.xml").exists(), "a sitemap needs an address"
    assert find_faults(site, facility) == []
