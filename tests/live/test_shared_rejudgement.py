"""A contract is applied on one host while another one hands in: the same files and entries as on one, wherever the applier is killed."""

import signal
import time

import pytest

from support.engine_walks import call_command
from support.forked_hosts import see_own_modules
from support.s3_server import serve_s3
from support.shared_ledgers import database_of_its_own
from support.shared_rejudgements import SITES, VISITS, count_entries, make_hosts, read_files
from support.stored_homes import shared_home, sweep_parts
from support.trials import installed_with_history, put_in_force, write_contract
from warehouse.layout import Layout
from warehouse.ledger.ledger import Ledger
from warehouse.storage.checking import check_storage

MOMENTS = (0.3, 0.8)
"""Shares of the steps of an application, at which it is killed."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """An installation whose new contract is in force and not applied, and its file."""
    folder = tmp_path_factory.mktemp("scene")
    settings, file = installed_with_history(folder), write_contract(folder)
    put_in_force(settings, file)
    return settings, file


@pytest.fixture(scope="module")
def wanted(scene, tmp_path_factory):
    """Files and entries of one host that did one after the other."""
    settings, file = scene
    home = installed_with_history(tmp_path_factory.mktemp("alone")).home
    alone, files = settings.model_copy(update={"home": home}), tmp_path_factory.mktemp("files")
    hand_in(alone, VISITS, files)
    assert call_command(alone, {}, "rejudge", "site", "--contract", str(file), "--apply").exit_code == 0
    hand_in(alone, SITES, files)
    return read_files(home), count_entries(Ledger(Layout(home)))


def hand_in(settings, handed, folder):
    (folder / f"{handed.dataset}.csv").write_text(handed.content, encoding="utf-8")
    told = call_command(settings, {}, *handed.words_to_submit(folder))
    assert told.exit_code == 0, told.output


@pytest.fixture(scope="module")
def play(scene, databases, tmp_path_factory):
    """Applies the contract on one host while the other hands in; the applier is killed at that step, or never (0). Gives the number of its steps, None if it
    was killed, and what a fresh host sees in the end."""
    with serve_s3(tmp_path_factory.mktemp("s3")) as server, see_own_modules():

        def played(step):
            with database_of_its_own(databases) as address:
                return play_once(*scene, tmp_path_factory.mktemp("hosts"), server.make_bucket(), address, step)

        yield played


def play_once(settings, file, folder, bucket, address, step):
    hosts = make_hosts(settings, file, folder, bucket, address)
    process, told = hosts.apply(step)
    hosts.hand_in(VISITS)
    while process.is_alive() and not is_decided(hosts):
        time.sleep(0.05)
    if decided := is_decided(hosts):
        hosts.hand_in(SITES)
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}
    if process.exitcode:
        again, _ = hosts.apply(0)
        again.join()
        assert again.exitcode == 0
    if not decided:
        hosts.hand_in(SITES)
    homes = [shared_home(folder / name, bucket, address) for name in ("one", "two", "fresh")]
    for home in homes:
        home.follow_storage()
        sweep_parts(home)
    assert homes[2].ledger.verify_chain() == []
    assert check_storage(homes[2].storage).is_whole
    files = [read_files(home.layout.home) for home in homes]
    assert files[0] == files[1] == files[2]
    return None if process.exitcode else told.recv(), (files[2], count_entries(homes[2].ledger))


def is_decided(hosts):
    return bool(hosts.ledger.read_entries("contract_rejudgement"))


@pytest.fixture(scope="module")
def steps(play, wanted):
    """How many steps an application takes that nobody kills."""
    count, found = play(0)
    assert found == wanted
    return count


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_applier_that_is_killed_ends_as_one_that_was_not(play, wanted, steps, moment):
    count, found = play(max(1, round(steps * moment)))
    assert count is None
    assert found == wanted
