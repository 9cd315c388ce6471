"""The services of `deploy/compose.yaml`, started by its own commands without containers: they find each other, and a run goes through all."""

import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
import requests
import yaml

from catalog.ckan.native.state import HOST, read_state
from support.commands import ROOT, surroundings
from support.free_ports import find_port
from support.s3_server import serve_s3, surroundings_of
from support.shared_ledgers import database_of_its_own

DEPLOY = ROOT / "deploy"
SERVICES = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
LAUNCH = """
mutation($job: String!) { launchRun(executionParams: {mode: "default", selector: {
  repositoryLocationName: "sportlake", repositoryName: "__repository__", jobName: $job}}) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }
"""
STATUS = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
EVENTS = "query($id: ID!) { logsForRun(runId: $id) { ... on EventConnection { events { ... on MessageEvent { message } } } } }"
DAEMONS = "{ instance { daemonHealth { allDaemonStatuses { required healthy } } } }"
DONE = {"SUCCESS", "FAILURE", "CANCELED"}


PORT_OF = {"code": "4000", "webserver": "3000"}


@pytest.fixture
def ports():
    return {"3000": str(find_port()), "4000": str(find_port())}


@pytest.fixture
def environment(databases, tmp_path):
    """What a container of the platform knows, with PostgreSQL, Redis and object store of the tests in place of the containers'."""
    told = SERVICES["code"]["environment"]
    with (
        database_of_its_own(databases) as ledger,
        database_of_its_own(databases) as memory,
        serve_s3(tmp_path) as server,
    ):
        found = {
            "SPORTLAKE_LEDGER_URL": ledger,
            "SPORTLAKE_DAGSTER_URL": memory,
            "SPORTLAKE_BROKER_URL": f"redis://{HOST}:{read_state(databases).redis}/10",
            "SPORTLAKE_EXECUTOR": told["SPORTLAKE_EXECUTOR"],
            "SPORTLAKE_SITE_URL": "https://data.example.org/sports",
            "SPARK_REMOTE": told["SPARK_REMOTE"],
            **surroundings_of(server.make_bucket()),
        }
        assert set(found) == set(told), "the test names what the containers are told"
        home = surroundings(tmp_path / "home")
        yield {**home, **found, "DAGSTER_HOME": str(tmp_path / "dagster"), "PYTHONWARNINGS": "ignore"}


def words_of(command, ports, folder):
    """A command of compose.yaml as it is run here: programs of this environment, free ports, this machine's address alone."""
    program, *rest = [ports.get(word, word) for word in command]
    there = [word.replace("0.0.0.0", HOST).replace("/srv/dagster", str(folder)) for word in rest]  # noqa: S104 -- replaced
    for container, port in ports.items():
        there = [word.replace(f":{container}/", f":{port}/") for word in there]
    own = Path(sys.executable).with_name(program)
    return [str(own if own.exists() else sys.executable), *there]


@contextmanager
def service(name, environment, ports, folder):
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            words_of(SERVICES[name]["command"], ports, folder),
            cwd=folder,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def is_worth_a_check(name, ports):
    """Whether the service listens, or is said to live: its check is a process, which would take the processor from a service that only starts."""
    if name == "daemon":
        found = asked(ports, DAEMONS)["instance"]["daemonHealth"]["allDaemonStatuses"]
        return all(one["healthy"] for one in found if one["required"])
    with suppress(ConnectionRefusedError), socket.create_connection((HOST, int(ports[PORT_OF[name]])), timeout=1):
        return True
    return False


def is_healthy(name, environment, ports, folder):
    if not is_worth_a_check(name, ports):
        return False
    _, *check = SERVICES[name]["healthcheck"]["test"]
    done = subprocess.run(
        words_of(check, ports, folder), cwd=folder, env=environment, capture_output=True, check=False, timeout=180
    )
    return done.returncode == 0


def asked(ports, query, **values):
    address = f"http://{HOST}:{ports['3000']}/dagster/graphql"
    answer = requests.post(address, json={"query": query, "variables": values}, timeout=180).json()
    assert "errors" not in answer, answer
    return answer["data"]


def wait_until(holds, seconds, folder):
    end = time.monotonic() + seconds
    while not holds():
        logs = "\n".join(f"{log.name}: {log.read_text(encoding='utf-8')[-2000:]}" for log in folder.glob("*.log"))
        assert time.monotonic() < end, logs
        time.sleep(1)


def test_a_run_goes_from_the_window_through_daemon_and_code_server_to_a_worker(environment, ports, tmp_path):
    folder = tmp_path / "dagster"
    folder.mkdir()
    (folder / "dagster.yaml").write_text(
        (DEPLOY / "dagster.yaml").read_text(encoding="utf-8").replace("/srv/dagster", str(folder)), encoding="utf-8"
    )
    (folder / "workspace.yaml").write_text(
        re.sub(
            r"host: code, port: 4000",
            f"host: {HOST}, port: {ports['4000']}",
            (DEPLOY / "workspace.yaml").read_text(encoding="utf-8"),
        ),
        encoding="utf-8",
    )
    with ExitStack() as running:
        for name in ("code", "webserver", "daemon", "worker"):
            running.enter_context(service(name, environment, ports, folder))
            if name != "worker":  # its check asks for process 1 of its container
                wait_until(lambda name=name: is_healthy(name, environment, ports, folder), 400, folder)
        launched = asked(ports, LAUNCH, job="sweep")["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        run = launched["run"]["runId"]
        wait_until(lambda: asked(ports, STATUS, id=run)["runOrError"]["status"] in DONE, 400, folder)
        assert asked(ports, STATUS, id=run)["runOrError"]["status"] == "SUCCESS"
        events = asked(ports, EVENTS, id=run)["logsForRun"]["events"]
        assert any("in celery worker" in event["message"] for event in events)
