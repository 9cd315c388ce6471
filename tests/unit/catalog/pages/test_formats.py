from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.pages.formats import (
    THIN,
    ZONE,
    format_day,
    format_figure,
    format_machine_time,
    format_moment,
    format_number,
    format_share,
    format_size,
)


def test_a_moment_for_machines_has_no_more_digits_than_html_allows():
    moment = datetime(2026, 11, 29, 17, 3, 41, 427092, tzinfo=ZONE)
    assert format_machine_time(moment) == "2026-11-29T17:03:41+08:00"
    assert format_machine_time(moment.date()) == "2026-11-29"


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (date(2026, 11, 24), "2026年11月24日", "24 November 2026"),
        (date(2026, 1, 5), "2026年1月5日", "5 January 2026"),
        (datetime(2026, 11, 24, 17, 30, tzinfo=UTC), "2026年11月25日", "25 November 2026"),
    ],
)
def test_a_day_is_written_as_people_write_it(value, zh, en):
    assert (format_day(value, "zh"), format_day(value, "en")) == (zh, en)


def test_a_moment_is_that_of_shanghai():
    value = datetime(2026, 11, 24, 1, 5, tzinfo=UTC)
    assert (format_moment(value, "zh"), format_moment(value, "en")) == (
        "2026年11月24日 09:05",
        "24 November 2026, 09:05",
    )
    assert format_moment(value.astimezone(ZONE), "zh") == format_moment(value, "zh")


@pytest.mark.parametrize("write", [format_day, format_moment])
def test_a_moment_without_a_zone_is_refused(write):
    with pytest.raises(ValueError, match="time zone"):
        write(datetime(2026, 11, 24, 9, 5), "zh")  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"),
        (9999, "9 999", "9 999"),
        (10_000, "1 万", "10 000"),
        (12_345, "1.2 万", "12 345"),
        (1_234_567, "123.5 万", "1 234 567"),
        (350_000_000, "3.5 亿", "350 000 000"),
        (-12_345, "-1.2 万", "-12 345"),
    ],
)
def test_a_number_is_said_in_words_that_people_use(value, zh, en):
    assert (format_number(value, "zh").replace(THIN, " "), format_number(value, "en").replace(THIN, " ")) == (zh, en)


@given(value=st.integers())
def test_a_full_figure_loses_nothing(value):
    assert int(format_figure(value).replace(THIN, "")) == value


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0%"), (1, "100%"), (0.8667, "86.7%"), (0.02, "2%"), (0.99999, "99.9%"), (0.00001, "0.1%")]
)
def test_what_is_not_quite_all_or_nothing_does_not_look_like_it(value, said):
    assert format_share(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0 B"), (812, "812 B"), (1000, "1 KB"), (999_950, "1 MB"), (1_440_000, "1.4 MB"), (10**16, "10000 TB")],
)
def test_a_size_is_in_powers_of_a_thousand(value, said):
    assert format_size(value) == said


def test_a_language_that_we_do_not_write_is_no_other_one():
    with pytest.raises(KeyError):
        format_day(date(2026, 1, 1), "de")
