"""Receipts, candidates and the desk over HTTP, on this machine only: Dagster's UI can open a link to `http://`, and none to `file://`.

Read only. Serves files of a few folders and their sub-folders by plain names, to callers on this machine that name it. Not here:
the pages themselves (`pipelines`), starting Dagster (`window.py`).
"""

import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from schemas.errors import UsageError
from schemas.text import Text
from warehouse.layout import Layout

HOST = "127.0.0.1"
# How often the server checks whether it must stop; stopping it takes that long.
_STOP_SECONDS = 0.05
RECEIPTS, CANDIDATES, DESK = "receipts", "candidates", "desk"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".css": "text/css; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\.[a-z]{1,8})?")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


def receipt_address(port: int, number: str) -> str:
    """`http://127.0.0.1:3001/RCPT-….html`."""
    return f"http://{HOST}:{port}/{number}.html"


def desk_address(port: int) -> str:
    """`http://127.0.0.1:3001/desk/`."""
    return f"http://{HOST}:{port}/{DESK}/"


def candidate_address(port: int, dataset: str) -> str:
    """`http://127.0.0.1:3001/candidates/facility.html`."""
    return f"http://{HOST}:{port}/{CANDIDATES}/{dataset}.html"


def list_served_folders(layout: Layout) -> dict[str, Path]:
    """Returns what is served: the receipts at the root and, as links between the pages have it, each folder under its own name."""
    return {
        "": layout.receipts,
        RECEIPTS: layout.receipts,
        CANDIDATES: layout.candidates,
        DESK: layout.desk,
    }


@contextmanager
def serve_pages(folders: Mapping[str, Path], port: int) -> Iterator[int]:
    """Serves those folders, each under its name, in a thread until the block ends; yields the port. With port 0 the system chooses one.

    UsageError if the port is taken. The folders need not exist yet.
    """
    handler = type("Handler", (_PageHandler,), {"folders": folders})
    try:
        server = ThreadingHTTPServer((HOST, port), handler)
    except OSError as taken:
        raise _port_error(port) from taken
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": _STOP_SECONDS}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def find_served_file(folders: Mapping[str, Path], path: str) -> Path | None:
    """Returns the file for the path of a request, below the folder that its first part names, or else below that of the name "".

    None if there is none that may be served. Every part of the path must be a plain name: without `..`, hidden names or percent
    signs nothing outside can be named. A link that leads out of the folder is not followed. `/` stands for `index.html`.
    """
    first, *rest = path.partition("?")[0].removeprefix("/").split("/")
    folder, parts = (folders[first], rest) if rest and first in folders else (folders[""], [first, *rest])
    if parts[-1] == "":
        parts[-1] = "index.html"
    if not all(_NAME.fullmatch(part) for part in parts):
        return None
    file = folder.joinpath(*parts).resolve()
    inside = file.is_relative_to(folder.resolve()) and file.suffix in _TYPES
    return file if inside and file.is_file() else None


class _PageHandler(BaseHTTPRequestHandler):
    folders: Mapping[str, Path]

    def do_GET(self) -> None:
        """Answers with the file."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answers with the headers of the file."""
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- named by http.server
        """Keeps silent: Dagster's own log is in the same terminal."""

    def _answer(self, *, with_body: bool) -> None:
        file = find_served_file(self.folders, self.path) if self._is_local() else None
        if file is None:
            self._answer_text(HTTPStatus.NOT_FOUND, "没有此页 no such page\n", with_body=with_body)
            return
        with file.open("rb") as content:
            self._send_head(HTTPStatus.OK, _TYPES[file.suffix], file.stat().st_size)
            if with_body:
                shutil.copyfileobj(content, self.wfile)

    def _is_local(self) -> bool:
        """Whether the request names this machine as its host; a page of another site whose DNS name points to 127.0.0.1 (DNS rebinding) names that site."""
        return (self.headers.get("Host") or "").rpartition(":")[0] in {HOST, "localhost"}

    def _answer_text(self, status: HTTPStatus, text: str, *, with_body: bool) -> None:
        content = text.encode()
        self._send_head(status, "text/plain; charset=utf-8", len(content))
        if with_body:
            self.wfile.write(content)

    def _send_head(self, status: HTTPStatus, kind: str, size: int) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(size), **_HEADERS}.items():
            self.send_header(name, value)
        self.end_headers()


def _port_error(port: int) -> UsageError:
    return UsageError(
        Text(
            zh=f"端口 {port} 已被占用，无法提供回执链接；请关闭占用它的程序，或用 SPORTLAKE_RECEIPTS_PORT 指定另一端口",
            en=f"port {port}, for links to receipts, is taken: close what uses it, or name another in SPORTLAKE_RECEIPTS_PORT",
        )
    )
