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


@pytest.fixture
def _without_pauses(monkeypatch):
    """On a harmed line tries follow one another at once: what is tested is that they do, not that they wait."""
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


def points_met(road, calls, harmed, *, tried_again=True):
    """Which calls of the unharmed road, by place, are among those of `calls` that were harmed: a try again and an extra look are none of them."""
    met, at, retried = set(), 0, None
    for number, call in enumerate(calls, start=1):
        if call == retried:
            retried = None
            continue
        if at < len(road) and call == road[at]:
            if number in harmed:
                met.add(at)
                retried = call if tried_again else None
            at += 1
    return met


EVERY_OTHER, ALL_BUT_RETRIES = {"every": 2}, {"every": 1, "spare_retries": True}


def calls_to(end, place, line):
    """The calls of an unharmed road to that end."""
    line.mend()
    place.show(*end)
    return list(line.calls)


def harm_every_call(place, line, harm, road, start, end):
    """Goes from `start` to `end` until each call of that `road` was harmed at least once.

    Yields for each time a list of (call, refusal or None); between two of them `end` is shown, and the way back may be gone.
    At first every other call is harmed: every try of a call that writes, and the run breaks there. Then every call is, also those behind
    the first that writes, and comes through when it is tried again; a late call is not tried again. What an extra look at CKAN has
    shifted out of reach is harmed alone.
    """

    def travel(at, **which):
        line.mend()
        set_right(place, start)
        line.strike(harm, at, **which)
        refused = show_or_refuse(place, end)
        calls, harmed = list(line.calls), list(line.harmed)
        line.mend()
        set_right(place, end, broken=refused is not None)
        return calls, harmed, refused

    missing = set(range(len(road)))
    for which in ({"every": 1},) if harm == "late" else (EVERY_OTHER, ALL_BUT_RETRIES):
        calls, harmed, refused = travel(1, **which)
        missing -= points_met(road, calls, harmed, tried_again=harm != "late")
        yield [(calls[number - 1], refused if number == harmed[-1] else None) for number in harmed]
    for point in sorted(missing):
        calls, _, refused = travel(point + 1)
        assert calls[point] == road[point]
        yield [(calls[point], refused)]


def harm_there_and_back(place, line, harm, one, other):
    """Every call of the roads from `other`, which is shown, to `one` and back; both in turn, so that each begins where the last ended."""
    roads = [calls_to(end, place, line) for end in (one, other)]
    there = harm_every_call(place, line, harm, roads[0], other, one)
    back = harm_every_call(place, line, harm, roads[1], one, other)
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
    assert points_met(road, ["read", "read", "write", "write", "read"], [1, 3, 5]) == {0, 1, 2}
    assert points_met(road, ["read", "write", "look", "write", "read"], [2]) == {1}
    assert points_met(road, ["read", "write", "read"], [2], tried_again=False) == {1}


@pytest.mark.usefixtures("_without_pauses")
@pytest.mark.parametrize("harm", HARMS)
def test_any_call_may_fail_and_a_plain_run_sets_it_right(harm, connection, admin_token, tmp_path, record_property):
    with on_a_line(f"live_{harm.replace(' ', '_')}_line", connection, admin_token, tmp_path) as (place, line):

        def harm_all(ends):
            return harm_there_and_back(place, line, harm, *ends)

        met = list(itertools.chain(*walk_roads(place, connection, record_property, harm_all, line)))
    broken = [refused for _, refused in met if refused is not None]
    record_property("figure", f"{harm}: {len(met)} calls harmed, {len(broken)} runs broken by it")
    assert len(met) > 40


@pytest.mark.usefixtures("_without_pauses")
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
