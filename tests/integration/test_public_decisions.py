"""Withdrawals and rollbacks as the public sees them, in two static catalogues at once; drift and orphans, and how they end."""

import json
import os

import html5lib
import pytest

from catalog.plan import Difference, Orphan, Outcome
from catalog.static import StaticCatalogue
from pipelines.publication.due import publication_due
from pipelines.publication.publish import drift, plan_for, publish, untold, untold_retirements, wanted
from pipelines.publication.rollback import roll_back
from pipelines.publication.withdrawal import restore, withdraw
from schemas.errors import CatalogueError
from schemas.text import Text
from support.contracts import contract_with
from support.frozen import freeze_release
from support.houses import NOW, house_with

WHY = Text(zh="数据来源有误，<重新>核对", en="The source was wrong & is being checked")
FIRST, SECOND, THIRD = (f"2026.11.{n}" for n in (1, 2, 3))
LATER = NOW.replace(day=26)


@pytest.fixture
def house(tmp_path):
    contracts = [
        contract_with(["id"], name=name, title=title, policy={"title_en": title_en})
        for name, title, title_en in [("facility", "体育场地", "Facilities"), ("event", "赛事", "Events")]
    ]
    house = house_with(tmp_path / "home", *contracts)
    freeze_release(house, "facility", "1")
    freeze_release(house, "facility", "1", "2")
    freeze_release(house, "event", "1")
    return house


@pytest.fixture
def site(house):
    return StaticCatalogue(house.layout.catalogue, house.layout.releases)


@pytest.fixture
def mirror(house):
    return StaticCatalogue(house.layout.home / "mirror", house.layout.releases, name="mirror")


def page(site, dataset, lang="zh"):
    return (site.folder / f"dataset/{dataset}/{'en/' if lang == 'en' else ''}index.html").read_text(encoding="utf-8")


def texts_and_links(html):
    """What a reader reads on a page, and where its links lead."""
    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    return " ".join("".join(document.find(".//main").itertext()).split()), [a.get("href") for a in document.iter("a")]


def offered(site, dataset):
    """The releases of which there are files."""
    return sorted(path.name for path in (site.folder / "releases" / dataset).iterdir() if path.is_dir())


def told(house, kind):
    return [(entry.facts["catalogue"], entry.facts["dataset"], entry.facts["release"]) for entry in house.ledger.entries(kind)]  # fmt: skip


