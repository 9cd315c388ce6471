"""What a static catalogue serves otherwise than was released, and what belongs to nothing in it: how both are found, and how they end."""

import os

import pytest

from catalog.plan import Difference, OrphanItem
from pipelines.publication.due import publication_due
from pipelines.publication.publish import find_drift, publish_entries
from pipelines.publication.withdrawal import withdraw_dataset
from schemas.errors import CatalogueError
from support.frozen import freeze_release
from support.published_site import site_files
from support.released_datasets import FIRST, LATER, SECOND, THIRD, WHY
from support.workspaces import NOW


def contents(site):
    return {name: content for name, (_, content) in site_files(site.folder).items()}


def test_what_was_just_published_has_not_drifted(workspace, site):
    publish_entries(workspace, site, NOW)
    withdraw_dataset(workspace, "event", WHY, "facility", NOW)
    publish_entries(workspace, site, NOW)
    assert find_drift(workspace, site) == []
    assert site.find_orphans() == []


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
def test_a_harmed_file_is_found_and_mended_by_publishing(workspace, site, dataset, name, harm):
    publish_entries(workspace, site, NOW)
    withdraw_dataset(workspace, "event", WHY, None, NOW)
    publish_entries(workspace, site, NOW)
    whole = contents(site)
    harm(site.folder / name)
    (found,) = find_drift(workspace, site)
    assert (found.dataset, found.what) == (dataset, f"file {name}")
    assert found.found != found.wanted
    assert (found.found == "—") == (harm is not change_a_byte)
    assert publication_due(workspace, site)
    publish_entries(workspace, site, LATER)
    assert find_drift(workspace, site) == []
    assert contents(site) == whole


def test_drift_writes_nothing(workspace, site):
    publish_entries(workspace, site, NOW)
    (site.folder / "data.json").unlink()
    before = site_files(site.folder)
    find_drift(workspace, site)
    assert site_files(site.folder) == before


def test_what_waits_for_publication_is_said_once_a_dataset(workspace, site):
    publish_entries(workspace, site, NOW)
    freeze_release(workspace, "facility", "9")
    withdraw_dataset(workspace, "event", WHY, None, NOW)
    found = [one for one in find_drift(workspace, site) if one.dataset != "—"]
    assert [(one.dataset, one.what) for one in found] == [("event", "dataset"), ("facility", "entry")]
    assert found[0] == Difference(dataset="event", what="dataset", wanted="—", found=FIRST)
    assert found[1].wanted.startswith(THIRD)
    assert found[1].found.startswith(SECOND)


def test_nothing_published_yet_is_drift(workspace, site):
    found = find_drift(workspace, site)
    assert Difference(dataset="event", what="dataset", wanted=FIRST, found="—") in found


def test_only_the_datasets_asked_for_are_told(workspace, site):
    publish_entries(workspace, site, NOW)
    for name in ("facility", "event"):
        change_a_byte(site.folder / f"dataset/{name}/index.html")
    assert [one.dataset for one in find_drift(workspace, site, ["event"])] == ["event"]


def test_a_harmed_release_of_the_house_itself_is_not_published_over(workspace, site):
    """The file of the site and that of the release are one on the same disk: who writes into the one harms the other."""
    publish_entries(workspace, site, NOW)
    file = workspace.layout.release_folder("facility", SECOND) / "facility.csv"
    file.chmod(0o644)
    content = file.read_bytes()
    with file.open("r+b") as stream:
        stream.write(bytes([content[0] ^ 1]))
    assert [one.what for one in find_drift(workspace, site)][:1] == [f"file releases/facility/{SECOND}/facility.csv"]
    with pytest.raises(CatalogueError, match="restore it from a backup"):
        publish_entries(workspace, site, LATER)


def test_a_file_touched_but_not_changed_is_no_damage(workspace, site):
    publish_entries(workspace, site, NOW)
    os.utime(site.folder / "index.html")
    assert not publication_due(workspace, site)
    assert publish_entries(workspace, site, LATER).outcome.writes == 0


def test_what_belongs_to_nothing_is_found_wherever_it_lies(workspace, site):
    publish_entries(workspace, site, NOW)
    strays = ["releases/facility/old.csv", "dataset/gone/index.html", "note.txt", "releases/facility/.x.csv.part"]
    for name in strays:
        (site.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (site.folder / name).write_text("?", encoding="utf-8")
    assert site.find_orphans() == [OrphanItem(kind="file", name=name) for name in sorted(strays)]
    freeze_release(workspace, "event", "2")
    publish_entries(workspace, site, NOW)
    assert site.find_orphans() == [OrphanItem(kind="file", name="note.txt")]


def test_a_catalogue_that_is_not_there_yet_has_no_orphans(site):
    assert site.find_orphans() == []
