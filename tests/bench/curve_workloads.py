"""Files of any number of rows for the cost curve: one slice a file, without errors and warnings, of a wide and of a narrow contract.

Wide is `facility`: the released rows of a home are repeated with new ids, sites and places, as many fields as the sample fills. Narrow is
`suggestion`: ten fields, invented rows. A file above 512 MB is refused by the platform, so that a large table is many slices: a wide one
has a city each, a narrow one a city and a quarter each. The same numbers give the same rows. Not here: measuring anything.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

from schemas.contract import read_contracts

CITIES = [f"21{city:02d}00" for city in range(1, 15)]
_QUARTERS = [f"{year}-Q{quarter}" for year in range(2016, 2026) for quarter in range(1, 5)]
_UNFILLED = (
    "changing_room",
    "accessible_entrance",
    "accessible_toilet",
    "accessible_changing",
    "accessible_stand",
    "open_access",
    "seasonal",
    "public_transport",
)
_MADE = {
    "facility_id": "format('LN-{}-{}-{:05d}', admin_code, type_code, row_number() over (partition by admin_code, type_code order by copy, facility_id))",
    "site_id": "format('LN-{}-S{:05d}', admin_code, site)",
    "site_name": "first_value(site_name) over (partition by admin_code, site order by facility_id) || site",
    "facility_name": "facility_name || copy || '号' || right(facility_id, 5)",
    "lon": "case when lon is null then null else round(118.9 + (place % 700) * 0.0095, 6) end",
    "lat": "case when lat is null then null else round(38.8 + (place // 700) * 0.0075, 6) end",
}


class Slice(NamedTuple):
    """One hand-in: its file, whose it is, for which period, how many rows it has, and its place among the slices."""

    file: Path
    department: str
    period: str
    rows: int
    number: int


class Workload(NamedTuple):
    """A dataset, how many rows a slice of it has at most, and the key and the cell by which rows are `changed`."""

    dataset: str
    fields: int
    slice_rows: int
    changed: tuple[str, str]

    def list_slices(self, rows: int, folder: Path, released: Path) -> list[Slice]:
        """Returns the slices of that many rows, their files in `folder` not yet written; `released`: the Parquet file of the home's facilities.

        ValueError: more rows than the slices there are can hold.
        """
        places = _list_places(self.dataset, released)
        if rows > self.slice_rows * len(places):
            raise ValueError(f"{self.dataset}: {len(places)} slices of {self.slice_rows} rows hold no {rows}")
        return [
            Slice(
                folder / f"{self.dataset}_{period}_{department}.csv",
                department,
                period,
                min(self.slice_rows, rows - number * self.slice_rows),
                number,
            )
            for number, (department, period) in enumerate(places[: -(-rows // self.slice_rows)])
        ]


def write_slice(dataset: str, one: Slice, released: Path) -> None:
    """Writes the file of a slice."""
    with duckdb.connect(config={"memory_limit": "2GB", "threads": 2, "temp_directory": str(one.file.parent)}) as con:
        query = (
            _compose_facilities(con, released, one.department, one.rows)
            if dataset == "facility"
            else _compose_suggestions(one.number, one.period, one.rows)
        )
        con.execute(f"copy ({query}) to '{one.file}' (format csv, header)")


def change_rows(files: Sequence[Path], target: Path, key: str, cell: str) -> None:
    """Writes the rows of all files as the one Parquet file of a later state: one row in a hundred with another cell, one in a thousand missing."""
    with duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(target.parent)}) as con:
        con.execute(
            f"copy (select * replace (case when hash({key}) % 100 = 0 then {cell} || '（改）' else {cell} end as {cell}) "
            f"from read_parquet({[str(file) for file in files]}) where hash({key}) % 997 <> 0) to '{target}' (format parquet, compression zstd)"
        )


# Facilities have numbers of five digits within county and type, and sites within a county: from some 769 000 rows of one city on none are left.
WIDE, NARROW = (
    Workload("facility", 44, 750_000, ("facility_id", "facility_name")),
    Workload("suggestion", 10, 2_000_000, ("suggestion_id", "summary")),
)


def _list_places(dataset: str, released: Path) -> list[tuple[str, str]]:
    if dataset == "facility":
        there = duckdb.sql(f"select distinct left(admin_code, 4) || '00' from '{released}' order by 1").fetchall()
        return [(code, "2026") for (code,) in there]
    return [(city, quarter) for quarter in _QUARTERS for city in CITIES]


def _compose_facilities(con: duckdb.DuckDBPyConnection, released: Path, department: str, count: int) -> str:
    """Returns the query of `count` facilities of a city, made of its released ones."""
    own = [field.name for field in read_contracts()["facility"].fields if field.name not in _UNFILLED]
    con.execute(f"create table template as from '{released}' where left(admin_code, 4) = '{department[:4]}'")
    there = con.execute("select count(*) from template").fetchall()[0][0]
    con.execute(f"create table repeated as from template, range({-(-count // there)}) as repeat(copy) limit {count}")
    con.execute(
        "create table placed as select *, dense_rank() over (partition by admin_code order by copy, site_id) as site, "
        "dense_rank() over (order by copy, site_id) as place from repeated"
    )
    cells = ", ".join(f"{_MADE.get(name, name)} as {name}" for name in own)
    return f"select {cells} from placed order by copy, facility_id"


def _compose_suggestions(number: int, period: str, count: int) -> str:
    """Returns the query of `count` suggestions received in a quarter, none of which is in another slice."""
    year, quarter = int(period[:4]), int(period[-1])
    begin = f"date '{year}-{3 * quarter - 2:02d}-01'"
    received = f"{begin} + (n % 80)::int"
    return f"""
        select format('JY-{number:03d}-{{:09d}}-{year}-0001', n) as suggestion_id, {received} as received_date,
               (['website', 'hotline', 'letter', 'visit'])[1 + n % 4] as channel, 'facility' as topic,
               '希望延长第' || ({number} * 10000000 + n) || '号社区球场的夜间照明时间' as summary, '第' || (n % 997) || '体育局' as handling_unit,
               {received} + 7 as reply_date, 'adopted' as outcome, '已与管理单位商定，第' || (n % 1009) || '批办理' as reply_summary,
               {received} + 8 as updated_at
        from range({count}) as numbers(n)
    """
