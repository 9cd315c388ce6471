import xml.etree.ElementTree as ET
from datetime import date

import pytest

from catalog.entry import PublicDecision, build_entry
from catalog.release_facts import ChangeSummary
from catalog.site_address import NOWHERE, SiteAddress
from catalog.site_state import RetiredDataset
from catalog.static_site import release_feed as module
from catalog.static_site.release_feed import feed_path, release_feed
from schemas.text import Text
from support.contracts import contract_with
from support.releases import DEPARTMENTS, PLACES, facility_contract, write_release

ATOM = "{http://www.w3.org/2005/Atom}"


def parsed(document):
    return ET.fromstring(document)  # noqa: S314 -- made by us


@pytest.fixture
def entries(tmp_path):
    contracts = [facility_contract(), contract_with(["id"], name="event", title="赛事", policy={"title_en": "Events"})]
    days = ["2026-11-01T10:00:00.5+08:00", "2026-12-01T10:00:00+08:00"]
    folders = [
        write_release(tmp_path, contract, PLACES if at == 0 else [], created=days[at], synthetic=at == 0)
        for at, contract in enumerate(contracts)
    ]
    return [build_entry(contract, folder, DEPARTMENTS) for contract, folder in zip(contracts, folders, strict=True)]


def links_of(part):
    return {link.get("rel"): link.get("href") for link in part.findall(f"{ATOM}link")}


def test_the_newest_release_comes_first_and_links_to_the_page_of_its_dataset(entries):
    read = parsed(release_feed(entries, {}, "en", SiteAddress("https://data.example.org")))
    items = read.findall(f"{ATOM}entry")
    assert [item.findtext(f"{ATOM}title") for item in items] == ["Events 2026.11.1", "Sports facilities 2026.11.1"]
    assert links_of(items[1]) == {"alternate": "https://data.example.org/dataset/facility/en/index.html"}
    assert "synthetic" in items[1].findtext(f"{ATOM}summary")
    assert read.findtext(f"{ATOM}updated") == "2026-12-01T10:00:00+08:00"


def test_a_withdrawal_is_told_with_its_reason_and_leads_to_the_page_that_stays(entries):
    """Who took the files before learns it nowhere else; the feed had lost the entry of the release without a word."""
    gone = RetiredDataset(
        title=Text(zh="赛事", en="Events"),
        release="2026.11.1",
        synthetic=True,
        reason=Text(zh="数据有误", en="wrong data"),
        on=date(2026, 11, 20),
    )
    unexplained = RetiredDataset(title=Text(zh="乙", en="B"), release="2026.11.1", synthetic=False)
    feed = release_feed(entries[:1], {"event": gone, "b": unexplained}, "zh", NOWHERE)
    items = parsed(feed).findall(f"{ATOM}entry")
    assert [item.findtext(f"{ATOM}title") for item in items] == ["赛事 – 已停止开放", "体育场地 2026.11.1"]
    assert links_of(items[0]) == {"alternate": "dataset/event/index.html"}
    assert items[0].findtext(f"{ATOM}summary").splitlines()[:2] == ["本数据集已不在目录中提供", "原因：数据有误"]
    assert parsed(feed).findtext(f"{ATOM}updated") == items[0].findtext(f"{ATOM}updated") == "2026-11-20T00:00:00+08:00"
    assert "Reason: wrong data" in release_feed([], {"event": gone}, "en", NOWHERE)


def test_a_withdrawal_of_the_day_of_a_release_stands_before_it(entries):
    """It had stood at midnight of that day: behind the releases of the day, and the date of the feed went back."""
    at = entries[0].facts.created.replace(hour=15, microsecond=0)
    gone = RetiredDataset(title=Text(zh="赛事", en="Events"), release="1", synthetic=False, on=at.date(), at=at)
    read = parsed(release_feed(entries[:1], {"event": gone}, "en", NOWHERE))
    assert read.findtext(f"{ATOM}entry/{ATOM}title") == "Events – withdrawn"
    assert read.findtext(f"{ATOM}updated") == "2026-11-01T15:00:00+08:00"


@pytest.mark.parametrize(
    ("replaced", "said"),
    [("2026.11.2", "release 2026.11.1 is offered in place of 2026.11.2"), (None, "offered again, release 2026.11.1")],
)
def test_a_rollback_and_a_restoration_are_told_beside_the_release(entries, replaced, said):
    """The entry of a release that was taken back had vanished, and nothing came in its place."""
    at = entries[0].facts.created.replace(day=20)
    decided = entries[0].model_copy(update={"decision": PublicDecision(at=at, replaced=replaced)})
    first, second = parsed(release_feed([decided], {}, "en", NOWHERE)).findall(f"{ATOM}entry")
    assert first.findtext(f"{ATOM}title") == f"Sports facilities – {said}"
    assert second.findtext(f"{ATOM}title") == "Sports facilities 2026.11.1"
    assert first.findtext(f"{ATOM}id") != second.findtext(f"{ATOM}id")


def test_a_release_tells_what_it_changed(entries):
    counted = ChangeSummary(added=1, removed=2, changed=3, columns_added=(), columns_removed=())
    facts = entries[0].facts.model_copy(update={"changes": counted})
    feed = release_feed([entries[0].model_copy(update={"facts": facts})], {}, "zh", NOWHERE)
    assert "新增 1 行，删除 2 行，变动 3 行\n" in feed


def test_what_a_release_changed_since_one_that_was_taken_back_is_told_with_its_number(entries):
    counted = ChangeSummary(added=1, removed=0, changed=0, columns_added=(), columns_removed=())
    facts = entries[1].facts.model_copy(update={"changes": counted, "previous": "2026.10.1"})
    entry = entries[1].model_copy(update={"facts": facts, "taken_back": ("2026.10.1",)})
    assert "1 rows added, 0 removed, 0 changed (since 2026.10.1, offered no more)" in release_feed(
        [entry], {}, "en", NOWHERE
    )
    assert "变动 0 行（较已不再提供的第 2026.10.1 版）" in release_feed([entry], {}, "zh", NOWHERE)


@pytest.mark.parametrize(
    ("lang", "link"), [("zh", "dataset/facility/index.html"), ("en", "../dataset/facility/en/index.html")]
)
def test_links_are_relative_to_the_feed_where_the_address_of_the_site_is_not_known(entries, lang, link):
    read = parsed(release_feed(entries[:1], {}, lang, NOWHERE))
    assert links_of(read.find(f"{ATOM}entry")) == {"alternate": link}
    assert links_of(read)["self"].endswith(feed_path("zh"))


def test_what_rfc_4287_requires_is_there(entries):
    for found in (entries, []):
        read = parsed(release_feed(found, {}, "zh", NOWHERE))
        for part in (read, *read.findall(f"{ATOM}entry")):
            assert all(part.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
        assert read.find(f"{ATOM}author/{ATOM}name") is not None
        assert len({item.findtext(f"{ATOM}id") for item in read.findall(f"{ATOM}entry")}) == len(found)


def test_a_feed_does_not_grow_without_end(entries, monkeypatch):
    monkeypatch.setattr(module, "LONGEST", 1)
    assert len(parsed(release_feed(entries, {}, "zh", NOWHERE)).findall(f"{ATOM}entry")) == 1
