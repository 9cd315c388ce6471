"""What the newest comparison of each catalogue found, and since when it differs."""

from datetime import timedelta

import pytest

from catalog.plan import Difference
from pipelines.publication.comparisons import MOST_NAMED, list_comparisons, record_comparison
from support.contracts import contract_with
from support.workspaces import NOW, workspace_with

TODAY = NOW.date()


def differences(*datasets):
    return [Difference(dataset=name, what="rows", wanted="2", found="1") for name in datasets]


@pytest.fixture
def workspace(tmp_path):
    return workspace_with(tmp_path, contract_with(["code"]))


def test_none_is_listed_before_the_first(workspace):
    assert list_comparisons(workspace) == []


def test_it_differs_since_the_first_comparison_that_found_so_until_a_clean_one(workspace):
    for days, names in ((0, "a"), (1, ""), (2, "aab"), (3, "b")):
        record_comparison(workspace, "static", differences(*names), NOW + timedelta(days=days))
    (found,) = list_comparisons(workspace)
    assert (found.differences, found.datasets, found.since) == (1, ("b",), TODAY + timedelta(days=2))
    record_comparison(workspace, "static", [], NOW + timedelta(days=4))
    (clean,) = list_comparisons(workspace)
    assert (clean.differences, clean.since, clean.on) == (0, None, TODAY + timedelta(days=4))


def test_each_catalogue_has_its_own_and_names_at_most_so_many_datasets(workspace):
    record_comparison(workspace, "static", differences(*(f"d{n:03}" for n in range(50))), NOW)
    record_comparison(workspace, "ckan", [], NOW)
    ckan, static = list_comparisons(workspace)
    assert (ckan.catalogue, ckan.since) == ("ckan", None)
    assert (static.differences, len(static.datasets)) == (50, MOST_NAMED)
