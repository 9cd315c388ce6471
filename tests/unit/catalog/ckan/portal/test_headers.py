"""The headers around the portal's answers, on any WSGI application."""

import importlib.util

import pytest

from catalog.ckan.native.paths import PORTAL


@pytest.fixture(scope="module")
def headers():
    spec = importlib.util.spec_from_file_location("portal_headers", PORTAL / "headers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answered(headers, path, status="200 OK", own=()):
    heard = {}

    def application(environ, start_response):
        start_response(status, list(own))
        return [environ["PATH_INFO"].encode()]

    def start_response(said, given):
        heard.update(status=said, headers=given)

    body = headers.with_headers(application)({"PATH_INFO": path}, start_response)
    assert b"".join(body) == path.encode()
    return dict(heard["headers"])


def test_pages_run_nothing_from_elsewhere(headers):
    said = answered(headers, "/dataset/facility", own=[("Cache-Control", "no-cache")])
    assert "script-src 'self'" in said["Content-Security-Policy"]
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Cache-Control"] == "no-cache"


def test_what_an_answer_says_itself_is_kept(headers):
    said = answered(headers, "/", own=[("x-frame-options", "DENY")])
    assert said["x-frame-options"] == "DENY"
    assert "X-Frame-Options" not in said


@pytest.mark.parametrize("status", ["200 OK", "206 Partial Content", "304 Not Modified"])
def test_a_release_file_is_for_ever_and_sandboxed(headers, status):
    said = answered(headers, "/releases/facility/1/facility.csv", status, [("cache-control", "max-age=3600")])
    assert said["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "cache-control" not in said
    assert "sandbox" in said["Content-Security-Policy"]


def test_a_missing_release_file_is_not_remembered(headers):
    assert "Cache-Control" not in answered(headers, "/releases/facility/9/facility.csv", "404 Not Found")


def test_the_index_of_releases_is_asked_for_anew_every_time(headers):
    said = answered(headers, "/releases/facility/index.json")
    assert said["Cache-Control"] == "no-cache"
