"""Withdrawals and rollbacks as the public sees them, in two static catalogues at once."""

import json

import html5lib
import pytest

from catalog.plan import PlanOutcome
from catalog.static_site.static import STATE, StaticCatalogue
from pipelines.publication.due import publication_due
from pipelines.publication.publish import (
    plan_publication,
    publish_entries,
    unrecorded_publications,
    unrecorded_retirements,
    wanted_entries,
)
from pipelines.publication.rollback import roll_back
from pipelines.publication.withdrawal import restore_dataset, withdraw_dataset
from schemas.text import Text
from support.frozen import freeze_release
from support.published_site import site_files
from support.released_datasets import FIRST, LATER, SECOND, THIRD, WHY
from support.workspaces import NOW, workspace_with

FEEDS = {"feed.xml", "en/feed.xml"}


@pytest.fixture
def mirror(workspace):
    return StaticCatalogue(workspace.layout.home / "mirror", workspace.layout.releases, name="mirror")


def page(site, dataset, lang="zh"):
    return (site.folder / f"dataset/{dataset}/{'en/' if lang == 'en' else ''}index.html").read_text(encoding="utf-8")


def texts_and_links(html):
    """What a reader reads on a page, and where its links lead."""
    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    return " ".join("".join(document.find(".//main").itertext()).split()), [a.get("href") for a in document.iter("a")]


def contents(site):
    return {name: content for name, (_, content) in site_files(site.folder).items()}


def offered(site, dataset):
    """The releases of which there are files."""
    return sorted(path.name for path in (site.folder / "releases" / dataset).iterdir() if path.is_dir())


def told(workspace, kind):
    return [(entry.facts["catalogue"], entry.facts["dataset"], entry.facts["release"]) for entry in workspace.ledger.read_entries(kind)]  # fmt: skip


def test_a_withdrawn_dataset_leaves_a_tombstone_with_reason_day_release_and_successor(workspace, site):
    publish_entries(workspace, site, NOW)
    withdraw_dataset(workspace, "event", WHY, "facility", LATER)
    assert publish_entries(workspace, site, LATER).outcome.retired == 1
    said, links = texts_and_links(page(site, "event"))
    for part in ("赛事", "不在目录中", WHY.zh, "2026年11月26日", FIRST, "体育场地"):
        assert part in said
    assert "../../dataset/facility/index.html" in links
    said, links = texts_and_links(page(site, "event", "en"))
    for part in ("Events", "no longer offered", WHY.en, "26 November 2026", FIRST, "Facilities"):
        assert part in said
    assert "../../../dataset/facility/en/index.html" in links


def test_a_withdrawn_dataset_is_gone_for_machines_and_its_files_are(workspace, site):
    publish_entries(workspace, site, NOW)
    withdraw_dataset(workspace, "event", WHY, None, NOW)
    publish_entries(workspace, site, NOW)
    assert not (site.folder / "releases/event").exists()
    data = json.loads((site.folder / "data.json").read_text(encoding="utf-8"))
    assert data["dataset"] != []
    for name in ("data.json", "catalog.jsonld", "index.html", "catalogue.html"):
        said = (site.folder / name).read_text(encoding="utf-8")
        assert "dataset/event" not in said
        title = workspace.contracts["event"].title.zh
        assert f'"{title}"' not in said
        assert f">{title}<" not in said
    assert workspace.layout.release_folder("event", FIRST).is_dir()


def test_a_restored_dataset_is_shown_as_before(workspace, site):
    publish_entries(workspace, site, NOW)
    before = contents(site)
    withdraw_dataset(workspace, "event", WHY, None, NOW)
    publish_entries(workspace, site, NOW)
    restore_dataset(workspace, "event", Text(zh="已核对", en="checked"), LATER)
    assert publish_entries(workspace, site, LATER).outcome.created == 1
    assert {name for name, _ in before.items() ^ contents(site).items()} == {
        *FEEDS,
        STATE,
    }  # the feeds tell that it is offered again


def test_each_catalogue_follows_by_itself_and_the_ledger_says_which(workspace, site, mirror):
    for catalogue in (site, mirror):
        publish_entries(workspace, catalogue, NOW)
    withdraw_dataset(workspace, "event", WHY, None, NOW)
    publish_entries(workspace, site, NOW)
    assert not publication_due(workspace, site)
    assert publication_due(workspace, mirror)
    assert told(workspace, "retirement") == [("static", "event", FIRST)]
    publish_entries(workspace, mirror, NOW)
    assert told(workspace, "retirement") == [("static", "event", FIRST), ("mirror", "event", FIRST)]
    assert not publication_due(workspace, mirror)
    assert told(workspace, "publication") == [
        (name, dataset, number)
        for name in ("static", "mirror")
        for dataset, number in (("facility", SECOND), ("event", FIRST))
    ]
    assert workspace.ledger.verify_chain() == []


def test_a_second_run_after_a_withdrawal_writes_and_tells_nothing(workspace, site):
    publish_entries(workspace, site, NOW)
    withdraw_dataset(workspace, "event", WHY, "facility", NOW)
    publish_entries(workspace, site, NOW)
    before, entries = site_files(site.folder), len(workspace.ledger.read_entries())
    assert publish_entries(workspace, site, LATER).outcome == PlanOutcome(kept=1)
    assert site_files(site.folder) == before
    assert len(workspace.ledger.read_entries()) == entries


def test_another_reason_reaches_the_tombstone_though_nothing_else_changed(workspace, site):
    publish_entries(workspace, site, NOW)
    withdraw_dataset(workspace, "event", WHY, None, NOW)
    publish_entries(workspace, site, NOW)
    restore_dataset(workspace, "event", WHY, NOW)
    withdraw_dataset(workspace, "event", Text(zh="改由省统计局发布", en="now published elsewhere"), None, LATER)
    assert publication_due(workspace, site)
    publish_entries(workspace, site, LATER)
    assert "改由省统计局发布" in page(site, "event")
    assert not publication_due(workspace, site)


