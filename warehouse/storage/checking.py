"""Comparing a bucket with its records and with the home, and sweeping objects that nothing names. Not here: repairing (`pushing.py`).

A writer puts objects before a record names them, and reuses objects that an earlier writer left. So an unnamed object is not deleted at
once, but set aside under another key for a day: a writer that needs it meanwhile takes it back (`object_store.py`).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from warehouse.deltalog import SWEEP_AFTER
from warehouse.storage import journal, stored_tables
from warehouse.storage.journal import find_newest_files, read_known_records
from warehouse.storage.kept_files import measure_file
from warehouse.storage.object_store import ASIDE, StoredObject, aside_key, map_requests
from warehouse.storage.storage import Storage


class StorageCheck(NamedTuple):
    """The result of a comparison; `objects`: how many objects the bucket has.

    `missing`: keys that records or commits name and the bucket lacks. `differing`: keys whose size is not the recorded one, and paths of
    the home with other bytes. `lost`: paths that the home lacks. `unnamed`: objects that nothing names, or that hold older contents of a
    file. `aside`: objects that a sweep has set aside. `wanted`: keys that are named, but whose object is only aside.
    """

    objects: int
    missing: tuple[str, ...]
    differing: tuple[str, ...]
    lost: tuple[str, ...]
    unnamed: tuple[StoredObject, ...]
    aside: tuple[StoredObject, ...]
    wanted: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether the bucket and the home have everything that is named."""
        return not (self.missing or self.differing or self.lost)


def check_storage(storage: Storage) -> StorageCheck:
    """Compares names and sizes of all objects, and hashes of the home's files; the bytes of objects are not read."""
    listed = {one.key: one for one in storage.store.list_objects()}
    present = {key: one for key, one in listed.items() if not key.startswith(f"{ASIDE}/")}
    records = read_known_records(storage.store)
    newest = find_newest_files(list(records.values()))
    kept = {one.key: one.size for one in newest.values() if one is not None}
    named = {**kept, **_list_lake(storage, present)}
    home = storage.layout.home
    differing = [key for key, size in named.items() if key in present and size not in (-1, present[key].size)]
    there = [one for one in newest.values() if one is not None and (home / one.path).is_file()]
    differing += [one.path for one in there if measure_file(storage.layout, home / one.path) != one]
    lost = [path for path, one in newest.items() if one is not None and not (home / path).is_file()]
    lake = [key for key in named if key.startswith(f"{stored_tables.FOLDER}/") and "checkpoint" not in key]
    lost += [key for key in lake if not (home / key).is_file()]
    gone = sorted(set(named) - set(present))
    numbers = range(1, max([*records, storage.read_mark().seen]) + 1)
    lacking = [journal.record_key(number) for number in numbers if number not in records]
    return StorageCheck(
        objects=len(present),
        missing=(*lacking, *(key for key in gone if aside_key(key) not in listed)),
        differing=tuple(sorted(differing)),
        lost=tuple(sorted(lost)),
        unnamed=tuple(
            one for key, one in present.items() if key not in named and not key.startswith(f"{journal.FOLDER}/")
        ),
        aside=tuple(one for key, one in listed.items() if key not in present),
        wanted=tuple(key for key in gone if aside_key(key) in listed),
    )


def sweep_storage(storage: Storage, found: StorageCheck, now: datetime) -> list[str]:
    """Sets aside objects that nothing names and that are older than `SWEEP_AFTER`; returns their keys, sorted.

    Objects that an earlier sweep set aside are taken back if they are named by now, and deleted after another `SWEEP_AFTER`. Nothing is
    done while records are missing: they may name objects that seem unused.
    """
    if any(key.startswith(f"{journal.FOLDER}/") for key in found.missing):
        return []
    for key in found.wanted:
        storage.store.take_back(key)
    unused = sorted(one.key for one in found.unnamed if now - one.changed > SWEEP_AFTER)
    storage.store.set_aside(unused)
    storage.store.delete_objects([one.key for one in found.aside if now - one.changed > SWEEP_AFTER])
    return unused


def _list_lake(storage: Storage, present: Mapping[str, StoredObject]) -> dict[str, int]:
    """Returns the keys of the lake that its logs in the bucket name, with the size of parts; -1 for files of the log."""
    logs = [key for key in present if key.startswith(f"{stored_tables.FOLDER}/") and f"/{stored_tables.LOG}/" in key]
    commits = [key for key in logs if key.endswith(".json")]
    found = dict.fromkeys(logs, -1)
    for key, content in zip(commits, map_requests(storage.store.read_object, commits), strict=True):
        folder = key.partition(f"/{stored_tables.LOG}/")[0]
        found |= {f"{folder}/{path}": size for path, size in _list_parts(content or b"")}
    return found


def _list_parts(commit: bytes) -> Iterator[tuple[str, int]]:
    for line in commit.splitlines():
        action = json.loads(line)
        if "add" in action:
            yield action["add"]["path"], action["add"]["size"]
