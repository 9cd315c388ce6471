"""A Sail server on 127.0.0.1, at a port that was free: Spark Connect without a JVM. Not here: what is sent to it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from support.commands import ROOT

_SERVE = """
import sys
from pysail.spark import SparkConnectServer
server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
print(server.listening_address[1], flush=True)
sys.stdin.read()
"""


@contextmanager
def sail_server(environment: dict[str, str]) -> Iterator[str]:
    """The address of a server with that environment; it ends with the context, and with this process."""
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVE],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin
    assert server.stdout
    try:
        port = server.stdout.readline().strip()
        assert port.isdigit(), "Sail did not start"
        yield f"sc://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()
        server.stdin.close()
        server.stdout.close()
