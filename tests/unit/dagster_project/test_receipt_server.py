"""The receipts over HTTP: what is there is served to this machine, nothing else is, whatever the path says."""

import http.client
import socket

import pytest

from dagster_project.receipt_server import (
    candidate_address,
    desk_address,
    find_served_file,
    list_served_folders,
    receipt_address,
    serve_pages,
)
from schemas.errors import UsageError
from warehouse.layout import Layout

NUMBER = "RCPT-2222-3333-4444-5555"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "receipts"
    (folder / "210100").mkdir(parents=True)
    (folder / f"{NUMBER}.html").write_text("<p>回执</p>", encoding="utf-8")
    (folder / f"{NUMBER}.xlsx").write_bytes(b"PK")
    (folder / "index.html").write_text("all", encoding="utf-8")
    (folder / "210100" / "index.html").write_text("one", encoding="utf-8")
    (folder / ".hidden.html").write_text("hidden", encoding="utf-8")
    (folder / "script.py").write_text("code", encoding="utf-8")
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    (folder / "outside.html").symlink_to(tmp_path / "secret.html")
    (folder / "up").symlink_to(tmp_path)
    return folder


def ask(port, path, *, method="GET", host=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", host or f"127.0.0.1:{port}")
    connection.endheaders()
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers


def test_a_receipt_its_workbook_and_the_index_pages_are_served(folder):
    with serve_pages({"": folder}, 0) as port:
        status, content, headers = ask(port, receipt_address(port, NUMBER).partition(str(port))[2])
        assert (status, content.decode()) == (200, "<p>回执</p>")
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert ask(port, f"/{NUMBER}.xlsx")[1] == b"PK"
        assert ask(port, "/")[1] == b"all"
        assert ask(port, "/210100/?x=1")[1] == b"one"
        assert ask(port, f"/{NUMBER}.html", method="HEAD")[:2] == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.html",
        "/210100/../../secret.html",
        "/%2e%2e/secret.html",
        "/..%2fsecret.html",
        "//secret.html",
        "/./index.html",
        "/outside.html",
        "/up/secret.html",
        "/.hidden.html",
        "/script.py",
        "/210100",
        "/RCPT-9999.html",
        "/index.html\\..\\..\\secret.html",
        f"/{'a' * 5000}.html",
    ],
)
def test_nothing_else_is_served(folder, path):
    assert find_served_file({"": folder}, path) is None
    with serve_pages({"": folder}, 0) as port:
        status, content, _ = ask(port, path)
        assert status == 404
        assert b"secret" not in content


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_written(folder, method):
    with serve_pages({"": folder}, 0) as port:
        assert ask(port, f"/{NUMBER}.html", method=method)[0] == 501
    assert (folder / f"{NUMBER}.html").is_file()


def test_a_page_elsewhere_that_bends_its_name_to_this_machine_gets_nothing(folder):
    with serve_pages({"": folder}, 0) as port:
        assert ask(port, f"/{NUMBER}.html", host=f"evil.example:{port}")[0] == 404
        assert ask(port, f"/{NUMBER}.html", host=f"localhost:{port}")[0] == 200


def test_only_one_address_of_this_machine_is_bound(folder):
    with serve_pages({"": folder}, 0) as port, pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", port), timeout=2)


def test_a_folder_that_is_not_there_yet_is_no_error(tmp_path):
    with serve_pages({"": tmp_path / "receipts"}, 0) as port:
        assert ask(port, "/")[0] == 404


def test_a_port_that_is_taken_is_said_with_the_way_out(folder):
    taken = pytest.raises(UsageError, match="SPORTLAKE_RECEIPTS_PORT")
    with serve_pages({"": folder}, 0) as port, taken, serve_pages({"": folder}, port):
        pass


@pytest.mark.usefixtures("folder")
def test_desk_and_candidates_are_served_under_their_own_names_and_lead_to_the_receipts(tmp_path):
    for name in ("desk/index.html", "candidates/venue.html"):
        file = tmp_path / name
        file.parent.mkdir()
        file.write_text(name, encoding="utf-8")
    with serve_pages(list_served_folders(Layout(tmp_path)), 0) as port:
        assert desk_address(port).endswith(f":{port}/desk/")
        assert ask(port, "/desk/")[1] == b"desk/index.html"
        assert ask(port, candidate_address(port, "venue").partition(str(port))[2])[1] == b"candidates/venue.html"
        assert ask(port, f"/receipts/{NUMBER}.html")[0] == ask(port, f"/{NUMBER}.html")[0] == 200
        for path in ("/desk", "/desk/../secret.html", "/candidates/", "/lake/index.html", "/secret.html"):
            assert ask(port, path)[0] == 404, path
