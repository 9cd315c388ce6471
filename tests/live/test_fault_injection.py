"""Every call, every statement and every step goes wrong in turn, while somebody reads: a plain run afterwards sets all right.

The roads are an update and the way back, and a withdrawal and the first publication after it. At no moment does the reader see
a file that is not the one its resource tells of, or a table whose total is not its rows. Between the swap of the table and the
change of the dataset the two may differ: that gap is measured, and printed at the end of the run.
"""

import itertools
from contextlib import contextmanager

import pytest

from catalog.ckan import api
from catalog.plan import make_plan
from schemas.errors import CatalogueError
from support.cuts import cut_at
from support.faulty_line import HARMS, line_to
from support.killed import publishers_to_kill, say
from support.live import live_contract, stand
from support.reader import reading

pytestmark = pytest.mark.live
FIRST, SECOND = "2026.11.1", "2026.11.2"
ROWS = {FIRST: 30, SECOND: 47}


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch):
    """Tries follow one another at once: what is tested is that they do, not that they wait."""
    monkeypatch.setattr(api, "PAUSES", (0.0, 0.0, 0.0))


@contextmanager
def read_all_the_while(place, connection, record_property, line=None):
    """A reader on the sound line; what it may never see is looked at when the block has ended, and the gap is told."""

    def local(url):
        return url.replace(line.url, connection.url) if line else url

    with reading(connection.url, place.table, ROWS, local) as reader:
        yield
    gap = f"{len(reader.mixtures())} in the gap, the longest {reader.longest_gap():.3f} s"
    record_property("figure", f"{place.name}: read {len(reader.readings)} times, {gap}")
    assert reader.torn() == []
    assert reader.faults == []
    assert len(reader.readings) > len(reader.mixtures())


def set_right(place, entries, *, broken=True):
    """A plain run, after which the catalogue equals the release; read byte by byte and row by row where a run was broken."""
    place.show(*entries)
    assert place.catalogue.read_published() == {entry.dataset: entry.fingerprint for entry in entries}
    assert place.catalogue.journal.read_unfinished() == {}
    if not broken:
        return
    assert place.catalogue.find_drift(entries) == []
    assert place.orphans() == []


def show_or_refuse(place, entries):
    """What refused to show them, None if nothing did."""
    try:
        place.show(*entries)
    except CatalogueError as refused:
        return refused
    return None


def roads(place):
    """Both ends of each road: an update and its rollback, then a withdrawal and a first publication."""
    first = place.release(FIRST, None, ROWS[FIRST])
    second = place.release(SECOND, FIRST, ROWS[SECOND])
    yield [second], [first]
    yield [], [second]


def walk_roads(place, connection, record_property, walk, line=None):
    """What `walk(ends)` returns for each road, while somebody reads."""
    walked = []
    for ends in roads(place):
        set_right(place, ends[1])
        with read_all_the_while(place, connection, record_property, line):
            walked.append(walk(ends))
    return walked


def to_and_fro(ends, travel):
    """`travel(end, at)` to one end and the other for every `at` from 1, until it says for both that there was no such point.

    Returns how many points there were.
    """
    points = 0
    for at in itertools.count(1):
        met = [travel(end, at) for end in ends]
        points += sum(met)
        if not any(met):
            return points
    raise AssertionError


@contextmanager
def on_a_line(name, connection, admin_token, tmp_path):
    """A dataset whose publisher reaches CKAN by a line that can be harmed."""
    with line_to(connection.url) as line:
        told = connection.model_copy(update={"url": line.url, "files_url": f"{line.url}/releases"})
        with stand(live_contract(name), told, admin_token, tmp_path) as place:
            yield place, line


def points_met(road, calls, is_harmed, *, tried_again=True):
    """Which calls of the unharmed road, by place, were harmed among `calls`: a try again and an extra look are none of them."""
    met, at, retried = set(), 0, None
    for number, call in enumerate(calls, start=1):
        if call == retried:
            retried = None
            continue
        if at < len(road) and call == road[at]:
            if is_harmed(number):
                met.add(at)
                retried = call if tried_again else None
            at += 1
    return met


def harm_every_call(place, line, harm, start, end):
    """Goes from `start` to `end` until each call of that road was harmed at least once.

    Yields for each time a list of (call, refusal or None); between two of them `end` is shown, and the way back may be gone.
    Every other call is harmed, then those between; a run that breaks is gone on with behind the call that broke it. What an
    extra look at CKAN has shifted out of reach is harmed alone.
    """

    def travel(at, every=0):
        line.mend()
        set_right(place, start)
        line.strike(harm, at, every=every)
        refused = show_or_refuse(place, end)
        calls = list(line.calls)
        line.mend()
        set_right(place, end, broken=refused is not None)
        return calls, refused

    line.mend()
    place.show(*start)
    line.mend()
    place.show(*end)
    road = list(line.calls)
    missing = set(range(len(road)))
    for first in (1, 2):
        at, refused = first, True
        while refused:
            calls, refused = travel(at, every=2)
            harmed = range(at - 1, len(calls), 2)
            missing -= points_met(
                road, calls, lambda number, harmed=harmed: number - 1 in harmed, tried_again=harm != "late"
            )
            yield [(calls[place_], refused if place_ == harmed[-1] else None) for place_ in harmed]
            at = len(calls) + 1
    for point in sorted(missing):
        calls, refused = travel(point + 1)
        assert calls[point] == road[point]
        yield [(calls[point], refused)]


