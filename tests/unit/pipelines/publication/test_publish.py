"""What is wanted in public, one writer a catalogue, and what the ledger is told of each."""

import threading
import time
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest

from catalog.static_site.static import StaticCatalogue
from pipelines.publication.publish import (
    publish_entries,
    unrecorded_publications,
    unrecorded_retirements,
    wanted_entries,
)
from pipelines.publication.rollback import roll_back
from pipelines.publication.withdrawal import restore_dataset, withdraw_dataset
from schemas.text import Text
from support.contracts import contract_with
from support.frozen import freeze_release
from support.workspaces import NOW, copied_workspace, workspace_with

WHY = Text(zh="有误", en="wrong")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("built")
    workspace = workspace_with(home, *(contract_with(["id"], name=name) for name in ("a", "b", "c")))
    for dataset, ids in (("a", "1"), ("a", "12"), ("b", "1")):
        freeze_release(workspace, dataset, *ids)
    return workspace


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def shown(workspace):
    return [
        (entry.dataset, entry.release, [facts.number for facts in entry.history]) for entry in wanted_entries(workspace)
    ]


def test_wanted_is_the_newest_of_each_with_what_was_before_it(workspace):
    assert shown(workspace) == [("a", "2026.11.2", ["2026.11.1"]), ("b", "2026.11.1", [])]


def test_what_is_withdrawn_is_not_wanted(workspace):
    withdraw_dataset(workspace, "a", WHY, None, NOW)
    assert shown(workspace) == [("b", "2026.11.1", [])]


def test_the_feed_tells_each_decision_and_its_date_never_goes_back(workspace):
    """It had gone back to midnight with a withdrawal, and to the day of the release when that ended or after a rollback."""
    site, moments, titles = StaticCatalogue(workspace.layout.catalogue, workspace.layout.releases), [], []
    for number, decide in enumerate(
        (
            lambda _: None,
            lambda now: withdraw_dataset(workspace, "a", WHY, None, now),
            lambda now: restore_dataset(workspace, "a", WHY, now),
            lambda now: roll_back(workspace, "a", None, None, now),
            lambda now: roll_back(workspace, "a", "2026.11.2", None, now),
        )
    ):
        decide(NOW + timedelta(days=1, minutes=number))
        publish_entries(workspace, site, NOW)
        feed = ET.parse(site.folder / "en/feed.xml").getroot()  # noqa: S314 - made by us
        moments.append(feed.findtext("{*}updated"))
        titles.append(feed.findtext("{*}entry/{*}title"))
    assert moments == sorted(set(moments))
    assert [title.partition(" – ")[2] for title in titles[1:]] == [
        "withdrawn",
        "offered again, release 2026.11.2",
        "release 2026.11.1 is offered in place of 2026.11.2",
        "release 2026.11.2 is offered in place of 2026.11.1",
    ]


def test_what_was_undone_before_it_was_published_is_not_told(workspace):
    publish_entries(workspace, StaticCatalogue(workspace.layout.catalogue, workspace.layout.releases), NOW)
    withdraw_dataset(workspace, "b", WHY, None, NOW)
    restore_dataset(workspace, "b", WHY, NOW)
    roll_back(workspace, "a", None, None, NOW)
    roll_back(workspace, "a", "2026.11.2", None, NOW)
    assert [entry.decision for entry in wanted_entries(workspace)] == [None, None]


def test_of_several_decisions_before_a_publication_what_the_public_saw_is_told(workspace):
    site = StaticCatalogue(workspace.layout.catalogue, workspace.layout.releases)
    freeze_release(workspace, "a", "1", "2", "3")
    publish_entries(workspace, site, NOW)
    roll_back(workspace, "a", None, None, NOW)
    roll_back(workspace, "a", "2026.11.1", None, NOW)
    assert (wanted_entries(workspace)[0].release, wanted_entries(workspace)[0].decision.replaced) == (
        "2026.11.1",
        "2026.11.3",
    )
    publish_entries(workspace, site, NOW)
    roll_back(workspace, "a", "2026.11.2", None, NOW)
    roll_back(workspace, "a", "2026.11.3", None, NOW)
    assert (wanted_entries(workspace)[0].release, wanted_entries(workspace)[0].decision.replaced) == (
        "2026.11.3",
        "2026.11.1",
    )


