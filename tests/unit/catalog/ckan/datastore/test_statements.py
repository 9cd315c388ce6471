import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ckan.datastore.statements import (
    LAST,
    LIVE,
    STAGE,
    checked_id,
    index_name,
    lock_key,
    moved_name,
    resource_id_from,
)
from schemas.errors import CatalogueError

ID = "e4ad90df-e7e9-4141-a60d-002e2b5e2c50"


def test_a_plain_uuid_is_an_id():
    assert checked_id(ID) == ID


@pytest.mark.parametrize(
    "wrong", [ID.upper(), f"{{{ID}}}", ID.replace("-", ""), f"{ID}\n", "", "facility", '"; DROP TABLE x']
)
def test_anything_else_is_refused(wrong):
    with pytest.raises(CatalogueError, match="no UUID"):
        checked_id(wrong)


def test_an_index_is_called_as_ckan_calls_it():
    assert index_name(ID, ["a", "b"]) == hashlib.sha1(f'{ID}"a", "b"'.encode()).hexdigest()  # noqa: S324 -- CKAN's choice


@given(st.text("abcdef0123456789_-", min_size=1, max_size=50), st.sampled_from([STAGE, LAST]))
def test_a_name_that_moves_aside_comes_back(name, prefix):
    assert moved_name(moved_name(name, LIVE, prefix), prefix, LIVE) == name


@given(st.text(min_size=1, max_size=63))
def test_a_moved_name_is_never_cut_by_postgresql(name):
    assert len(moved_name(name, LIVE, STAGE).encode()) <= 63


def test_a_table_aside_belongs_to_its_resource():
    assert {resource_id_from(prefix + ID) for prefix in (LIVE, STAGE, LAST)} == {ID}


def test_locks_of_two_datasets_differ_and_fit_in_64_bits():
    keys = {lock_key(name) for name in ("facility", "event", "facility_opening")}
    assert len(keys) == 3
    assert all(-(2**63) <= key < 2**63 for key in keys)
