"""A value is found by row and field, spelled as released; what is missing, empty or in two datasets is said."""

import pytest

from pipelines.erasure.standing_values import read_standing_value
from schemas.errors import UsageError
from support.contracts import contract_with
from support.walked import take_all
from support.workspaces import copied_workspace, put, workspace_with

FIELDS = ["id", "note", "day:date"]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("built")
    first = contract_with(FIELDS, name="sample", policy={"disclosure": {"protected": ["note"]}})
    workspace = workspace_with(home, first, contract_with(["id", "note"], name="other"))
    put(workspace, "210100", "sample_2026.csv", "id,note,day\na,马小芳,2001-05-01\nb,,2001-05-02\n7,李四,2001-05-03\n")
    put(workspace, "210100", "other_2026.csv", "id,note\n7,王五\n")
    take_all(workspace)
    return workspace


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def test_a_cell_gives_its_value_also_where_it_is_never_published(workspace):
    assert read_standing_value(workspace, "a", "note").folded == ("马小芳",)
    assert read_standing_value(workspace, "id=a", "day").folded == ("2001-05-01",)
    assert read_standing_value(workspace, "7", "note", "other").folded == ("王五",)


@pytest.mark.parametrize(
    ("row", "field", "why"),
    [("b", "note", "is empty"), ("z", "note", "no row that stands"), ("a", "x", "no row that stands"), ("7", "note", "2 datasets")],
)  # fmt: skip
def test_what_gives_no_one_value_is_said(workspace, row, field, why):
    with pytest.raises(UsageError, match=why):
        read_standing_value(workspace, row, field)
