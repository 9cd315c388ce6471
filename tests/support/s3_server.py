"""An S3 server in a process of its own on 127.0.0.1: `serve_s3()` gives its address. Not here: what is put there.

It is moto, of which conditional creation (made atomic by `one_creation_at_a_time.py`), ranges and listings after a key were tried.
"""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from support.free_ports import find_port
from warehouse.storage.object_store import BucketAddress

_SERVER = "support.one_creation_at_a_time"
_PATIENCE = 180
_numbers = count(1)


class S3Server:
    """A running server; `make_bucket` gives an empty bucket."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def make_bucket(self) -> BucketAddress:
        """The address of a new bucket, with a prefix."""
        name = f"sportlake-{os.getpid()}-{next(_numbers)}"
        urllib.request.urlopen(urllib.request.Request(f"{self.endpoint}/{name}", method="PUT")).read()
        return BucketAddress(f"s3://{name}/home", self.endpoint, "us-east-1", "tester", "secret")


def surroundings_of(bucket: BucketAddress) -> dict[str, str]:
    """The environment of a command that uses the bucket."""
    return {
        "SPORTLAKE_STORAGE": bucket.url,
        "AWS_ENDPOINT_URL": bucket.endpoint or "",
        "AWS_REGION": bucket.region or "",
        "AWS_ACCESS_KEY_ID": bucket.key_id or "",
        "AWS_SECRET_ACCESS_KEY": bucket.secret or "",
    }


@contextmanager
def serve_s3(folder: Path) -> Iterator[S3Server]:
    """A server for the time of a block; what it says goes to a file in the folder."""
    port = find_port()
    with (folder / "s3.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", _SERVER, "--host", "127.0.0.1", "--port", str(port)],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            stdout=log,
            stderr=log,
        )
    try:
        _await(process, f"http://127.0.0.1:{port}/moto-api/data.json")
        yield S3Server(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()


def _await(process: "subprocess.Popen[bytes]", address: str) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            urllib.request.urlopen(address).read()
        except (urllib.error.URLError, ConnectionError):
            assert process.poll() is None, "the S3 server ended"
            assert time.monotonic() < until, "the S3 server does not answer"
            time.sleep(0.1)
        else:
            return
