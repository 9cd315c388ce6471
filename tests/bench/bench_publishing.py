"""Publishing to a CKAN: the first time, again without a change, and how much memory the publisher takes.

    PYTHONPATH=tests python tests/bench/bench_publishing.py [CONNECTION_FILE] [HOME]

HOME (var) is a walked house (`make run`), CONNECTION_FILE (its ckan/connection.json) a CKAN of your own (`make ckan`): all
datasets are withdrawn from it first.
Prints figures, fails on nothing. Not here: rows into the DataStore (`bench_datastore.py`).
"""

import resource
import sys
import time
from pathlib import Path

from catalog.ckan.connection import read_connection
from catalog.ckan.direct import open_catalogue
from catalog.plan import make_plan
from pipelines.publication.publish import wanted_entries
from pipelines.workspace import open_workspace


def timed(name: str, catalogue: object, entries: list) -> None:
    """Plan and carry out, and print how long both took together."""
    begun = time.perf_counter()
    outcome = catalogue.apply(make_plan(entries, catalogue.read_published()), entries)
    sys.stdout.write(f"{name:32} {time.perf_counter() - begun:7.2f} s   {outcome}\n")


def main(connection_file: Path, home: Path) -> None:
    """The three figures."""
    workspace = open_workspace(home, "bench")
    catalogue = open_catalogue(
        read_connection(connection_file), workspace.layout.releases, home / "publishing" / "bench"
    )
    entries = wanted_entries(workspace)
    rows = sum(entry.facts.rows for entry in entries)
    timed("withdraw all", catalogue, [])
    timed(f"first, {len(entries)} datasets, {rows} rows", catalogue, entries)
    for _ in range(3):
        timed("again, nothing changed", catalogue, entries)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{'peak memory of the publisher':32} {peak:7.0f} MB\n")


if __name__ == "__main__":
    given = [Path(word) for word in sys.argv[1:]]
    connection = given[0] if given else Path("var/ckan/connection.json")
    if connection.is_file():
        main(connection, given[1] if given[1:] else Path("var"))
    else:
        sys.stdout.write(f"publishing: no {connection}; `make ckan` makes one\n")
