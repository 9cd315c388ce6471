"""The publisher's notes: on the disk before the work, gone when it is whole, and one publisher a dataset."""

import pytest

from catalog.ckan.journal import Journal, Note
from schemas.errors import CatalogueError

NOTE = Note(dataset="facility", stage="flip", release="2026.11.2", before="2026.11.1")


def test_a_note_is_there_until_it_is_closed(tmp_path):
    Journal(tmp_path / "journal").write(NOTE)
    again = Journal(tmp_path / "journal")
    assert again.unfinished() == {"facility": NOTE}
    again.close("facility")
    assert again.unfinished() == {}
    again.close("facility")


def test_a_house_that_has_never_published_has_no_notes(tmp_path):
    assert Journal(tmp_path / "journal").unfinished() == {}


def test_a_later_note_takes_the_place_of_the_earlier(tmp_path):
    journal = Journal(tmp_path)
    journal.write(NOTE)
    journal.write(NOTE.model_copy(update={"stage": "prune"}))
    assert journal.unfinished()["facility"].stage == "prune"


def test_a_note_that_somebody_wrote_in_is_named(tmp_path):
    (tmp_path / "facility.json").write_text("{}")
    with pytest.raises(CatalogueError, match=r"facility\.json"):
        Journal(tmp_path).unfinished()


def test_a_second_publisher_of_the_same_dataset_is_refused_and_of_another_is_not(tmp_path):
    one, other = Journal(tmp_path), Journal(tmp_path)
    with one.alone("facility"):
        with pytest.raises(CatalogueError, match="another publisher"), other.alone("facility"):
            pass
        with other.alone("event"):
            pass
    with other.alone("facility"):
        pass
