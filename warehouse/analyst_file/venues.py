"""The tables `meta.venue` and `meta.venue_alias`: every venue under its public id, and every name by which a dataset knows it.

Not here: which names are one venue (`pipelines/venues`), writing the tables (`database.py`).
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import pyarrow as pa

from warehouse.analyst_file.meta import COUNT, TEXT, DescribedTable, describe_table

_DEGREES = pa.float64()


class VenueRow(NamedTuple):
    """One venue; key id. Name and place are those of its oldest record that still stands. `members`: its records that stand."""

    id: str
    name: str
    admin_code: str
    lon: float | None
    lat: float | None
    members: int


class VenueAliasRow(NamedTuple):
    """One name of a venue in one dataset; key (dataset, key, name).

    `first_id`: the id that this record got when it was registered, which remains an id of the venue; "" if the dataset names the site by
    code. `since`: the day of that registration; None if there is no `first_id`.
    """

    venue_id: str
    dataset: str
    key: str
    name: str
    first_id: str
    since: date | None


class VenueTables(NamedTuple):
    """The rows of both tables, in the order in which they are written."""

    venues: Sequence[VenueRow] = ()
    aliases: Sequence[VenueAliasRow] = ()


def venue_table(rows: Sequence[VenueRow]) -> DescribedTable:
    """Builds the table of venues: one row each; key id."""
    return describe_table(
        "venue",
        "场馆：一行一个场馆，编号长期不变 / Venues: one row each, under an id that stays",
        {
            "id": (TEXT, "场馆编号，不变更、不重复使用 / Id, which never changes and is never given again"),
            "name": (TEXT, "名称，取最早登记且现有的记录 / Name in its oldest record that still stands"),
            "admin_code": (TEXT, "行政区划代码 / Division"),
            "lon": (_DEGREES, "经度，未知为空 / Longitude in degrees, null if not known"),
            "lat": (_DEGREES, "纬度，未知为空 / Latitude in degrees, null if not known"),
            "members": (
                COUNT,
                "现有记录数，不含以编码注明的别名 / Its records that stand, without names given by code",
            ),
        },
        rows,
    )


def venue_alias_table(rows: Sequence[VenueAliasRow]) -> DescribedTable:
    """Builds the table of names: one row a record of a dataset; key (dataset, key, name)."""
    return describe_table(
        "venue_alias",
        "场馆的各种名称：一行一个数据集中的一个名称 / Names of venues: one row a name in a dataset",
        {
            "venue_id": (TEXT, "场馆编号，见 venue / Venue, see venue"),
            "dataset": (TEXT, "数据集 / Dataset"),
            "key": (TEXT, "在该数据集中的编码，多列以 / 分隔 / Its key in that dataset, several columns joined by /"),
            "name": (TEXT, "名称 / Name"),
            "first_id": (
                TEXT,
                "首次登记时的编号，合并后仍指向该场馆；以编码注明的为空 / Id when first registered, still an id of the venue; empty where the site is given by code",
            ),
            "since": (
                pa.date32(),
                "登记日期；以编码注明的为空 / Day of registration; null where the site is given by code",
            ),
        },
        rows,
    )