def test_a_catalogue_that_never_showed_it_says_so_too_and_a_lost_state_loses_no_tombstone(workspace, mirror):
    withdraw_dataset(workspace, "event", WHY, None, NOW)
    publish_entries(workspace, mirror, NOW)
    assert WHY.en in texts_and_links(page(mirror, "event", "en"))[0]
    (mirror.folder / "state.json").unlink()
    publish_entries(workspace, mirror, NOW)
    assert WHY.en in texts_and_links(page(mirror, "event", "en"))[0]


def test_a_dataset_without_a_contract_is_retired_without_a_reason_and_told(workspace, site):
    publish_entries(workspace, site, NOW)
    smaller = workspace_with(workspace.layout.home, workspace.contracts["facility"])
    publish_entries(smaller, site, NOW)
    said, _ = texts_and_links(page(site, "event"))
    assert "不在目录中" in said
    assert "原因" not in said
    assert told(smaller, "retirement") == [("static", "event", FIRST)]
    assert not publication_due(smaller, site)


def test_a_kill_between_writing_and_telling_is_made_good(workspace, site):
    publish_entries(workspace, site, NOW)
    withdraw_dataset(workspace, "event", WHY, None, NOW)
    entries = wanted_entries(workspace)
    from pipelines.publication.withdrawal import list_withdrawals

    site.apply(plan_publication(workspace, site), entries, list_withdrawals(workspace))
    assert unrecorded_publications(workspace, "static", entries) == []
    assert [gone.dataset for gone in unrecorded_retirements(workspace, "static", entries)] == ["event"]
    assert publication_due(workspace, site)
    publish_entries(workspace, site, NOW)
    assert told(workspace, "retirement") == [("static", "event", FIRST)]


def test_a_successor_that_was_withdrawn_later_leads_on_to_its_own_tombstone(workspace, site):
    publish_entries(workspace, site, NOW)
    withdraw_dataset(workspace, "event", WHY, "facility", NOW)
    withdraw_dataset(workspace, "facility", WHY, None, LATER)
    publish_entries(workspace, site, LATER)
    said, links = texts_and_links(page(site, "event"))
    assert "../../dataset/facility/index.html" in links
    assert "体育场地" in said


def test_a_chinese_reason_on_the_english_page_is_marked_as_chinese(workspace, site):
    withdraw_dataset(workspace, "event", Text(zh="数据有误", en="数据有误"), None, NOW)
    publish_entries(workspace, site, NOW)
    assert '<dd lang="zh-CN">数据有误</dd>' in page(site, "event", "en")
    assert "<dd>数据有误</dd>" in page(site, "event")


def test_a_release_made_while_withdrawn_is_not_shown_until_the_restoration(workspace, site):
    publish_entries(workspace, site, NOW)
    withdraw_dataset(workspace, "facility", WHY, None, NOW)
    freeze_release(workspace, "facility", "1", "2", "3")
    publish_entries(workspace, site, NOW)
    assert set(site.read_published()) == {"event"}
    restore_dataset(workspace, "facility", WHY, LATER)
    publish_entries(workspace, site, LATER)
    assert THIRD in page(site, "facility")


def test_a_rollback_shows_the_release_before_and_offers_the_newer_one_no_more(workspace, site):
    publish_entries(workspace, site, NOW)
    roll_back(workspace, "facility", None, "第二版有误", NOW)
    assert publish_entries(workspace, site, NOW).outcome.updated == 1
    assert FIRST in page(site, "facility")
    named = {name for name, content in contents(site).items() if SECOND.encode() in content} - FEEDS
    assert named == {f"dataset/facility/{lang}index.html" for lang in ("", "en/")} | {"releases/facility/index.json"}
    for lang, back in (("zh", f"发布方已不再提供第 {SECOND} 版"), ("en", f"The publisher took release {SECOND} back")):
        said, links = texts_and_links(page(site, "facility", lang))
        assert ([link for link in links if SECOND in link], back in said) == ([], True)
    assert offered(site, "facility") == [FIRST]
    assert workspace.layout.release_folder("facility", SECOND).is_dir()
    assert told(workspace, "publication")[-1] == ("static", "facility", FIRST)
    assert publish_entries(workspace, site, LATER).outcome.writes == 0


def test_rolling_forward_again_gives_the_very_same_site_with_a_word_in_its_feeds(workspace, site):
    publish_entries(workspace, site, NOW)
    before = contents(site)
    roll_back(workspace, "facility", None, None, NOW)
    publish_entries(workspace, site, NOW)
    roll_back(workspace, "facility", SECOND, None, LATER)
    publish_entries(workspace, site, LATER)
    assert {name for name, _ in before.items() ^ contents(site).items()} == {*FEEDS, STATE}


def test_a_newer_release_ends_the_rollback_and_leaves_out_what_was_taken_back(workspace, site):
    roll_back(workspace, "facility", None, None, NOW)
    freeze_release(workspace, "facility", "1", "2", "3")
    publish_entries(workspace, site, NOW)
    assert offered(site, "facility") == [FIRST, THIRD]
    for lang, since in (("zh", f"较已不再提供的第 {SECOND} 版"), ("en", f"since {SECOND}, offered no more")):
        said, links = texts_and_links(page(site, "facility", lang))
        assert [link for link in links if SECOND in link] == []
        assert since in said
    (entry, _) = wanted_entries(workspace)
    assert (entry.release, [facts.number for facts in entry.history]) == (THIRD, [FIRST])
