"""The local engine: results in the order of the units, in this process and in others; errors come home as what they are."""

import math
import os
from functools import partial
from multiprocessing import get_context

import pytest

from schemas.errors import EngineError, UnreadableFile, UsageError
from schemas.execution.engine import LocalEngine
from support.units_of_work import REFUSAL, end_process, own_process, refuse


@pytest.fixture(autouse=True)
def _as_the_platform_starts_them(monkeypatch):
    monkeypatch.setattr("schemas.execution.engine.get_context", get_context)


@pytest.mark.parametrize("processes", [1, 2])
def test_results_come_in_the_order_of_the_units(processes):
    units = [float(number) for number in range(40)]
    assert list(LocalEngine(processes).map_units(math.sqrt, units)) == [math.sqrt(unit) for unit in units]
    assert list(LocalEngine(processes).map_units(math.sqrt, [])) == []


@pytest.mark.parametrize("processes", [1, 2])
def test_an_error_of_ours_is_raised_as_what_it_is_with_both_texts(processes):
    for unit, kind in ((1, UsageError), (0, UnreadableFile)):
        with pytest.raises(kind) as caught:
            list(LocalEngine(processes).map_units(refuse, [unit, unit]))
        assert caught.value.text == REFUSAL
    assert caught.value.kind == "format"


def test_other_processes_do_the_work_if_there_are_several_units():
    assert os.getpid() not in set(LocalEngine(2).map_units(own_process, range(4)))
    assert set(LocalEngine(2).map_units(own_process, [1])) == {os.getpid()}
    assert [LocalEngine().label, LocalEngine(2).label] == ["local", "local-2"]


def test_a_killed_process_is_an_error_that_says_what_to_do():
    with pytest.raises(EngineError, match="SPORTLAKE_PROCESSES"):
        list(LocalEngine(2).map_units(end_process, range(4)))


def test_work_may_carry_what_is_the_same_for_all_units():
    assert list(LocalEngine(2).map_units(partial(pow, 2), range(4))) == [1, 2, 4, 8]
