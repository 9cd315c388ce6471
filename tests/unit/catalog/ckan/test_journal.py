"""The publisher's notes: on the disk before the work, gone when it is whole, and one publisher a dataset."""

import pytest

from catalog.ckan.journal import Journal, JournalEntry
from schemas.errors import CatalogueError

NOTE = JournalEntry(dataset="facility", stage="flip", release="2026.11.2", before="2026.11.1")


def test_a_note_is_there_until_it_is_closed(tmp_path):
    Journal(tmp_path / "journal").write_entry(NOTE)
    again = Journal(tmp_path / "journal")
    assert again.read_unfinished() == {"facility": NOTE}
    again.close_entry("facility")
    assert again.read_unfinished() == {}
    again.close_entry("facility")


def test_a_house_that_has_never_published_has_no_notes(tmp_path):
    assert Journal(tmp_path / "journal").read_unfinished() == {}


def test_a_later_note_takes_the_place_of_the_earlier(tmp_path):
    journal = Journal(tmp_path)
    journal.write_entry(NOTE)
    journal.write_entry(NOTE.model_copy(update={"stage": "prune"}))
    assert journal.read_unfinished()["facility"].stage == "prune"


def test_a_note_that_somebody_wrote_in_is_named(tmp_path):
    (tmp_path / "facility.json").write_text("{}")
    with pytest.raises(CatalogueError, match=r"facility\.json"):
        Journal(tmp_path).read_unfinished()


def test_a_second_publisher_of_the_same_dataset_is_refused_and_of_another_is_not(tmp_path):
    one, other = Journal(tmp_path), Journal(tmp_path)
    with one.lock_dataset("facility"):
        with pytest.raises(CatalogueError, match="another publisher"), other.lock_dataset("facility"):
            pass
        with other.lock_dataset("event"):
            pass
    with other.lock_dataset("facility"):
        pass
