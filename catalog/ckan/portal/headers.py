"""HTTP headers of every response of the portal, added by a layer around its WSGI application.

CKAN itself sends none of these. Its pages contain inline scripts and styles, so the policy allows those from the portal only; the map of the finder starts a worker from a blob.
Release files never change at their address, and their policy disables scripts: an uploaded file cannot act as the portal.
Not here: how the portal is started (`wsgi.py`).
"""

# ruff: noqa: INP001 -- no package of ours: it runs inside CKAN's environment, from its folder
from collections.abc import Callable, Iterable
from typing import Any

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
PAGES = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
FILES = "default-src 'none'; sandbox; frame-ancestors 'none'"
FOREVER = "public, max-age=31536000, immutable"
INDEX, ASK = "/index.json", "no-cache"
"""The index of a dataset's releases is the only file below /releases/ that changes."""
FOUND = ("200", "206", "304")


Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def with_headers(application: Application) -> Application:
    """Returns the application with the headers added. Headers that it sets itself are kept, except Cache-Control of release files."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        release = path.startswith("/releases/")

        def start(status: str, headers: list[tuple[str, str]], *error: object) -> object:
            added = {**ALWAYS, "Content-Security-Policy": FILES if release else PAGES}
            if release and status[:3] in FOUND:
                headers = [(name, value) for name, value in headers if name.lower() != "cache-control"]
                added["Cache-Control"] = ASK if path.endswith(INDEX) else FOREVER
            there = {name.lower() for name, _ in headers}
            missing = [(name, value) for name, value in added.items() if name.lower() not in there]
            return start_response(status, [*headers, *missing], *error)

        return application(environ, start)

    return answer
