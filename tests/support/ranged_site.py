"""A local server of one folder that serves parts of files (HTTP ranges), as web servers of static sites do, and notes what was asked.

`http.server` of the standard library serves whole files only. Not here: a portal (`portal.py`).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple


class RangedSite(NamedTuple):
    """The address of the folder, and the size of every part that was sent; None for a whole file."""

    address: str
    sent: list[int | None]


def _find_part(asked: re.Match[str], size: int) -> tuple[int, int]:
    """The first and the last byte: `5-9`, `5-` to the end, `-5` the last five."""
    if not asked[1]:
        return max(size - int(asked[2]), 0), size - 1
    return int(asked[1]), min(int(asked[2] or size), size - 1)


@contextmanager
def serve_ranges(folder: Path) -> Iterator[RangedSite]:
    """Serves the folder until the end of the block."""
    sent: list[int | None] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(head=True)

        def do_GET(self) -> None:
            self._answer(head=False)

        def _answer(self, *, head: bool) -> None:
            path = folder / self.path.lstrip("/")
            if not path.is_file():
                self.send_error(404)
                return
            content = path.read_bytes()
            asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
            first, last = _find_part(asked, len(content)) if asked else (0, len(content) - 1)
            self.send_response(206 if asked else 200)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(last - first + 1))
            if asked:
                self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
            self.end_headers()
            if head:
                return
            with suppress(
                BrokenPipeError, ConnectionResetError
            ):  # a client that only wanted to know whether it is there
                sent.append(last - first + 1 if asked else None)
                self.wfile.write(content[first : last + 1])

        def log_message(self, *_: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    worker = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    worker.start()
    try:
        yield RangedSite(f"http://127.0.0.1:{server.server_port}", sent)
    finally:
        server.shutdown()
        server.server_close()
        worker.join()
