"""A day as people write it."""

from datetime import date

import pytest

from schemas.days import parse_day
from schemas.errors import UsageError


def test_a_day_is_read():
    assert parse_day(" 2026-11-24 ") == date(2026, 11, 24)


@pytest.mark.parametrize("told", ["", "24.11.2026", "2026-02-30", "明天"])
def test_anything_else_says_how_to_write_it(told):
    with pytest.raises(UsageError, match="write it like 2026-11-24"):
        parse_day(told)
