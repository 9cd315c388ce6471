"""A dataset of a test's own on the real CKAN: its contract, its releases, and a catalogue that publishes them.

Everything has the test's own name and is purged before and after. Not here: the portal itself (`tests/live/conftest.py`).
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import requests
from psycopg import sql

from catalog.ckan.connection import Connection
from catalog.ckan.direct import open_catalogue
from catalog.ckan.payload import TABLE, resource_id
from catalog.entry import CatalogueEntry, build_entry, stable_id
from catalog.plan import Catalogue, OrphanItem, PlanOutcome, Withdrawal, make_plan
from schemas.contract import Contract
from schemas.departments import read_departments
from schemas.text import Text
from support.contracts import contract_with
from support.releases import write_release

OWNER = "ln-qunti"
CITIES = ("210100", "210200")


def live_contract(name: str, title: str = "测试场地", **policy: Any) -> Contract:
    """A small contract with a key, a code, coordinates, a column that tells the release, and one that is not published."""
    fields: list[Mapping[str, Any]] = [
        {"name": "facility_id", "title": "场地编码", "constraints": {"required": True}, "sportlake": {"title_en": "Facility id", "description_en": "Id"}},
        {"name": "name", "title": "场地名称", "sportlake": {"title_en": "Name", "description_en": "Name of the facility"}},
        {"name": "release", "title": "版次", "sportlake": {"title_en": "Release", "description_en": "Release of the row"}},
        {"name": "area_m2", "type": "number", "title": "场地面积", "sportlake": {"title_en": "Area", "description_en": "Area for sport", "unit": "㎡"}},
        {"name": "opened", "type": "date", "title": "启用日期", "sportlake": {"title_en": "Opened", "description_en": "Day of opening"}},
        {"name": "lon", "type": "number", "title": "经度", "sportlake": {"title_en": "Longitude", "description_en": "Longitude"}},
        {"name": "lat", "type": "number", "title": "纬度", "sportlake": {"title_en": "Latitude", "description_en": "Latitude"}},
        {"name": "caretaker", "title": "管理员", "sportlake": {"title_en": "Caretaker", "description_en": "Not published"}},
    ]  # fmt: skip
    said = {
        "owner": OWNER,
        "coordinates": {"lon": "lon", "lat": "lat"},
        "disclosure": {"protected": ["caretaker"]},
        "title_en": "Test facilities",
        "description_en": "Facilities made up for a test.",
        **policy,
    }
    about = {"title": title, "description": "为测试虚构的场地，一行一个。", "keywords": ["体育场地", "测试"]}
    return contract_with(fields, name=name, primary_key=["facility_id"], policy=said, **about)


def rows_of(release: str, count: int) -> list[dict[str, Any]]:
    """That many rows which tell the release."""
    return [
        {
            "facility_id": f"LN-210102-{at:05}",
            "name": f"沈阳市第{at}体育馆（{release}）",
            "release": release,
            "area_m2": 700.5 + at,
            "opened": "2001-05-01",
            "lon": round(123.4 + at % 50 / 1000, 6),
            "lat": round(41.8 + at % 70 / 1000, 6),
        }
        for at in range(1, count + 1)
    ]


@dataclass(frozen=True)
class Stand:
    """One dataset of a test, with its releases in `releases` and the catalogue that shows them."""

    contract: Contract
    connection: Connection
    releases: Path
    catalogue: Catalogue

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.contract.name

    @property
    def table(self) -> str:
        """The id of the resource that has the table."""
        return resource_id(self.name, TABLE)

    def release(self, number: str, previous: str | None, rows: int, **facts: Any) -> CatalogueEntry:
        """The entry of a release made now; `facts` replace parts of what it says of itself."""
        folder = write_release(
            self.releases,
            self.contract,
            rows_of(number, rows),
            number=number,
            previous=previous,
            departments=list(CITIES),
            **facts,
        )
        return build_entry(self.contract, folder, read_departments())

    def show(self, *entries: CatalogueEntry, withdrawn: tuple[Withdrawal, ...] = ()) -> PlanOutcome:
        """Plan and carry out: these entries and nothing else are shown afterwards."""
        return self.catalogue.apply(make_plan(entries, self.catalogue.read_published()), entries, withdrawn)

    def orphans(self) -> list[OrphanItem]:
        """What belongs to nothing and is of this dataset: other tests may have left something of theirs."""
        mine = (self.name, self.table)
        return [one for one in self.catalogue.find_orphans() if any(name in one.name for name in mine)]

    def withdrawal(self, release: str, successor: str | None = None) -> Withdrawal:
        """The dataset's withdrawal."""
        reason = Text(zh="数据有误，另行发布", en="the data were wrong and will be released anew")
        title = Text(zh=self.contract.title.zh, en=self.contract.title.en)
        return Withdrawal(dataset=self.name, title=title, reason=reason, on=None, release=release, successor=successor)

    def asked(self, action: str, **said: Any) -> requests.Response:
        """The public asks."""
        return requests.get(f"{self.connection.url}/api/3/action/{action}", params=said, timeout=60)


@contextmanager
def stand(contract: Contract, connection: Connection, admin_token: str, home: Path) -> Iterator[Stand]:
    """The dataset is not there before and not after."""
    releases = home / "releases"
    purge(contract.name, connection, admin_token)
    try:
        yield Stand(contract, connection, releases, open_catalogue(connection, releases, home / "journal"))
    finally:
        purge(contract.name, connection, admin_token)


def purge(dataset: str, connection: Connection, admin_token: str) -> None:
    """Nothing of the dataset is left, whatever a test did to it."""

    def said(action: str, identity: str) -> requests.Response:
        address, headers = f"{connection.url}/api/3/action/{action}", {"Authorization": admin_token}
        return requests.post(address, json={"id": identity}, headers=headers, timeout=60)

    found = said("package_show", stable_id("dataset", dataset)).json().get("result", {})
    for resource in () if connection.direct else found.get("resources", ()):
        said("resource_delete", resource["id"])  # and with it its table, which a purge would leave
    said("dataset_purge", stable_id("dataset", dataset))
    if connection.database is None or connection.public is None:
        return
    with psycopg.connect(connection.database.get_secret_value(), autocommit=True) as con:
        for prefix in ("", "_stage_", "_last_"):
            name = sql.Identifier("public", prefix + resource_id(dataset, TABLE))
            con.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(name))
    shutil.rmtree(connection.public / dataset, ignore_errors=True)
