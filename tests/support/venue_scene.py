"""An installation whose lake has some venues under several names: `land_venues(workspace, dataset, rows)`. All are invented.

Rows go into the lake directly, for tests of what follows from them. Not here: labelled records (`labelled_venues.py`).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.workspace import Workspace
from schemas.slices import SliceKey
from support.people import write_people
from support.workspaces import NOW, open_part
from warehouse.types import arrow_schema

CENTRE = {"site_id": "LN-210102-S00001", "site_name": "和平区全民健身中心", "admin_code": "210102", "address": "沈阳市和平区南京南街12号", "lon": 123.4012, "lat": 41.7881}  # fmt: skip
POOL = {"site_id": "LN-210102-S00002", "site_name": "南湖公园游泳馆", "admin_code": "210102", "address": "和平区文体西路22号", "lon": 123.4182, "lat": 41.7761}  # fmt: skip
EVENT = {"event_id": "EV-2026-210100-0001", "place": "沈阳和平全民健身活动中心", "admin_code": "210102"}
OPERATOR = {"operator_uscc": "91210102MA00000001", "sport": "swimming", "operator_name": "沈阳市南湖公园游泳馆", "admin_code": "210102", "address": "沈阳市和平区文体西路22号"}  # fmt: skip


def open_venues(home: Path) -> Workspace:
    """An installation with the contracts of the bureau, two sites, one event at the first and one operator at the second."""
    write_people(home)
    workspace = open_part(home)
    land_venues(workspace, "facility", [facility(CENTRE, 1), facility(CENTRE, 2), facility(POOL, 3)])
    land_venues(workspace, "event", [EVENT])
    land_venues(workspace, "highrisk_operator", [OPERATOR])
    return workspace


def facility(site: Mapping[str, Any], number: int) -> dict[str, Any]:
    """A facility of a site."""
    return {"facility_id": f"LN-210102-FB01-{number:05d}", "facility_name": f"{number}号场", **site}


def land_venues(workspace: Workspace, dataset: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replaces what the city has handed in of a dataset; fields that a row does not name are null."""
    contract = workspace.contracts[dataset]
    key = SliceKey(dataset=dataset, department="210100", period="2026")
    schema = arrow_schema(contract)
    table = pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)
    workspace.lake.replace_slices(contract, {key: table}, {"who": "tester"}, NOW)
