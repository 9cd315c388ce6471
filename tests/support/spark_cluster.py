"""A Spark cluster on 127.0.0.1: a master, two workers and a Connect server, each a process of its own that ends with the context.

Spark itself is in a folder of its own (`make spark`), not in the project's environment; the workers' Python is that of the tests, Java that of
Solr. Not here: what is sent to it.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from catalog.ckan.native.paths import PortalPaths
from catalog.ckan.native.prerequisites import find_tools
from support.commands import ROOT
from support.free_ports import find_port
from support.portal import portal_home

SPARK = ROOT / ".venv" / "spark"
SECONDS = 300
_MEMORY = "512m"
_QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
"""Without the optimising compiler, collectors of several threads, and a look at the code of Spark's own classes: in a minute they cost more than they save."""


class SparkCluster(NamedTuple):
    """Its address, and the numbers of the processes of its two workers."""

    address: str
    workers: tuple[int, int]

    def list_executors(self) -> list[int]:
        """The executors that run now: Java processes that the workers started."""
        return [pid for worker in self.workers for pid in _list_children(worker) if _is_executor(pid)]


def find_java() -> Path | None:
    """The Java of the portal, from the system or from its wheels; None if there is none."""
    place = PortalPaths(portal_home() / "ckan")
    found = (find_tools(place, os.environ, bundled=bundled).java for bundled in (False, True))
    return next(filter(None, found), None)


def reason_without_spark() -> str | None:
    """Why no cluster can be started here; None if one can."""
    if find_java() is None:
        return "no Java here: Spark needs one (17 or newer)"
    return None if (SPARK / ".ready").is_file() else f"no Spark in {SPARK.relative_to(ROOT)}: `make spark` unpacks it"


@contextmanager
def spark_cluster(folder: Path) -> Iterator[SparkCluster]:
    """A cluster of two workers with one core each; its logs and working files are in `folder`."""
    java = find_java()
    assert java is not None, reason_without_spark()
    master, connect = find_port(), find_port()
    environment = {
        "PATH": f"{java.parent}:{os.environ['PATH']}",
        "JAVA_HOME": str(java.resolve().parents[1]),
        "HOME": str(folder),
        "SPARK_HOME": str(SPARK),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_DAEMON_MEMORY": _MEMORY,
        "SPARK_DAEMON_JAVA_OPTS": _QUICK,
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
    }
    at = f"spark://127.0.0.1:{master}"
    command = [str(SPARK / "bin" / "spark-class"), "org.apache.spark.deploy."]
    place = ["--host", "127.0.0.1", "--webui-port", "0"]
    with ExitStack() as running:

        def start(name: str, *words: str) -> subprocess.Popen[bytes]:
            return running.enter_context(_process(folder / f"{name}.log", environment, *words))

        first = start("master", command[0], f"{command[1]}master.Master", *place, "--port", str(master))
        _wait_for_port(master, first)
        workers = [
            start(
                f"worker{number}",
                command[0],
                f"{command[1]}worker.Worker",
                *place,
                "--cores",
                "1",
                "--memory",
                "600m",
                "--work-dir",
                str(folder / f"work{number}"),
                at,
            )
            for number in (1, 2)
        ]
        server = start("connect", str(SPARK / "bin" / "spark-submit"), *_list_options(at, connect), "spark-internal")
        _wait_for_port(connect, server)
        yield SparkCluster(f"sc://127.0.0.1:{connect}", (workers[0].pid, workers[1].pid))


def _list_options(master: str, port: int) -> list[str]:
    settings = {
        "spark.connect.grpc.binding.port": port,
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.executor.memory": _MEMORY,
        "spark.executor.extraJavaOptions": _QUICK,
        "spark.executorEnv.PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
        "spark.sql.shuffle.partitions": 8,
    }
    words = ["--master", master, "--driver-memory", _MEMORY, "--driver-java-options", _QUICK]
    words += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
    return [*words, *(word for name, value in settings.items() for word in ("--conf", f"{name}={value}"))]


@contextmanager
def _process(log: Path, environment: dict[str, str], *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own: what it started ends with it."""
    with log.open("wb") as written:
        process = subprocess.Popen(
            words, env=environment, stdout=written, stderr=written, cwd=log.parent, start_new_session=True
        )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for_port(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"nothing answers at 127.0.0.1:{port} (exit {server.poll()}); see the logs of the cluster")


def _is_executor(pid: int) -> bool:
    with suppress(OSError):  # it has ended meanwhile
        return b"CoarseGrainedExecutorBackend" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _list_children(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[1]) == parent:
            found.append(int(path.parent.name))
    return found
