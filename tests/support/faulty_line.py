"""A bad line to CKAN: a proxy on 127.0.0.1 that passes everything on but does harm at one call, at several, or from one call on.

Calls are numbered from 1 in the order in which they come. Here: the proxy and the kinds of harm. Not here: which calls, and what
must hold afterwards (`tests/live`).
"""

import http.client
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HARMS = ("refused", "lost", "truncated", "late", "500", "409", "504", "500 after")
"""Closed before CKAN hears it; heard by CKAN and its answer lost; half the answer; half a second late; an answer of the line's
own without CKAN hearing it; CKAN hears it and the line answers 500."""
_LATE = 0.5
_GATEWAY = b"<h1>gateway</h1>"
_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length"}


@dataclass
class Line:
    """The proxy's address and what has come through it.

    `harm` strikes at call `at` of those that match `among`; with `every`, at each call so many later as well; if `lasting`, at all
    later calls. With `spare_retries` a call that was harmed passes when it comes again. `harmed` has the numbers of the harmed calls.
    """

    url: str = ""
    calls: list[str] = field(default_factory=list)
    harmed: list[int] = field(default_factory=list)
    harm: str | None = None
    at: int = 0
    every: int = 0
    lasting: bool = False
    spare_retries: bool = False
    among: str = ""
    _awaited: set[str] = field(default_factory=set)

    def strike(
        self, harm: str, at: int, *, every: int = 0, lasting: bool = False, spare_retries: bool = False, among: str = ""
    ) -> None:
        """Counts anew and does that harm."""
        for counted in (self.calls, self.harmed, self._awaited):
            counted.clear()
        self.harm, self.at, self.every, self.lasting, self.among = harm, at, every, lasting, among
        self.spare_retries = spare_retries

    def calls_among(self) -> list[str]:
        """The calls that have come and are counted for the harm."""
        return [call for call in self.calls if re.search(self.among, call)]

    def mend(self) -> None:
        """Counts anew and does no harm."""
        self.strike("", 0)

    def receive(self, call: str) -> str | None:
        """Counts a call; returns the harm that it meets."""
        self.calls.append(call)
        if not (self.harm and re.search(self.among, call) and self._is_struck(len(self.calls_among()) - self.at)):
            return None
        if self.spare_retries and call in self._awaited:
            self._awaited.remove(call)
            return None
        self._awaited.add(call)
        self.harmed.append(len(self.calls))
        return self.harm

    def _is_struck(self, later: int) -> bool:
        """Whether the call that comes so many after the first harmed one is harmed."""
        return later == 0 or (later > 0 and (self.lasting or (self.every > 0 and later % self.every == 0)))


class _Server(ThreadingHTTPServer):
    """The proxy's server: it knows where CKAN is and what line it stands for."""

    def __init__(self, target: str, line: Line) -> None:
        super().__init__(("127.0.0.1", 0), _Passer)
        self.target, self.line, self.counting = target, line, threading.Lock()


class _Passer(BaseHTTPRequestHandler):
    """One call."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.server.counting:
            harm = self.server.line.receive(f"{self.command} {self.path.partition('?')[0]}")
        if harm == "refused":
            self.close_connection = True
        elif harm in ("500", "409", "504"):
            self._answer(int(harm), _GATEWAY, [])
        else:
            time.sleep(_LATE if harm == "late" else 0)
            self._spoil(harm, *self._asked(body))

    do_GET = do_POST = do_HEAD = _pass_on  # noqa: N815 -- the base class looks for these names

    def _spoil(self, harm: str | None, status: int, headers: list[tuple[str, str]], said: bytes) -> None:
        if harm == "lost":
            self.close_connection = True
        elif harm == "500 after":
            self._answer(500, _GATEWAY, [])
        else:
            self._answer(status, said, headers, half=harm == "truncated")

    def _asked(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        there = http.client.HTTPConnection(self.server.target, timeout=60)
        kept = {key: value for key, value in self.headers.items() if key.lower() not in _HOP}
        there.request(self.command, self.path, body=body or None, headers={**kept, "Host": self.server.target})
        answer = there.getresponse()
        headers = [pair for pair in answer.getheaders() if pair[0].lower() not in _HOP - {"content-length"}]
        said = answer.read()
        there.close()
        return answer.status, headers, said

    def _answer(self, status: int, said: bytes, headers: list[tuple[str, str]], *, half: bool = False) -> None:
        asked_for_body = self.command != "HEAD"
        self.send_response(status)
        for key, value in headers:
            if key.lower() != "content-length" or not asked_for_body:
                self.send_header(key, value)
        if asked_for_body:
            self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if asked_for_body:
            self.wfile.write(said[: len(said) // 2] if half else said)
            self.wfile.flush()
        self.close_connection = self.close_connection or half

    def log_message(self, *_: object) -> None:
        """Nothing: what matters stands in `line.calls`."""


@contextmanager
def line_to(target: str) -> Iterator[Line]:
    """A line to the CKAN at `target`, sound until told otherwise."""
    line = Line()
    server = _Server(urlsplit(target).netloc, line)
    line.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()
