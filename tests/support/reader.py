"""An anonymous reader of one dataset who never stops: facts, file and table of the CSV resource, over and over.

What it holds against file and table is a `Reading`; where they belong to different releases it is a mixture. A reading in which
they do not all agree counts only if the resource said the same before and after it. Not here: what mixtures may be seen (`tests/live`).
"""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests
from requests.adapters import HTTPAdapter

GONE = (403, 404)
PAUSE = 0.5
"""Seconds between readings. A reading costs CKAN 0.14 s of processor time: one after each 0.1 s was more than all publishing."""


@dataclass(frozen=True)
class Reading:
    """What was seen at one time: the release that the resource says, that the table holds, and whether the file is that said."""

    at: float
    said: str
    table: str
    rows_agree: bool
    file_is_that_said: bool

    @property
    def agrees(self) -> bool:
        """Whether resource, table and file belong to one release and are whole."""
        return self.table == self.said and self.rows_agree and self.file_is_that_said


@dataclass
class Reader:
    """`readings` so far; `faults` are answers that are neither data nor a plain not-there."""

    readings: list[Reading] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def torn(self) -> list[Reading]:
        """Where the file had another hash than its resource said, or the table's total was not its rows."""
        return [one for one in self.readings if not (one.file_is_that_said and one.rows_agree)]

    def mixtures(self) -> list[Reading]:
        """Where the table held another release than the resource said."""
        return [one for one in self.readings if one.table != one.said]

    def longest_gap(self) -> float:
        """Seconds from the first to the last of the longest unbroken run of mixtures; 0 if there was at most one."""
        longest, begun = 0.0, None
        for one in self.readings:
            if one.table == one.said:
                begun = None
                continue
            begun = one.at if begun is None else begun
            longest = max(longest, one.at - begun)
        return longest


@contextmanager
def reading(url: str, resource_id: str, rows_of: dict[str, int], local: Callable[[str], str]) -> Iterator[Reader]:
    """Somebody reads while the block runs. `rows_of` gives the rows of each release; `local` the address to fetch a file from.

    The table must have a column `release`, the same in every row.
    """
    reader, stop = Reader(), threading.Event()

    def look() -> None:
        session = requests.Session()
        session.mount("http://", HTTPAdapter(max_retries=3))  # a web process that is replaced may drop a connection
        while not stop.is_set():
            try:
                _one(session, url, resource_id, rows_of, local, reader)
            except requests.RequestException as fault:
                reader.faults.append(f"{type(fault).__name__}: {fault}")
            time.sleep(PAUSE)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield reader
    finally:
        stop.set()
        thread.join()


def _one(
    session: requests.Session,
    url: str,
    resource_id: str,
    rows_of: dict[str, int],
    local: Callable[[str], str],
    reader: Reader,
) -> None:
    before = _asked(session, reader, f"{url}/api/3/action/resource_show", {"id": resource_id})
    if before is None:
        return
    table = _asked(session, reader, f"{url}/api/3/action/datastore_search", {"resource_id": resource_id, "limit": "1"})
    file = session.get(local(before["url"]), timeout=120)
    if table is None or file.status_code in GONE:
        return
    held = str(table["records"][0]["release"])
    found = Reading(
        at=time.monotonic(),
        said=before["release"],
        table=held,
        rows_agree=table["total"] == rows_of[held],
        file_is_that_said=hashlib.sha256(file.content).hexdigest() == before["hash"],
    )
    if not found.agrees:
        after = _asked(session, reader, f"{url}/api/3/action/resource_show", {"id": resource_id})
        if after is None or after["release"] != before["release"]:
            return
    reader.readings.append(found)


def _asked(session: requests.Session, reader: Reader, address: str, said: dict[str, str]) -> dict[str, object] | None:
    answer = session.get(address, params=said, timeout=120)
    if answer.status_code in GONE:
        return None
    if answer.status_code != requests.codes.ok:
        reader.faults.append(f"{answer.status_code} {address}: {answer.text[:300]}")
        return None
    result: dict[str, object] = answer.json()["result"]
    return result
