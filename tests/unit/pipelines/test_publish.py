"""What is wanted in public, one writer a catalogue, and what the ledger is told of each."""

import threading
import time

import pytest

from catalog.static import StaticCatalogue
from pipelines.publication.publish import publish, untold, untold_retirements, wanted
from pipelines.publication.rollback import roll_back
from pipelines.publication.withdrawal import withdraw
from schemas.text import Text
from support.contracts import contract_with
from support.frozen import freeze_release
from support.houses import NOW, house_with

WHY = Text(zh="有误", en="wrong")


@pytest.fixture
def house(tmp_path):
    house = house_with(tmp_path, *(contract_with(["id"], name=name) for name in ("a", "b", "c")))
    for dataset, ids in (("a", "1"), ("a", "12"), ("b", "1")):
        freeze_release(house, dataset, *ids)
    return house


def shown(house):
    return [(entry.dataset, entry.release, [facts.number for facts in entry.history]) for entry in wanted(house)]


def test_wanted_is_the_newest_of_each_with_what_was_before_it(house):
    assert shown(house) == [("a", "2026.11.2", ["2026.11.1"]), ("b", "2026.11.1", [])]


def test_what_is_withdrawn_is_not_wanted(house):
    withdraw(house, "a", WHY, None, NOW)
    assert shown(house) == [("b", "2026.11.1", [])]


def test_what_was_rolled_back_from_is_in_no_history(house):
    roll_back(house, "a", None, None, NOW)
    assert shown(house)[0] == ("a", "2026.11.1", [])
    freeze_release(house, "a", "1", "2", "3")
    assert shown(house)[0] == ("a", "2026.11.3", ["2026.11.1"])


def test_the_fingerprint_tells_an_entry_without_the_release_that_was_taken_back(house):
    freeze_release(house, "a", "1", "2", "3")
    before = wanted(house)[0].fingerprint
    roll_back(house, "a", None, None, NOW)
    freeze_release(house, "a", "1", "2", "3", "4")
    roll_back(house, "a", "2026.11.3", None, NOW)
    assert wanted(house)[0].fingerprint == before


def test_what_the_ledger_knows_of_one_catalogue_it_does_not_know_of_another(house):
    entries = wanted(house)
    publish(house, StaticCatalogue(house.layout.catalogue, house.layout.releases), NOW)
    assert untold(house, "static", entries) == []
    assert untold(house, "ckan", entries) == entries
    withdraw(house, "b", WHY, None, NOW)
    (gone,) = untold_retirements(house, "static", wanted(house))
    assert (gone.dataset, gone.release) == ("b", "2026.11.1")
    assert gone.withdrawal == house.ledger.entries("withdrawal")[0].seq


class Slow(StaticCatalogue):
    """A static catalogue that takes its time, and notes how many write at once."""

    inside, most = 0, 0

    def carry_out(self, *arguments):
        Slow.inside += 1
        Slow.most = max(Slow.most, Slow.inside)
        time.sleep(0.05)
        outcome = super().carry_out(*arguments)
        Slow.inside -= 1
        return outcome


def test_a_catalogue_has_one_writer_at_a_time(house):
    done = []

    def write():
        catalogue = Slow(house.layout.catalogue, house.layout.releases)
        done.append(publish(house_with(house.layout.home, *house.contracts.values()), catalogue, NOW).outcome)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert Slow.most == 1
    assert sorted(outcome.created for outcome in done) == [0, 0, 0, 2]
    assert len(house.ledger.entries("publication")) == 2
