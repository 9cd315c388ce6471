"""Work on a stream by threads that are a few parts ahead, and two steps side by side."""

import threading

import pytest

from schemas.execution.ahead import map_ahead, read_ahead, run_both, run_until


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


def test_work_is_given_up_before_the_next_part_and_goes_on_where_nobody_gave_up():
    given_up, done = threading.Event(), []

    def work():
        for part in map_ahead(lambda part: part, range(100)):
            done.append(part)
            if part == 3:
                given_up.set()

    with pytest.raises(InterruptedError):
        run_until(given_up, work)
    assert done == [0, 1, 2, 3]
    assert list(map_ahead(lambda part: part, range(3))) == [0, 1, 2]
    assert run_until(threading.Event(), lambda: list(map_ahead(lambda part: part, range(3)))) == [0, 1, 2]


def test_the_next_part_is_made_while_one_is_worked_on_and_none_after_it():
    made, asked = [], threading.Event()

    def parts():
        for part in range(4):
            made.append(part)
            asked.set()
            yield part

    for part in read_ahead(parts()):
        if part < 3:
            assert asked.wait(timeout=60)
        asked.clear()
        assert len(made) <= part + 2
    assert made == [0, 1, 2, 3]


def test_what_making_a_part_raises_is_raised_after_the_parts_before_it():
    parts = read_ahead(1 // part for part in (1, 0))
    assert next(parts) == 1
    with pytest.raises(ZeroDivisionError):
        next(parts)


def test_two_steps_run_at_the_same_time_and_their_results_come_in_their_order():
    one, other = threading.Event(), threading.Event()

    def wait_for(mine, theirs, result):
        mine.set()
        assert theirs.wait(timeout=60)
        return result

    assert run_both(lambda: wait_for(one, other, 1), lambda: wait_for(other, one, "2")) == (1, "2")


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ZeroDivisionError])
@pytest.mark.parametrize("place", [0, 1])
def test_what_one_of_two_steps_raises_is_raised_when_the_other_has_ended(interruption, place):
    ended = []

    def stop():
        raise interruption

    steps = [lambda: ended.append(True)] * 2
    steps[place] = stop
    with pytest.raises(interruption):
        run_both(*steps)
    assert ended == [True]


def test_a_single_part_is_done_without_a_thread():
    assert list(map_ahead(lambda _: threading.current_thread(), [0])) == [threading.current_thread()]
    assert threading.current_thread() not in list(map_ahead(lambda _: threading.current_thread(), [0, 1]))
