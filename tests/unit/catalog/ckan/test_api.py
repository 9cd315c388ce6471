"""Downloads are told apart from connections that break. Calls of CKAN's actions are tested against a real CKAN (`tests/live`)."""

import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr

from catalog.ckan import api
from catalog.ckan.api import CkanApi
from catalog.ckan.connection import Connection
from support.faulty_line import line_to

CONTENT = b"id,name\n" * 100_000


@pytest.fixture
def line(tmp_path, monkeypatch):
    """A line to a server that has `sites.csv`, and no pauses between tries."""
    monkeypatch.setattr(api, "PAUSES", (0.0, 0.0, 0.0))
    (tmp_path / "sites.csv").write_bytes(CONTENT)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with line_to(f"http://127.0.0.1:{server.server_port}") as line:
        yield line
    server.shutdown()
    thread.join()
    server.server_close()


def difference(line, name="sites.csv", content=CONTENT):
    ckan = CkanApi(Connection(url=line.url, token=SecretStr("t")))
    return ckan.download_differs({"url": f"{line.url}/{name}", "hash": hashlib.sha256(content).hexdigest()})


@pytest.mark.parametrize("harm", ["refused", "lost", "truncated", "500", "504"])
def test_a_download_that_breaks_off_is_asked_for_again_before_it_is_called_different(line, harm):
    line.strike(harm, 1)
    assert difference(line) is None
    assert len(line.calls) == 2
    line.strike(harm, 1, lasting=True)
    what, wanted, found = difference(line)
    assert (what, wanted) == (f"download {line.url}/sites.csv", hashlib.sha256(CONTENT).hexdigest()[:12])
    assert found
    assert len(line.calls) == 4


def test_other_bytes_are_a_difference_and_a_file_that_is_not_there_is_asked_for_once(line):
    other = hashlib.sha256(b"other").hexdigest()[:12]
    assert difference(line, content=b"other")[1:] == (other, hashlib.sha256(CONTENT).hexdigest()[:12])
    line.mend()
    assert "404" in difference(line, "gone.csv")[2]
    assert len(line.calls) == 1