def test_a_withdrawal_that_was_published_and_a_rollback_since_are_told_as_offered_again(workspace):
    site = StaticCatalogue(workspace.layout.catalogue, workspace.layout.releases)
    publish_entries(workspace, site, NOW)
    withdraw_dataset(workspace, "a", WHY, None, NOW)
    publish_entries(workspace, site, NOW)
    restore_dataset(workspace, "a", WHY, NOW)
    roll_back(workspace, "a", None, None, NOW)
    (entry, _) = wanted_entries(workspace)
    assert (entry.release, entry.decision.replaced) == ("2026.11.1", None)


def test_a_release_in_place_of_one_that_was_not_taken_back_is_no_decision(workspace):
    """The release that the public saw was followed by newer ones; the newest of these was taken back before anybody saw it."""
    publish_entries(workspace, StaticCatalogue(workspace.layout.catalogue, workspace.layout.releases), NOW)
    for ids in ("123", "1234"):
        freeze_release(workspace, "a", *ids)
    roll_back(workspace, "a", None, None, NOW)
    assert (wanted_entries(workspace)[0].release, wanted_entries(workspace)[0].decision) == ("2026.11.3", None)


def test_what_was_rolled_back_from_is_in_no_history(workspace):
    roll_back(workspace, "a", None, None, NOW)
    assert shown(workspace)[0] == ("a", "2026.11.1", [])
    freeze_release(workspace, "a", "1", "2", "3")
    assert shown(workspace)[0] == ("a", "2026.11.3", ["2026.11.1"])
    assert wanted_entries(workspace)[0].decision is None


def test_an_entry_names_what_was_taken_back_and_whether_it_is_newer(workspace):
    """The page said nothing of it: who had cited that release found its files gone, and an earlier one called the newest."""
    assert wanted_entries(workspace)[0].taken_back == ()
    roll_back(workspace, "a", None, None, NOW)
    entry = wanted_entries(workspace)[0]
    assert (entry.release, entry.taken_back, entry.rolled_back_from) == ("2026.11.1", ("2026.11.2",), "2026.11.2")
    freeze_release(workspace, "a", "1", "2", "3")
    entry = wanted_entries(workspace)[0]
    assert (entry.release, entry.taken_back, entry.rolled_back_from) == ("2026.11.3", ("2026.11.2",), None)


def test_the_fingerprint_tells_an_entry_without_the_release_that_was_taken_back(workspace):
    freeze_release(workspace, "a", "1", "2", "3")
    before = wanted_entries(workspace)[0]
    roll_back(workspace, "a", None, None, NOW)
    freeze_release(workspace, "a", "1", "2", "3", "4")
    roll_back(workspace, "a", "2026.11.3", None, NOW)
    after = wanted_entries(workspace)[0]
    assert (after.release, after.history, after.taken_back) == (before.release, before.history, ("2026.11.4",))
    assert after.fingerprint != before.fingerprint


def test_what_the_ledger_knows_of_one_catalogue_it_does_not_know_of_another(workspace):
    entries = wanted_entries(workspace)
    publish_entries(workspace, StaticCatalogue(workspace.layout.catalogue, workspace.layout.releases), NOW)
    assert unrecorded_publications(workspace, "static", entries) == []
    assert unrecorded_publications(workspace, "ckan", entries) == entries
    withdraw_dataset(workspace, "b", WHY, None, NOW)
    (gone,) = unrecorded_retirements(workspace, "static", wanted_entries(workspace))
    assert (gone.dataset, gone.release) == ("b", "2026.11.1")
    assert gone.withdrawal == workspace.ledger.read_entries("withdrawal")[0].seq


class Slow(StaticCatalogue):
    """A static catalogue that takes its time, and notes how many write at once."""

    inside, most = 0, 0

    def apply(self, *arguments):
        Slow.inside += 1
        Slow.most = max(Slow.most, Slow.inside)
        time.sleep(0.05)
        outcome = super().apply(*arguments)
        Slow.inside -= 1
        return outcome


def test_a_catalogue_has_one_writer_at_a_time(workspace):
    done = []

    def write():
        catalogue = Slow(workspace.layout.catalogue, workspace.layout.releases)
        done.append(
            publish_entries(
                workspace_with(workspace.layout.home, *workspace.contracts.values()), catalogue, NOW
            ).outcome
        )

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert Slow.most == 1
    assert sorted(outcome.created for outcome in done) == [0, 0, 0, 2]
    assert len(workspace.ledger.read_entries("publication")) == 2
