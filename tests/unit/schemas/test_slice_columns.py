"""The columns of a release that say who handed a row in and for which period."""

import pytest

from schemas.contract import SLICE_COLUMNS
from schemas.label_columns import is_derived, is_label, list_department_labels
from schemas.slice_columns import BY_NAME, is_slice_column
from support.contracts import contract_with


def test_they_are_those_of_the_lake_and_say_that_they_are_derived_from_the_hand_in():
    assert tuple(BY_NAME) == SLICE_COLUMNS
    for column in BY_NAME.values():
        field = column.describe_field()
        assert is_derived(field)
        assert is_slice_column(field)
        assert field["sportlake"]["derived_from"] == "submission"
        assert (field["title"], field["sportlake"]["title_en"]) == (column.title.zh, column.title.en)


def test_fields_and_labels_are_no_slice_columns():
    assert not is_slice_column({"name": "id", "type": "string"})
    for label in list_department_labels({}):
        assert is_label(label.describe_field())
        assert not is_slice_column(label.describe_field())


@pytest.mark.parametrize("name", SLICE_COLUMNS)
def test_no_field_may_have_their_names(name):
    with pytest.raises(ValueError, match="own columns"):
        contract_with(["id", name])