def files(site):
    return {
        path.relative_to(site.folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in site.folder.rglob("*")
        if path.is_file()
    }


def test_a_withdrawn_dataset_leaves_a_tombstone_with_reason_day_release_and_successor(house, site):
    publish(house, site, NOW)
    withdraw(house, "event", WHY, "facility", LATER)
    assert publish(house, site, LATER).outcome.retired == 1
    said, links = texts_and_links(page(site, "event"))
    for part in ("赛事", "不在目录中", WHY.zh, "2026年11月26日", FIRST, "体育场地"):
        assert part in said
    assert "../../dataset/facility/index.html" in links
    said, links = texts_and_links(page(site, "event", "en"))
    for part in ("Events", "no longer offered", WHY.en, "26 November 2026", FIRST, "Facilities"):
        assert part in said
    assert "../../../dataset/facility/en/index.html" in links


def test_a_withdrawn_dataset_is_gone_for_machines_and_its_files_are(house, site):
    publish(house, site, NOW)
    withdraw(house, "event", WHY, None, NOW)
    publish(house, site, NOW)
    assert not (site.folder / "releases/event").exists()
    data = json.loads((site.folder / "data.json").read_text(encoding="utf-8"))
    assert [one["identifier"].rpartition("/")[2] for one in data["dataset"]] != []
    for name in ("data.json", "catalog.jsonld", "index.html"):
        said = (site.folder / name).read_text(encoding="utf-8")
        assert "dataset/event" not in said
        assert "赛事" not in said
    assert house.layout.release("event", FIRST).is_dir()


def test_a_restored_dataset_is_shown_as_before(house, site):
    publish(house, site, NOW)
    before = {name: content for name, (_, content) in files(site).items()}
    withdraw(house, "event", WHY, None, NOW)
    publish(house, site, NOW)
    restore(house, "event", Text(zh="已核对", en="checked"), LATER)
    assert publish(house, site, LATER).outcome.created == 1
    assert {name: content for name, (_, content) in files(site).items()} == before


def test_each_catalogue_follows_by_itself_and_the_ledger_says_which(house, site, mirror):
    for catalogue in (site, mirror):
        publish(house, catalogue, NOW)
    withdraw(house, "event", WHY, None, NOW)
    publish(house, site, NOW)
    assert not publication_due(house, site)
    assert publication_due(house, mirror)
    assert told(house, "retirement") == [("static", "event", FIRST)]
    publish(house, mirror, NOW)
    assert told(house, "retirement") == [("static", "event", FIRST), ("mirror", "event", FIRST)]
    assert not publication_due(house, mirror)
    assert told(house, "publication") == [
        (name, dataset, number)
        for name in ("static", "mirror")
        for dataset, number in (("facility", SECOND), ("event", FIRST))
    ]
    assert house.ledger.verify() == []


def test_a_second_run_after_a_withdrawal_writes_and_tells_nothing(house, site):
    publish(house, site, NOW)
    withdraw(house, "event", WHY, "facility", NOW)
    publish(house, site, NOW)
    before, entries = files(site), len(house.ledger.entries())
    assert publish(house, site, LATER).outcome == Outcome(kept=1)
    assert files(site) == before
    assert len(house.ledger.entries()) == entries


def test_another_reason_reaches_the_tombstone_though_nothing_else_changed(house, site):
    publish(house, site, NOW)
    withdraw(house, "event", WHY, None, NOW)
    publish(house, site, NOW)
    restore(house, "event", WHY, NOW)
    withdraw(house, "event", Text(zh="改由省统计局发布", en="now published elsewhere"), None, LATER)
    assert publication_due(house, site)
    publish(house, site, LATER)
    assert "改由省统计局发布" in page(site, "event")
    assert not publication_due(house, site)


def test_a_catalogue_that_never_showed_it_says_so_too_and_a_lost_state_loses_no_tombstone(house, mirror):
    withdraw(house, "event", WHY, None, NOW)
    publish(house, mirror, NOW)
    assert WHY.en in texts_and_links(page(mirror, "event", "en"))[0]
    (mirror.folder / "state.json").unlink()
    publish(house, mirror, NOW)
    assert WHY.en in texts_and_links(page(mirror, "event", "en"))[0]


def test_a_dataset_without_a_contract_is_retired_without_a_reason_and_told(house, site):
    publish(house, site, NOW)
    smaller = house_with(house.layout.home, house.contracts["facility"])
    publish(smaller, site, NOW)
    said, _ = texts_and_links(page(site, "event"))
    assert "不在目录中" in said
    assert "原因" not in said
    assert told(smaller, "retirement") == [("static", "event", FIRST)]
    assert not publication_due(smaller, site)


def test_a_kill_between_writing_and_telling_is_made_good(house, site):
    publish(house, site, NOW)
    withdraw(house, "event", WHY, None, NOW)
    entries = wanted(house)
    from pipelines.publication.withdrawal import withdrawals

    site.carry_out(plan_for(house, site), entries, withdrawals(house))
    assert untold(house, "static", entries) == []
    assert [gone.dataset for gone in untold_retirements(house, "static", entries)] == ["event"]
    assert publication_due(house, site)
    publish(house, site, NOW)
    assert told(house, "retirement") == [("static", "event", FIRST)]


def test_a_successor_that_was_withdrawn_later_leads_on_to_its_own_tombstone(house, site):
    publish(house, site, NOW)
    withdraw(house, "event", WHY, "facility", NOW)
    withdraw(house, "facility", WHY, None, LATER)
    publish(house, site, LATER)
    said, links = texts_and_links(page(site, "event"))
    assert "../../dataset/facility/index.html" in links
    assert "体育场地" in said


def test_a_chinese_reason_on_the_english_page_is_marked_as_chinese(house, site):
    withdraw(house, "event", Text(zh="数据有误", en="数据有误"), None, NOW)
    publish(house, site, NOW)
    assert '<dd lang="zh-CN">数据有误</dd>' in page(site, "event", "en")
    assert "<dd>数据有误</dd>" in page(site, "event")


def test_a_release_made_while_withdrawn_is_not_shown_until_the_restoration(house, site):
    publish(house, site, NOW)
    withdraw(house, "facility", WHY, None, NOW)
    freeze_release(house, "facility", "1", "2", "3")
    publish(house, site, NOW)
    assert set(site.published()) == {"event"}
    restore(house, "facility", WHY, LATER)
    publish(house, site, LATER)
    assert THIRD in page(site, "facility")


def test_a_rollback_shows_the_release_before_and_offers_the_newer_one_no_more(house, site):
    publish(house, site, NOW)
    roll_back(house, "facility", None, "第二版有误", NOW)
    assert publish(house, site, NOW).outcome.updated == 1
    assert FIRST in page(site, "facility")
    for name, (_, content) in files(site).items():
        assert SECOND.encode() not in content, name
    assert offered(site, "facility") == [FIRST]
    assert house.layout.release("facility", SECOND).is_dir()
    assert told(house, "publication")[-1] == ("static", "facility", FIRST)
    assert publish(house, site, LATER).outcome.writes == 0


def test_rolling_forward_again_gives_the_very_same_site(house, site):
    publish(house, site, NOW)
    before = {name: content for name, (_, content) in files(site).items()}
    roll_back(house, "facility", None, None, NOW)
    publish(house, site, NOW)
    roll_back(house, "facility", SECOND, None, LATER)
    publish(house, site, LATER)
    assert {name: content for name, (_, content) in files(site).items()} == before


def test_a_newer_release_ends_the_rollback_and_leaves_out_what_was_taken_back(house, site):
    roll_back(house, "facility", None, None, NOW)
    freeze_release(house, "facility", "1", "2", "3")
    publish(house, site, NOW)
    assert offered(site, "facility") == [FIRST, THIRD]
    for links in (texts_and_links(page(site, "facility", lang))[1] for lang in ("zh", "en")):
        assert [link for link in links if SECOND in link] == []
    (entry, _) = wanted(house)
    assert (entry.release, [facts.number for facts in entry.history]) == (THIRD, [FIRST])


# Drift


def test_what_was_just_published_has_not_drifted(house, site):
    publish(house, site, NOW)
    withdraw(house, "event", WHY, "facility", NOW)
    publish(house, site, NOW)
    assert drift(house, site) == []
    assert site.orphans() == []


def change_a_byte(file):
    """Another content of the same length under the same name, as a careless hand or a bad copy leaves it."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.unlink()
    file.write_bytes(content)


def take_away(file):
    file.unlink()


@pytest.mark.parametrize(
    ("dataset", "name", "harm"),
    [
        ("facility", f"releases/facility/{FIRST}/facility.csv", change_a_byte),
        ("facility", f"releases/facility/{SECOND}/facility.parquet", take_away),
        ("facility", f"releases/facility/{SECOND}/SHA256SUMS", change_a_byte),
        ("facility", "dataset/facility/en/index.html", change_a_byte),
        ("—", "dataset/event/index.html", change_a_byte),
        ("—", "dataset/event/en/index.html", take_away),
        ("—", "index.html", change_a_byte),
        ("—", "data.json", take_away),
        ("—", "style.css", change_a_byte),
    ],
)
def test_a_harmed_file_is_found_and_mended_by_publishing(house, site, dataset, name, harm):
    publish(house, site, NOW)
    withdraw(house, "event", WHY, None, NOW)
    publish(house, site, NOW)
    whole = {name: content for name, (_, content) in files(site).items()}
    harm(site.folder / name)
    (found,) = drift(house, site)
    assert (found.dataset, found.what) == (dataset, f"file {name}")
    assert found.found != found.wanted
    assert (found.found == "—") == (harm is not change_a_byte)
    assert publication_due(house, site)
    publish(house, site, LATER)
    assert drift(house, site) == []
    assert {name: content for name, (_, content) in files(site).items()} == whole


def test_drift_writes_nothing(house, site):
    publish(house, site, NOW)
    (site.folder / "data.json").unlink()
    before = files(site)
    drift(house, site)
    assert files(site) == before


def test_what_waits_for_publication_is_said_once_a_dataset(house, site):
    publish(house, site, NOW)
    freeze_release(house, "facility", "9")
    withdraw(house, "event", WHY, None, NOW)
    found = [one for one in drift(house, site) if one.dataset != "—"]
    assert [(one.dataset, one.what) for one in found] == [("event", "dataset"), ("facility", "entry")]
    assert found[0] == Difference(dataset="event", what="dataset", wanted="—", found=FIRST)
    assert found[1].wanted.startswith(THIRD)
    assert found[1].found.startswith(SECOND)


def test_nothing_published_yet_is_drift(house, site):
    found = drift(house, site)
    assert Difference(dataset="event", what="dataset", wanted=FIRST, found="—") in found


def test_only_the_datasets_asked_for_are_told(house, site):
    publish(house, site, NOW)
    for name in ("facility", "event"):
        change_a_byte(site.folder / f"dataset/{name}/index.html")
    assert [one.dataset for one in drift(house, site, ["event"])] == ["event"]


def test_a_harmed_release_of_the_house_itself_is_not_published_over(house, site):
    """The file of the site and that of the release are one on the same disk: who writes into the one harms the other."""
    publish(house, site, NOW)
    file = house.layout.release("facility", SECOND) / "facility.csv"
    file.chmod(0o644)
    content = file.read_bytes()
    with file.open("r+b") as stream:
        stream.write(bytes([content[0] ^ 1]))
    assert [one.what for one in drift(house, site)][:1] == [f"file releases/facility/{SECOND}/facility.csv"]
    with pytest.raises(CatalogueError, match="restore it from a backup"):
        publish(house, site, LATER)


def test_a_file_touched_but_not_changed_is_no_damage(house, site):
    publish(house, site, NOW)
    os.utime(site.folder / "index.html")
    assert not publication_due(house, site)
    assert publish(house, site, LATER).outcome.writes == 0


# Orphans


def test_what_belongs_to_nothing_is_found_wherever_it_lies(house, site):
    publish(house, site, NOW)
    strays = ["releases/facility/old.csv", "dataset/gone/index.html", "note.txt", "releases/facility/.x.csv.part"]
    for name in strays:
        (site.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (site.folder / name).write_text("?", encoding="utf-8")
    assert site.orphans() == [Orphan(kind="file", name=name) for name in sorted(strays)]
    freeze_release(house, "event", "2")
    publish(house, site, NOW)
    assert site.orphans() == [Orphan(kind="file", name="note.txt")]


def test_a_catalogue_that_is_not_there_yet_has_no_orphans(site):
    assert site.orphans() == []
