"""Comparing a bucket with its records and with the home, and deleting what nothing names. Not here: mending (`pushing.py`)."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from warehouse.deltalog import SWEEP_AFTER
from warehouse.storage import journal, stored_tables
from warehouse.storage.journal import find_newest_files, read_records
from warehouse.storage.kept_files import measure_file
from warehouse.storage.object_store import StoredObject, map_requests
from warehouse.storage.storage import Storage


class StorageCheck(NamedTuple):
    """What a comparison of so many objects found.

    `missing`: keys that records or commits name and the bucket lacks; `differing`: keys of another size than recorded, and paths of
    the home with other bytes; `lost`: paths that the home lacks; `unnamed`: objects that nothing names, or older contents of a file.
    """

    objects: int
    missing: tuple[str, ...]
    differing: tuple[str, ...]
    lost: tuple[str, ...]
    unnamed: tuple[StoredObject, ...]

    @property
    def is_whole(self) -> bool:
        """Whether everything that is named is there, in the bucket and in the home."""
        return not (self.missing or self.differing or self.lost)


def check_storage(storage: Storage) -> StorageCheck:
    """Compare every name, size, and hash of the home's files; the objects' own bytes are not read."""
    present = {one.key: one for one in storage.store.list_objects()}
    newest = find_newest_files([record for _, record in read_records(storage.store, 0)])
    kept = {one.key: one.size for one in newest.values() if one is not None}
    named = {**kept, **_list_lake(storage, present)}
    home = storage.layout.home
    differing = [key for key, size in named.items() if key in present and size not in (-1, present[key].size)]
    there = [one for one in newest.values() if one is not None and (home / one.path).is_file()]
    differing += [one.path for one in there if measure_file(storage.layout, home / one.path) != one]
    lost = [path for path, one in newest.items() if one is not None and not (home / path).is_file()]
    lake = [key for key in named if key.startswith(f"{stored_tables.FOLDER}/") and "checkpoint" not in key]
    lost += [key for key in lake if not (home / key).is_file()]
    return StorageCheck(
        objects=len(present),
        missing=tuple(sorted(set(named) - set(present))),
        differing=tuple(sorted(differing)),
        lost=tuple(sorted(lost)),
        unnamed=tuple(
            one for key, one in present.items() if key not in named and not key.startswith(f"{journal.FOLDER}/")
        ),
    )


def sweep_storage(storage: Storage, found: StorageCheck, now: datetime) -> list[str]:
    """Delete objects that nothing names and that are older than a writer takes; returns their keys, sorted."""
    gone = sorted(one.key for one in found.unnamed if now - one.changed > SWEEP_AFTER)
    storage.store.delete_objects(gone)
    return gone


def _list_lake(storage: Storage, present: Mapping[str, StoredObject]) -> dict[str, int]:
    """Return the keys of the lake that its logs in the bucket name, with the size of parts; -1 for files of the log."""
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
