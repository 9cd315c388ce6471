"""How long a million facilities take into the DataStore by our road (stage and swap), and by CKAN's own (`datastore_upsert`).

Run `PYTHONPATH=tests python tests/bench/bench_datastore.py [CONNECTION_FILE] [rows] [rows_by_api]` (1 000 000 and 50 000 unless
given) against a portal that may be written to. Both tables have the same columns, key, indexes and search words, but for the
pieces of Chinese words, which only ours has. `datastore_upsert` is tried as it comes (`method="upsert"`, which looks each key up)
and at its fastest (`"insert"`). It takes about the same time for every batch of 5 000, which is shown, so its time for all rows is
reckoned from what was measured. Prints seconds, rows a second, the ratios, and the peak memory of the publisher.
"""

import csv
import hashlib
import io
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import requests

from catalog.ckan.connection import Connection, read_connection
from catalog.ckan.datastore.datastore import DataStore
from catalog.ckan.datastore.table_schema import TableSchema, datastore_fields, table_schema_from
from catalog.entry import build_entry
from pipelines.sample.facilities import make_facilities
from pipelines.sample.places import CITIES
from schemas.codelists import open_codelists
from schemas.contract import read_contracts
from schemas.departments import read_departments
from support.releases import write_release

BATCH = 5_000
DATASET = "bench-datastore"
BOM = b"\xef\xbb\xbf"


def shape_of_facilities(folder: Path) -> TableSchema:
    contract = read_contracts()["facility"]
    return table_schema_from(
        build_entry(contract, write_release(folder, contract, (), departments=[]), read_departments())
    )


def some_rows(names: tuple[str, ...]) -> list[list[str]]:
    """A few thousand invented facilities as cells, without their ids."""
    counties = open_codelists()["admin_division"].codes
    cells: list[list[str]] = []
    for city in CITIES:
        own = [c for c in counties if c.code[:4] == city.code[:4] and c.code != city.code and not c.superseded_by]
        cells += [[_cell(row.get(name)) for name in names[1:]] for row in make_facilities(city, own, 2026, 7, 0.1)]
    return cells


def _cell(value: object) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def write(path: Path, names: tuple[str, ...], cells: list[list[str]], rows: int) -> str:
    """The file, a made-up id in front of every row; returns its SHA-256."""
    lines = []
    for row in cells:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(row)
        lines.append(text.getvalue().encode())
    hashed = hashlib.sha256()
    with path.open("wb") as file:
        blocks = (b"".join(_lines(lines, at, min(at + BATCH, rows))) for at in range(0, rows, BATCH))
        for block in chain([BOM + (",".join(names) + "\n").encode()], blocks):
            hashed.update(block)
            file.write(block)
    return hashed.hexdigest()


def _lines(lines: list[bytes], first: int, end: int) -> Iterator[bytes]:
    return (b"LN-%09d," % at + lines[at % len(lines)] for at in range(first, end))


class Api:
    """The few calls that the other road needs."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.session = connection, requests.Session()
        self.session.headers["Authorization"] = connection.token.get_secret_value()

    def do(self, action: str, **words: Any) -> Any:
        answer = self.session.post(f"{self.connection.url}/api/3/action/{action}", json=words, timeout=600)
        answer.raise_for_status()
        return answer.json()["result"]

    def resource(self) -> str:
        """A resource of a dataset that is made for it."""
        owner = self.do("organization_list_for_user", permission="create_dataset")
        given = {"owner_org": owner[0]["id"] if owner else self.do("organization_create", name=f"{DATASET}-org")["id"]}
        listed = [{"name": "bench", "url": f"{self.connection.url}/bench.csv", "format": "CSV"}]
        return self.do("package_create", name=f"{DATASET}-{uuid4()}", title=DATASET, resources=listed, **given)[
            "resources"
        ][0]["id"]


def by_our_road(connection: Connection, path: Path, sha256: str, shape: TableSchema, rows: int) -> float:
    resource_id = str(uuid4())
    assert connection.database is not None
    with DataStore(connection.database) as tables:
        started = time.perf_counter()
        assert tables.stage_table(resource_id, path, sha256, shape, "1") == rows
        staged = time.perf_counter()
        tables.swap_table(resource_id)
        swapped = time.perf_counter()
        served = tables.read_live_tables([resource_id])[resource_id]
        looked = time.perf_counter()
        assert served.holds_file("1", sha256, shape)
        tables.drop_table(resource_id)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    taken = swapped - started
    sys.stdout.write(
        f"stage {staged - started:.1f} s, swap {swapped - staged:.3f} s: {rows / taken:.0f} rows a second\n"
    )
    sys.stdout.write(
        f"served, with a true count: {looked - swapped:.2f} s; peak memory of the publisher: {memory:.0f} MB\n"
    )
    return taken


def by_upsert(connection: Connection, method: str, cells: list[list[str]], shape: TableSchema, rows: int) -> float:
    """Seconds a row."""
    api = Api(connection)
    resource_id = api.resource()
    package = api.do("resource_show", id=resource_id)["package_id"]
    keys = {"primary_key": list(shape.primary_key), "indexes": [list(index) for index in shape.indexes]}
    api.do("datastore_create", resource_id=resource_id, force=True, fields=datastore_fields(shape), **keys)
    spent = []
    for first in range(0, rows, BATCH):
        records = [
            dict(zip(shape.names, [f"LN-{at:09d}", *(cell or None for cell in cells[at % len(cells)])], strict=True))
            for at in range(first, min(first + BATCH, rows))
        ]
        started = time.perf_counter()
        api.do("datastore_upsert", resource_id=resource_id, force=True, method=method, records=records)
        spent.append(time.perf_counter() - started)
    api.do("package_delete", id=package)
    assert connection.database is not None
    with DataStore(connection.database) as tables:
        tables.drop_table(resource_id)
    third = max(1, len(spent) // 3)
    sys.stdout.write(f"{method} {sum(spent):.1f} s for {rows} rows: {rows / sum(spent):.0f} rows a second; ")
    sys.stdout.write(
        f"a batch: {median(spent[:third]):.2f} s in the first third, {median(spent[-third:]):.2f} s in the last\n"
    )
    return sum(spent) / rows


def main(file: str, rows: int = 1_000_000, rows_by_api: int = 50_000) -> None:
    connection = read_connection(Path(file))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shape = shape_of_facilities(folder)
        cells = some_rows(shape.names)
        path = folder / "facility.csv"
        sha256 = write(path, shape.names, cells, rows)
        size = path.stat().st_size / 1e6
        sys.stdout.write(
            f"{rows} rows, {len(shape.columns)} columns, {size:.0f} MB, {2 + len(shape.indexes)} indexes besides _id\n"
        )
        ours = by_our_road(connection, path, sha256, shape, rows)
        for method in ("upsert", "insert"):
            theirs = by_upsert(connection, method, cells, shape, rows_by_api) * rows
            sys.stdout.write(
                f"{rows} rows: {ours:.0f} s by our road, {theirs:.0f} s by {method}: {theirs / ours:.1f} times as fast\n"
            )


if __name__ == "__main__":
    connection = sys.argv[1] if sys.argv[1:] else "var/ckan/connection.json"
    if Path(connection).is_file():
        main(connection, *map(int, sys.argv[2:]))
    else:
        sys.stdout.write(f"datastore: no {connection}; `make ckan` makes one\n")
