"""A process is ours by its pid and its birth; services are waited for and stopped, and their failures shown without keys."""

import os
import signal
import subprocess
import sys
import time

import pytest

from catalog.ckan.native.paths import PortalPaths
from catalog.ckan.native.processes import Processes, Service, process_birth
from schemas.errors import CatalogueError

SLEEPS = [sys.executable, "-c", "import time; print('awake', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('awake', flush=True); time.sleep(60)",
]


@pytest.fixture
def place(tmp_path):
    place = PortalPaths(tmp_path)
    place.make_folders()
    return place


@pytest.fixture
def processes(place):
    made = Processes(place, dict(os.environ), hidden=("a-very-secret-key",))
    yield made
    made.stop_services([service("quiet"), service("stubborn", STUBBORN)])


def service(name="quiet", words=SLEEPS, ready=lambda: True):
    return Service(name, words, ready)


def awake(place, name):
    return lambda: "awake" in place.log_path(name).read_text()


def test_a_started_service_is_alive_started_once_and_gone_after_stop(processes, place):
    quiet = service(ready=awake(place, "quiet"))
    assert processes.launch_service(quiet) is True
    pid = processes.living_pid("quiet")
    assert pid
    assert processes.launch_service(quiet) is False
    processes.wait_until_ready(quiet)
    assert processes.is_ready(quiet)
    assert processes.stop_services([quiet]) == ["quiet"]
    assert processes.living_pid("quiet") is None
    assert processes.stop_services([quiet]) == []


def test_a_pid_that_belongs_to_another_process_by_now_is_left_alone(processes, place):
    other = subprocess.Popen(SLEEPS, stdout=subprocess.DEVNULL)
    try:
        place.pid_path("quiet").write_text(f"{other.pid} some-boot/12345", encoding="ascii")
        assert processes.living_pid("quiet") is None
        assert processes.stop_services([service()]) == []
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("told", ["", "x y", "999999999 never", "12"])
def test_a_torn_pid_file_is_nobody(processes, place, told):
    place.pid_path("quiet").write_text(told, encoding="ascii")
    assert processes.living_pid("quiet") is None


def test_the_dead_have_no_birth_even_if_nobody_has_buried_them():
    child = subprocess.Popen([sys.executable, "-c", ""])
    until = time.monotonic() + 30
    while process_birth(child.pid) is not None and time.monotonic() < until:
        time.sleep(0.01)
    assert process_birth(child.pid) is None
    child.wait()
    assert process_birth(os.getpid())


def test_a_service_that_ends_at_once_is_an_error_with_its_log_and_without_keys(processes):
    words = [sys.executable, "-c", "print('cannot do it: a-very-secret-key'); raise SystemExit(7)"]
    failing = service("failing", words, ready=lambda: False)
    processes.launch_service(failing)
    with pytest.raises(CatalogueError) as told:
        processes.wait_until_ready(failing)
    said = str(told.value)
    assert "cannot do it: ***" in said
    assert "a-very-secret-key" not in said
    assert "7" in said


def test_a_service_that_never_gets_ready_is_an_error_after_some_time(processes):
    never = service(ready=lambda: False)
    processes.launch_service(never)
    with pytest.raises(CatalogueError, match="not ready within"):
        processes.wait_until_ready(never, patience=0.2)


def test_a_service_that_does_not_answer_yet_is_waited_for(processes):
    answers = iter([ConnectionRefusedError(), ValueError(), False, True])

    def ready():
        now = next(answers)
        if isinstance(now, Exception):
            raise now
        return now

    slow = service(ready=ready)
    processes.launch_service(slow)
    processes.wait_until_ready(slow)


def test_what_does_not_go_when_asked_is_killed(processes, place, monkeypatch):
    monkeypatch.setattr("catalog.ckan.native.processes._GRACE", 0.3)
    stubborn = Service("stubborn", STUBBORN, awake(place, "stubborn"), kill=signal.SIGKILL)
    processes.launch_service(stubborn)
    processes.wait_until_ready(stubborn)
    assert processes.stop_services([stubborn]) == ["stubborn"]
    assert processes.living_pid("stubborn") is None