def harm_there_and_back(place, line, harm, one, other):
    """Every call of the road from `one` to `other` and of the way back; both in turn, so that each begins where the last ended."""
    there = harm_every_call(place, line, harm, one, other)
    back = harm_every_call(place, line, harm, other, one)
    return [call for travels in itertools.zip_longest(there, back, fillvalue=()) for calls in travels for call in calls]


# The longest first: what begins last should be short, or one worker waits for the other.
def test_the_database_may_be_cut_at_any_statement(connection, admin_token, tmp_path, record_property):
    with stand(live_contract("live_cut"), connection, admin_token, tmp_path) as place:

        def travel(end, at):
            with cut_at(at, connection.database) as cut:
                refused = show_or_refuse(place, end)
            assert connection.database.get_secret_value() not in str(refused)
            set_right(place, end)
            return cut.spent >= at

        points = sum(walk_roads(place, connection, record_property, lambda ends: to_and_fro(ends, travel)))
    record_property("figure", f"{points} statements cut")
    assert points > 60


def test_the_process_may_be_killed_at_any_step(connection, admin_token, tmp_path, record_property):
    with (
        stand(live_contract("live_killed"), connection, admin_token, tmp_path) as place,
        publishers_to_kill() as killed,
    ):

        def travel(end, at):
            steps = killed.at(at, said(place, connection, tmp_path, end))
            set_right(place, end)
            return steps is None

        points = sum(walk_roads(place, connection, record_property, lambda ends: to_and_fro(ends, travel)))
    record_property("figure", f"{points} steps killed at")
    assert points > 60


def test_points_are_told_from_tries_again_and_extra_looks():
    road = ["read", "write", "read"]
    assert points_met(road, ["read", "read", "write", "write", "read"], lambda number: number % 2) == {0, 1, 2}
    assert points_met(road, ["read", "write", "look", "write", "read"], lambda number: number == 2) == {1}
    assert points_met(road, ["read", "write", "read"], lambda number: number % 2 == 0, tried_again=False) == {1}


@pytest.mark.parametrize("harm", HARMS)
def test_any_call_may_fail_and_a_plain_run_sets_it_right(harm, connection, admin_token, tmp_path, record_property):
    with on_a_line(f"live_{harm.replace(' ', '_')}_line", connection, admin_token, tmp_path) as (place, line):

        def harm_all(ends):
            return harm_there_and_back(place, line, harm, *ends)

        met = list(itertools.chain(*walk_roads(place, connection, record_property, harm_all, line)))
    broken = [refused for _, refused in met if refused is not None]
    record_property("figure", f"{harm}: {len(met)} calls harmed, {len(broken)} runs broken by it")
    assert len(met) > 40


def test_a_ckan_that_stays_away_from_any_call_on_is_caught_up_with(connection, admin_token, tmp_path, record_property):
    with on_a_line("live_away", connection, admin_token, tmp_path) as (place, line):

        def travel(end, at):
            line.strike("504", at, lasting=True)
            refused = show_or_refuse(place, end)
            met = len(line.calls) >= at
            line.mend()
            set_right(place, end)
            assert not met or "publishing again goes on" in refused.text.en
            return met

        points = sum(walk_roads(place, connection, record_property, lambda ends: to_and_fro(ends, travel), line))
    record_property("figure", f"{points} calls from which on CKAN stayed away")
    assert points > 30


def test_a_release_that_is_killed_and_overtaken_by_another_leaves_nothing_behind(
    connection, admin_token, tmp_path, record_property
):
    with (
        stand(live_contract("live_overtaken"), connection, admin_token, tmp_path) as place,
        publishers_to_kill() as killed,
    ):
        first, second = place.release(FIRST, None, ROWS[FIRST]), place.release(SECOND, FIRST, ROWS[SECOND])
        set_right(place, [first])
        for at in itertools.count(1):
            if killed.at(at, said(place, connection, tmp_path, [second])) is not None:
                break
            set_right(place, [first])
        record_property("figure", f"{at - 1} steps killed at, with another release published then")
        assert make_plan([second], place.catalogue.read_published()).writes == 0


def said(place, connection, tmp_path, entries):
    release = entries[0].release if entries else None
    return say(tmp_path / "told.json", connection, place.contract, place.releases, tmp_path / "journal", release)
