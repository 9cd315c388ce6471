"""Which catalogues this installation publishes to: the static site always, a CKAN if there is a connection file.

Here: their names, and opening one. Its code is imported, and a CKAN's token read, only then. Not here:
what is published (`pipelines/publication/publish.py`), how (`catalog`).
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from catalog.plan import Catalogue
from dagster_project.settings import Settings
from pipelines.workspace import Workspace
from schemas.errors import UsageError
from schemas.text import Text

if TYPE_CHECKING:
    from catalog.ckan.connection import Connection

STATIC, CKAN, ALL = "static", "ckan", "all"


def catalogue_names(settings: Settings) -> tuple[str, ...]:
    """Returns the configured catalogues, in publishing order."""
    return (STATIC, CKAN) if settings.connection_file else (STATIC,)


def select_catalogue_names(settings: Settings, to: str | None) -> tuple[str, ...]:
    """Resolves `static`, `ckan` or `all` (the default); UsageError if unknown or not configured."""
    there = catalogue_names(settings)
    if to is None or to == ALL:
        return there
    if to == CKAN and CKAN not in there:
        raise _no_ckan_error()
    if to not in there:
        raise _unknown_catalogue_error(to, there)
    return (to,)


def open_catalogue(workspace: Workspace, settings: Settings, name: str) -> Catalogue:
    """Opens the catalogue of that name; UsageError if it is not configured or its connection file cannot be used."""
    if name == STATIC:
        from catalog.site_address import SiteAddress  # noqa: PLC0415
        from catalog.static_site.static import StaticCatalogue  # noqa: PLC0415 -- draws all pages; most commands publish nothing

        return StaticCatalogue(
            workspace.layout.catalogue,
            workspace.layout.releases,
            site=SiteAddress(settings.site_url),
            packages=settings.browser_packages,
        )
    from catalog.ckan.direct import open_catalogue  # noqa: PLC0415 -- HTTP and database clients, for those who have a CKAN

    connection = _read_connection(settings, name)
    return open_catalogue(connection, workspace.layout.releases, workspace.layout.publishing / CKAN)


def catalogue_address(workspace: Workspace, settings: Settings, name: str) -> str:
    """Returns the public address of that catalogue, without a user name and password."""
    if name == STATIC:
        return settings.site_url or (workspace.layout.catalogue / "index.html").as_uri()
    return re.sub(r"//[^/@]*@", "//", _read_connection(settings, name).url)


def _read_connection(settings: Settings, name: str) -> "Connection":
    file = settings.connection_file
    if name != CKAN:
        raise _unknown_catalogue_error(name, catalogue_names(settings))
    if file is None:
        raise _no_ckan_error()
    from catalog.ckan.connection import read_connection  # noqa: PLC0415

    return read_connection(file, settings.ckan_token)


def _no_ckan_error() -> UsageError:
    return UsageError(
        Text(
            zh="没有配置 CKAN：请运行 make ckan，或用 SPORTLAKE_CKAN 指定连接文件（connection.json）",
            en="no CKAN is set up: run make ckan, or name a connection file (connection.json) in SPORTLAKE_CKAN",
        )
    )


def _unknown_catalogue_error(name: str, there: Sequence[str]) -> UsageError:
    names = ", ".join((*there, ALL))
    return UsageError(Text(zh=f"没有目录 {name}；可用：{names}", en=f"no catalogue {name}; there are {names}"))
