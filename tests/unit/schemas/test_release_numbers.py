"""The order of releases by their numbers."""

import pytest

from schemas.release_numbers import release_order


def test_releases_are_ordered_by_year_month_and_count_as_numbers():
    numbers = ["2026.10.1", "2026.9.10", "2026.9.9", "2025.12.3"]
    assert sorted(numbers, key=release_order) == numbers[::-1]


def test_what_is_no_number_of_a_release_has_no_order():
    with pytest.raises(ValueError, match="x"):
        release_order("2026.x.1")
