"""The sample's people: all named as invented, and a list that is there is left alone."""

from pipelines.sample.people import SAMPLE_PEOPLE, write_sample_people
from schemas.departments import read_departments
from schemas.people import read_people


def test_they_are_written_once_and_say_that_they_are_invented(tmp_path):
    file = tmp_path / "people.yaml"
    assert write_sample_people(file)
    assert read_people(file, read_departments()).people == SAMPLE_PEOPLE
    assert "虚构" in file.read_text(encoding="utf-8")
    assert all(person.is_system or (person.synthetic and "示例" in person.name) for person in SAMPLE_PEOPLE)


def test_a_list_of_real_people_stays(tmp_path):
    file = tmp_path / "people.yaml"
    file.write_text("people: []\n", encoding="utf-8")
    assert not write_sample_people(file)
    assert file.read_text(encoding="utf-8") == "people: []\n"
