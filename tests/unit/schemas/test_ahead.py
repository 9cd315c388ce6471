"""Work on a stream by threads that are a few parts ahead."""

import threading

import pytest

from schemas.ahead import map_ahead


def test_results_come_in_the_order_of_the_parts_and_few_parts_are_taken_ahead():
    taken = []

    def parts():
        for part in range(20):
            taken.append(part)
            yield part

    for done, made in enumerate(map_ahead(lambda part: part * part, parts())):
        assert made == done * done
        assert len(taken) <= done + 4


def test_what_a_part_raises_is_raised():
    with pytest.raises(ZeroDivisionError):
        list(map_ahead(lambda part: 1 // part, [1, 0]))


def test_a_single_part_is_done_without_a_thread():
    assert list(map_ahead(lambda _: threading.current_thread(), [0])) == [threading.current_thread()]
    assert threading.current_thread() not in list(map_ahead(lambda _: threading.current_thread(), [0, 1]))
