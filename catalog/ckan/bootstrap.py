"""Prepares a portal for publishing: organisations, groups, and the account that publishes.

Every department is an organisation and every family a group, under the ids and names that entries use. The account
`sportlake` is no administrator: it is an editor in each organisation and a member of each group, the least role that
may add datasets to it. What exists and is correct is not written: a second run writes nothing. Not here: datasets (the
publisher), rights in PostgreSQL (`native/postgres.py`).
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from ckanapi import RemoteCKAN
from pydantic import SecretStr

from catalog.ckan.api import CONNECT, READ, CkanApi, UnansweredError
from catalog.ckan.connection import Connection, write_private
from catalog.entry import stable_id
from catalog.pages import FOLDER, read_texts
from schemas.departments import Department
from schemas.errors import CatalogueError
from schemas.policy import Family
from schemas.text import Text

PUBLISHER = "sportlake"
ENGLISH = "title_en"
_PAGE = 25  # CKAN lists at most this many with all their fields

Kind = Literal["organization", "group"]
_ROLE: Mapping[Kind, str] = {"organization": "editor", "group": "member"}


@dataclass(frozen=True)
class DesiredGroup:
    """An organisation or group as it must be."""

    kind: Kind
    id: str
    name: str
    title: Text

    def to_ckan(self) -> dict[str, Any]:
        """Returns the dictionary that CKAN's API takes."""
        return {"name": self.name, "title": self.title.zh, "extras": [{"key": ENGLISH, "value": self.title.en}]}

    def is_same_as(self, there: Mapping[str, Any]) -> bool:
        """Returns whether CKAN's object is already so; extras added by others are ignored."""
        english = {extra["key"]: extra["value"] for extra in there.get("extras", ())}.get(ENGLISH)
        return (there["name"], there["title"], english) == (self.name, self.title.zh, self.title.en)


def bootstrap_portal(url: str, admin_token: SecretStr, departments: Mapping[str, Department], token_file: Path) -> int:
    """Creates what the portal must hold and writes the publisher's token to `token_file`; returns the number of writes.

    Raises:
        CatalogueError: CKAN refuses a call; the message names it.
    """
    api = CkanApi(Connection(url=url, token=admin_token))
    _ensure_account(api)
    _ensure_groups(api, "organization", desired_organisations(departments))
    _ensure_groups(api, "group", desired_groups())
    return api.writes + _ensure_token(url, admin_token, token_file)


def desired_organisations(departments: Mapping[str, Department]) -> list[DesiredGroup]:
    """Returns one organisation for each department, under the id that entries give their publisher.

    Units of counties have none: they hand in, and no dataset is theirs to publish.
    """
    return [
        DesiredGroup("organization", stable_id("department", code), code, department.name)
        for code, department in departments.items()
        if department.kind != "county_bureau"
    ]


def desired_groups() -> list[DesiredGroup]:
    """Returns one group for each family, with the texts of our own pages."""
    texts = read_texts(FOLDER / "texts.yaml")
    return [
        DesiredGroup("group", stable_id("family", word), word, texts[f"family.{word}"]) for word in get_args(Family)
    ]


def _ensure_account(api: CkanApi) -> None:
    """Creates the publisher's account. Its password is random and stored nowhere: only its token is used."""
    if api.call_reading("user_show", PUBLISHER, id=PUBLISHER) is None:
        password = secrets.token_urlsafe(24)
        facts = {"name": PUBLISHER, "email": f"{PUBLISHER}@example.org", "password": password}
        api.call_writing(
            "user_create", PUBLISHER, facts, lambda: api.call_reading("user_show", PUBLISHER, id=PUBLISHER) is not None
        )


def _ensure_groups(api: CkanApi, kind: Kind, wanted: list[DesiredGroup]) -> None:
    """Creates or corrects the wanted groups and the publisher's role in them; other groups are left alone."""
    there = {group["id"]: group for group in _read_pages(api, kind)}
    for group in wanted:
        found = there.get(group.id)
        if found is None:
            api.call_writing(f"{kind}_create", group.name, {"id": group.id, **group.to_ckan()}, _is_so(api, group))
        elif not group.is_same_as(found):
            others = [extra for extra in found["extras"] if extra["key"] != ENGLISH]
            facts = group.to_ckan()
            facts["extras"] += others
            api.call_writing(f"{kind}_patch", group.name, {"id": group.id, **facts}, _is_so(api, group))
        roles = {user["name"]: user["capacity"] for user in found["users"]} if found else {}
        if roles.get(PUBLISHER) != _ROLE[kind]:
            member = {"id": group.id, "username": PUBLISHER, "role": _ROLE[kind]}
            api.call_writing(f"{kind}_member_create", group.name, member, lambda: False)  # idempotent


def _is_so(api: CkanApi, one: DesiredGroup) -> Callable[[], bool]:
    def is_written() -> bool:
        found = api.call_reading(f"{one.kind}_show", one.name, id=one.id, include_datasets=False)
        return found is not None and one.is_same_as(found)

    return is_written


def _read_pages(api: CkanApi, kind: Kind) -> Iterator[dict[str, Any]]:
    # Sorted by what is different in all: a portal's own order has ties, and pages of it overlap.
    options = {"all_fields": True, "include_extras": True, "include_users": True, "limit": _PAGE, "sort": "name asc"}
    offset = 0
    while page := api.call_reading(f"{kind}_list", kind, offset=offset, **options):
        yield from page
        offset += len(page)


def _ensure_token(url: str, admin_token: SecretStr, file: Path) -> int:
    """Creates the publisher's token if there is none or CKAN rejects it; returns the number of writes."""
    if file.is_file():
        try:
            mine = CkanApi(Connection(url=url, token=SecretStr(file.read_text(encoding="ascii").strip())))
            mine.call_reading("api_token_list", PUBLISHER, user_id=PUBLISHER)
        except UnansweredError:
            raise
        except CatalogueError:
            file.unlink()  # invalid: it belongs to a database that no longer exists
        else:
            return 0
    with RemoteCKAN(url, admin_token.get_secret_value()) as ckan:
        facts = {"user": PUBLISHER, "name": "publisher"}
        made = ckan.call_action("api_token_create", facts, requests_kwargs={"timeout": (CONNECT, READ)})
    write_private(file, made["token"] + "\n")
    return 1
