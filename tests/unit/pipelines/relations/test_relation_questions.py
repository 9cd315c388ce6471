"""Which relations are asked, of which versions and fields."""

from datetime import date

import pytest

from pipelines.relations.relation_questions import list_questions
from support.related_workspace import PLACES, RELATION, WITHOUT_P2, hand_in, related_workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return related_workspace(tmp_path_factory.mktemp("built"))


def test_a_question_names_versions_and_the_fields_that_are_read(workspace):
    versions = {}
    (question,) = list_questions(workspace, "event", None, versions)
    assert question.relation.id == RELATION
    assert versions == {"event": question.own.version, "place": question.other.version}
    assert (set(question.own.fields), question.other.fields) == ({"id", "place"}, ("id",))


def test_without_relations_in_force_there_is_no_question(workspace):
    assert list(list_questions(workspace, "place", None, {})) == []
    assert list(list_questions(workspace, "event", date(2000, 1, 1), {})) == []


def test_the_inputs_change_with_the_rows_of_either_dataset(workspace):
    (before,) = list_questions(workspace, "event", None, {})
    hand_in(workspace, "place", WITHOUT_P2)
    (after,) = list_questions(workspace, "event", None, {})
    assert after.inputs != before.inputs
    assert after._replace(inputs="", other=before.other) == before._replace(inputs="")
    hand_in(workspace, "place", PLACES)
