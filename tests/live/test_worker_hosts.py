"""Runs whose steps go to workers of several processes: with the portal's Redis and PostgreSQL, and whoever is killed."""

import logging
import signal
import time
from contextlib import suppress

import dagster as dg
import psycopg
import pytest
from dagster._daemon.monitoring import run_monitoring
from sqlalchemy import text

from dagster_project.instance import open_instance
from dagster_project.run_presence import LOOKS_WITHOUT, hold_presence
from support.backfills import Backfill, count_landings, find_faults, run_and_kill
from support.s3_server import serve_s3, surroundings_of
from support.shared_ledgers import end_sessions
from support.worker_hosts import DATASETS, celery_settings, host_beside, hosts_of
from warehouse.layout import Layout
from warehouse.ledger.shared_ledger import SharedLedger

BACKFILL = Backfill(cities=("210100", "210200", "210300", "210400"), periods=("2026",))
GYM = BACKFILL._replace(datasets=("gym",))
GYM_ONCE = dict.fromkeys(GYM.list_slices(), 1)


@pytest.fixture
def known(databases):
    with celery_settings(databases) as settings:
        yield settings


@pytest.fixture
def instance_of(monkeypatch):
    """Dagster's memory of runs, as a process with those settings opens it."""

    def opened(hosts):
        monkeypatch.setenv("SPORTLAKE_DAGSTER_URL", hosts.known["SPORTLAKE_DAGSTER_URL"])
        return open_instance(Layout(hosts.home), shared=True)

    return opened


def start_waiting(hosts, instance, home=None):
    """The files of one dataset are in the inbox, and a worker waits for steps."""
    GYM.hand_in(hosts.home)
    GYM.register_slices(instance)
    hosts.start_worker("a", home)


def await_answer(address, run, question):
    """Waits until the answer about the database at that address is not zero; it has none before the ledger's table is there."""
    with psycopg.connect(address, autocommit=True) as door:
        while not answer_of(door, question):
            assert run.returncode is None, run.communicate()
            time.sleep(0.01)


def answer_of(door, question):
    with suppress(psycopg.errors.UndefinedTable):
        return door.execute(question).fetchone()[0]
    return 0


WAITS = """
    SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()
"""
LANDED = "SELECT count(*) FROM sportlake_ledger WHERE convert_from(line, 'UTF8')::json ->> 'kind' = 'landing'"


def session_of(instance):
    """The number of the session in which PostgreSQL answers that process."""
    with instance.run_storage.connect() as session:
        return session.execute(text("SELECT pg_backend_pid()")).scalar_one()


def test_a_process_keeps_one_connection_to_the_memory_of_runs_and_replaces_it_when_it_is_lost(
    tmp_path, known, monkeypatch
):
    monkeypatch.setenv("SPORTLAKE_DAGSTER_URL", address := known["SPORTLAKE_DAGSTER_URL"])
    with (
        open_instance(Layout(tmp_path / "one"), shared=True) as one,
        open_instance(Layout(tmp_path / "other"), shared=True) as other,
    ):
        first = session_of(one)
        assert [session_of(one), session_of(other)] == [first, first]
        end_sessions(address)
        assert session_of(other) != first
        assert one.get_runs() == []


def test_a_run_without_workers_fails_within_a_minute_and_says_what_to_start(tmp_path, known, instance_of):
    with hosts_of(tmp_path / "var", known) as hosts, instance_of(hosts) as instance:
        began = time.monotonic()
        run = hosts.start_run("sweep", {})
        said = run.communicate()
        assert "sportlake worker" in said, said
        assert run.returncode != 0
        assert time.monotonic() - began < 180  # the minute, and processes of Python that start on a busy machine
        assert [one.status for one in instance.get_runs()] == [dg.DagsterRunStatus.FAILURE]


def test_workers_with_homes_of_their_own_share_a_bucket_however_they_are_killed(tmp_path, known, instance_of):
    with (
        serve_s3(tmp_path) as server,
        hosts_of(tmp_path / "var", {**known, **surroundings_of(bucket := server.make_bucket())}) as hosts,
        instance_of(hosts) as instance,
    ):
        BACKFILL.hand_in(hosts.home)
        BACKFILL.register_slices(instance)
        homes = {name: host_beside(hosts, name) for name in ("shenyang", "dalian")}
        for name, home in homes.items():
            hosts.start_worker(name, home)
        result = run_and_kill(hosts, BACKFILL, homes.get, seed=16, tries=4)
        assert result.codes.count(0) == len(DATASETS), result.said
        assert list(find_faults(hosts, BACKFILL, bucket, tmp_path / "fresh")) == []


def test_a_step_whose_worker_is_killed_is_given_to_another(tmp_path, known, instance_of):
    with hosts_of(tmp_path / "var", known) as hosts, instance_of(hosts) as instance:
        start_waiting(hosts, instance)
        with SharedLedger(known["SPORTLAKE_LEDGER_URL"]).hold_name("dagster/.gym.lock"):
            run = hosts.start_run("gym_intake", GYM.range_tags("2026"))
            await_answer(known["SPORTLAKE_LEDGER_URL"], run, WAITS)
            hosts.kill_worker("a")
            hosts.start_worker("b")
        said = run.communicate()
        assert run.returncode == 0, said
        assert count_landings(hosts) == GYM_ONCE


