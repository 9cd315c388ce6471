"""Files of `/releases/`, served before CKAN is asked: its own way to a file costs two questions to the database.

An address without a file goes on to CKAN, which has the page for it. Here: finding and sending a file, whole or a part of it.
Not here: the headers of files (`headers.py`), who puts them there (`catalog/ckan/files.py`).
"""

# ruff: noqa: INP001 -- no package of ours: it runs inside CKAN's environment, from its folder
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.utils import send_from_directory
from werkzeug.wrappers import Request

RELEASES = "/releases/"
READING = ("GET", "HEAD")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def with_released_files(application: Application, releases: Path) -> Application:
    """Returns the application with the files of that folder at `/releases/`; all other requests reach the application."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = Request(environ)
        if asked.method not in READING or not asked.path.startswith(RELEASES):
            return application(environ, start_response)
        try:
            file = send_from_directory(releases, asked.path.removeprefix(RELEASES), environ)
        except NotFound:
            return application(environ, start_response)
        return file(environ, start_response)

    return answer
