"""Released files in front of the portal, on any WSGI application."""

import importlib.util

import pytest
from werkzeug.test import Client

from catalog.ckan.native.paths import PORTAL

FILE = "/releases/facility/2026.11.1/facility.csv"


@pytest.fixture
def portal(tmp_path):
    """A client of a portal that answers 418 itself, with one released file and a secret beside the folder."""
    spec = importlib.util.spec_from_file_location("portal_released_files", PORTAL / "released_files.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "secret.csv").write_text("x")
    file = tmp_path / FILE.removeprefix("/")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"id\n1\n2\n")

    def ckan(_, start_response):
        start_response("418 CKAN", [])
        return [b"ckan"]

    return Client(module.with_released_files(ckan, tmp_path / "releases"))


def test_a_released_file_is_sent_without_ckan(portal):
    answer = portal.get(FILE, buffered=True)
    assert (answer.status_code, answer.data) == (200, b"id\n1\n2\n")
    assert answer.mimetype == "text/csv"
    head = portal.head(FILE, buffered=True)
    assert (head.status_code, head.content_length, head.data) == (200, 7, b"")


def test_a_part_is_sent_and_what_the_reader_has_already_is_not(portal):
    part = portal.get(FILE, headers={"Range": "bytes=3-4"}, buffered=True)
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, b"1\n", "bytes 3-4/7")
    again = portal.get(FILE, headers={"If-None-Match": part.headers["ETag"]}, buffered=True)
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "address",
    ["/dataset/facility", "/releases", "/releases/", "/releases/facility", f"{FILE}x", "/releases/../secret.csv", "/releases/%2e%2e/secret.csv", "/releases//etc/passwd", "/releases/a%00b"],
)  # fmt: skip
def test_all_else_is_ckans(portal, address):
    assert portal.get(address).data == b"ckan"


def test_only_reading_is_answered(portal):
    assert portal.post(FILE).data == b"ckan"
