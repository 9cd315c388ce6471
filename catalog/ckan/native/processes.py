"""Long-running services: starting them, waiting until they are ready, stopping them.

A process is ours if its pid and its start time are those that we recorded, so a reused pid is never mistaken for a
service. Not here: which services there are (`services.py`).
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from catalog.ckan.native.commands import SystemAccount, command_error, log_tail, run_as
from catalog.ckan.native.paths import PortalPaths
from schemas.errors import CatalogueError
from schemas.text import Text

PATIENCE = 180.0
_GRACE = 25.0
_PAUSE = 0.05
_PROC = Path("/proc")


@dataclass(frozen=True)
class Service:
    """One long-running process. `ready` returns whether it serves; its OSError or ValueError means not yet."""

    name: str
    words: Sequence[str | Path]
    ready: Callable[[], bool]
    port: int | None = None
    account: SystemAccount | None = None
    more: Mapping[str, str] = field(default_factory=dict)
    stop: signal.Signals = signal.SIGTERM
    kill: signal.Signals = signal.SIGKILL


@dataclass(frozen=True)
class Processes:
    """The processes of one portal."""

    place: PortalPaths
    environment: Mapping[str, str]
    hidden: tuple[str, ...] = field(default=(), repr=False)

    def living_pid(self, name: str) -> int | None:
        """Returns the pid of our process of that name if it still runs, else None."""
        file = self.place.pid_path(name)
        if not file.is_file():
            return None
        pid, _, born = file.read_text(encoding="ascii").strip().partition(" ")
        return int(pid) if pid.isdecimal() and process_birth(int(pid)) == born else None

    def launch_service(self, service: Service) -> bool:
        """Starts the service unless it runs; returns whether it was started now."""
        if self.living_pid(service.name):
            return False
        with self.place.log_path(service.name).open("ab") as log:
            log.truncate(0)
            process = subprocess.Popen(  # noqa: S603 -- words of ours, no shell
                [str(word) for word in service.words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                env={**self.environment, **service.more},
                **run_as(service.account),
            )
        self.place.pid_path(service.name).write_text(f"{process.pid} {process_birth(process.pid)}", encoding="ascii")
        process.returncode = 0  # it outlives us: without this Python warns that nobody waits for it
        return True

    def wait_until_ready(self, service: Service, patience: float = PATIENCE) -> None:
        """Waits until it is ready. CatalogueError with the end of its log if it ended or takes too long."""
        until = time.monotonic() + patience
        log = self.place.log_path(service.name)
        while time.monotonic() < until:
            if self.living_pid(service.name) is None:
                raise command_error(service.name, _exit_code(self.place.pid_path(service.name)), log, self.hidden)
            if self.is_ready(service):
                return
            time.sleep(_PAUSE)
        shown = log_tail(log, self.hidden)
        raise CatalogueError(
            Text(
                zh=f"{service.name} 在 {patience:.0f} 秒内没有就绪；日志 {log} 的末尾：\n{shown}请按日志处理后重试",
                en=f"{service.name} was not ready within {patience:.0f} s; {log} ends as shown above. Mend that and try again",
            )
        )

    def is_ready(self, service: Service) -> bool:
        """Returns whether it runs and serves."""
        try:
            return self.living_pid(service.name) is not None and service.ready()
        except (OSError, ValueError):
            return False

    def stop_services(self, services: Iterable[Service]) -> list[str]:
        """Stops the running ones, all at once, and waits; returns their names. Kills those that do not end."""
        running = [(service, pid) for service in services if (pid := self.living_pid(service.name))]
        for service, pid in running:
            _signal(pid, service.stop)
        late = self._still_running([service.name for service, _ in running])
        for service, pid in running:
            if service.name in late:
                _signal(pid, service.kill)
        stuck = self._still_running(late)
        if stuck:
            raise CatalogueError(
                Text(
                    zh=f"{'、'.join(stuck)} 无法停止；请查看 {self.place.run} 中的日志和 .pid 文件",
                    en=f"{', '.join(stuck)} cannot be stopped; see the logs and .pid files in {self.place.run}",
                )
            )
        for service, _ in running:
            self.place.pid_path(service.name).unlink(missing_ok=True)
        return [service.name for service, _ in running]

    def _still_running(self, names: list[str]) -> list[str]:
        """Returns those that still run after some time."""
        until = time.monotonic() + _GRACE
        while (still := [name for name in names if self.living_pid(name)]) and time.monotonic() < until:
            time.sleep(_PAUSE)
        return still


def process_birth(pid: int) -> str | None:
    """Returns the start time of a process: boot id and ticks since boot; None if it has ended or is a zombie."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="ascii", errors="backslashreplace")
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else f"{boot}/{fields[19]}"


def _signal(pid: int, which: signal.Signals) -> None:
    try:
        os.kill(pid, which)
    except ProcessLookupError:
        return  # it has ended meanwhile


def _exit_code(pid_file: Path) -> int:
    """The exit code of a child that has ended; 0 if it was not our child."""
    pid = int(pid_file.read_text(encoding="ascii").partition(" ")[0])
    try:
        _, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return 0
    return os.waitstatus_to_exitcode(status)
