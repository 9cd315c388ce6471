"""A server for the folder of a static site on 127.0.0.1, for pages that read files: with HTTP ranges as web servers have them, or without.

`asked` notes what was asked for: path and range. Not here: the browser (`browser.py`).
"""

import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass
class SiteServer:
    address: str
    asked: list[tuple[str, str | None]] = field(default_factory=list)


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args, server_log, ranges, **kwargs):
        self.server_log, self.ranges = server_log, ranges
        super().__init__(*args, **kwargs)

    def send_head(self):
        wanted = self.headers.get("Range")
        self.server_log.append((self.path, wanted))
        path, asked = Path(self.translate_path(self.path)), _RANGE.fullmatch(wanted or "")
        if not (self.ranges and asked and path.is_file()):
            return super().send_head()
        content = path.read_bytes()
        first, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        return io.BytesIO(content[first : last + 1])

    def log_message(self, *_args):
        """Says nothing: what was asked for is noted."""


@contextmanager
def serving(folder: Path, *, ranges: bool = True) -> Iterator[SiteServer]:
    """The folder, served until the end of the block."""
    site = SiteServer("")
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_Handler, directory=str(folder), server_log=site.asked, ranges=ranges)
    ) as server:
        site.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