def look_at(instance, record):
    """Dagster's monitoring looks at a run once; its state afterwards."""
    run_monitoring.monitor_started_run(instance, None, record, logging.getLogger())
    return instance.get_run_by_id(record.dagster_run.run_id).status


def test_a_run_whose_own_process_is_killed_is_failed_and_run_again(tmp_path, known, instance_of):
    """At the second look after the kill; what it had given to workers goes on meanwhile, beside the next run."""
    with hosts_of(tmp_path / "var", known) as hosts, instance_of(hosts) as instance:
        start_waiting(hosts, instance)
        with SharedLedger(known["SPORTLAKE_LEDGER_URL"]).hold_name("dagster/.gym.lock"):
            lost = hosts.start_run("gym_intake", GYM.range_tags("2026"))
            await_answer(known["SPORTLAKE_LEDGER_URL"], lost, WAITS)
            await_holders(known["SPORTLAKE_DAGSTER_URL"], 1)
            (record,) = instance.get_run_records()
            assert [look_at(instance, record) for _ in range(3)] == [dg.DagsterRunStatus.STARTED] * 3
            lost.signal_group(signal.SIGKILL)
            lost.communicate()
            await_holders(known["SPORTLAKE_DAGSTER_URL"], 0)  # the database hears of it a moment later
            ended = [look_at(instance, record) for _ in range(LOOKS_WITHOUT)]
        assert ended == [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE]
        assert "is gone" in "".join(entry.message for entry in instance.all_logs(record.dagster_run.run_id))
        again = hosts.start_run("gym_intake", GYM.range_tags("2026"))
        said = again.communicate()
        assert again.returncode == 0, said
        assert count_landings(hosts) == GYM_ONCE


def await_holders(address, count, gone=frozenset()):
    """The sessions that hold a lock in that database, once there are so many besides those that are gone."""
    end = time.monotonic() + 60
    with psycopg.connect(address, autocommit=True) as door:
        asked = "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory' AND granted AND datname = current_database()"
        while len(found := {pid for (pid,) in door.execute(asked)} - gone) != count:
            assert time.monotonic() < end, found
            time.sleep(0.05)
    return found


def test_runs_that_lost_their_connection_twice_take_their_locks_again(tmp_path, known, instance_of, monkeypatch):
    """So they are not failed; one that never held a lock, as under another executor, is left alone."""
    monkeypatch.setattr("dagster_project.run_presence._SIGN_SECONDS", 0.1)
    address = known["SPORTLAKE_DAGSTER_URL"]
    with hosts_of(tmp_path / "var", known) as hosts, instance_of(hosts) as instance:
        job = dg.GraphDefinition("nothing").to_job()
        runs = [instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED).run_id for _ in range(2)]

        def looks(count):
            check = instance.run_launcher.check_run_worker_health
            return [[check(instance.get_run_by_id(run)).status.value for _ in range(count)] for run in runs]

        assert looks(3) == [["RUNNING"] * 3] * 2
        with hold_presence(instance, runs[0]):
            with hold_presence(instance, runs[1]):
                holders = await_holders(address, 2)
                for _ in range(2):
                    assert looks(3) == [["RUNNING"] * 3] * 2
                    end_sessions(address)
                    holders = await_holders(address, 2, holders)
                assert looks(3) == [["RUNNING"] * 3] * 2
            await_holders(address, 1)
            assert looks(LOOKS_WITHOUT) == [["RUNNING", "RUNNING"], ["RUNNING", "FAILED"]]


def test_a_worker_that_stood_still_while_another_took_its_step_lands_nothing_twice(tmp_path, known, instance_of):
    """It stops within the step, its sessions end as those of a host that is cut off, and it goes on when all is done."""
    with (
        serve_s3(tmp_path) as server,
        hosts_of(tmp_path / "var", {**known, **surroundings_of(bucket := server.make_bucket())}) as hosts,
        instance_of(hosts) as instance,
    ):
        address = known["SPORTLAKE_LEDGER_URL"]
        start_waiting(hosts, instance, host_beside(hosts, "slow"))
        run = hosts.start_run("gym_intake", GYM.range_tags("2026"))
        await_answer(address, run, LANDED)
        hosts.signal_worker("a", signal.SIGSTOP)
        end_sessions(address)
        hosts.start_worker("b", host_beside(hosts, "quick"))
        said = run.communicate()
        hosts.signal_worker("a", signal.SIGCONT)
        hosts.await_worker("a")
        assert run.returncode == 0, said
        assert count_landings(hosts) == GYM_ONCE
        assert list(find_faults(hosts, GYM, bucket, tmp_path / "fresh")) == []
