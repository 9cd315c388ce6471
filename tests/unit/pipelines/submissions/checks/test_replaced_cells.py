"""Replacing cells of a table of texts leaves all other cells, and the table that was given, as they were."""

import pyarrow as pa
import pytest

from pipelines.submissions.checks.replaced_cells import replace_cells

TABLE = pa.table({"a": ["1", "2", None], "b": ["x", "y", "z"]})


def test_the_named_cells_are_replaced_and_no_others():
    done = replace_cells(TABLE, {"a": {0: None, 2: "3"}, "b": {1: "w"}})
    assert done.to_pydict() == {"a": [None, "2", "3"], "b": ["x", "w", "z"]}
    assert TABLE.to_pydict() == {"a": ["1", "2", None], "b": ["x", "y", "z"]}
    assert done.schema == TABLE.schema


def test_nothing_to_replace_gives_the_table_as_it_is():
    assert replace_cells(TABLE, {}) is TABLE


@pytest.mark.parametrize(("changed", "error"), [({"c": {0: "x"}}, KeyError), ({"a": {3: "x"}}, IndexError)])
def test_an_unknown_column_or_row_is_an_error(changed, error):
    with pytest.raises(error):
        replace_cells(TABLE, changed)
