"""Copying a whole home to its bucket, and a bucket to a home: everything that is still missing there. Both may be repeated.

A push uploads the tables of the lake first, then files, then the records that name them, with the lines of the ledger. If it is killed,
the next push continues, and other hosts never follow a record whose files are missing. Not here: what an ordinary command uploads
(`storage.py`).
"""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from warehouse.ledger.ledger import Ledger
from warehouse.storage.journal import KeptFile, Record, find_newest_files, read_records
from warehouse.storage.kept_files import list_kept_files, list_tables, measure_file
from warehouse.storage.ledger_lines import read_lines
from warehouse.storage.object_store import map_requests
from warehouse.storage.replaced_files import follow_around_edited
from warehouse.storage.storage import Storage

_AT_ONCE = 1000
"""Of lines and of files in one record."""
Tell = Callable[[str, int], None]
"""Is told what was brought, and how many of it so far."""


def _tell_nobody(what: str, count: int) -> None:
    del what, count


class Brought(NamedTuple):
    """The numbers of copied commits of the lake, files and lines of the ledger."""

    commits: int
    files: int
    lines: int


def push_home(storage: Storage, ledger: Ledger, tell: Tell = _tell_nobody) -> Brought:
    """Uploads everything of the home that the bucket lacks; StorageError, before anything is uploaded, if the bucket belongs to another home.

    Nothing is deleted there: `pull_home` restores what the home lacks.
    """
    with storage.hold_storage():
        follow_around_edited(storage, ledger)
        present = {one.key: one.size for one in storage.store.list_objects()}
        commits = _push_tables(storage, present, tell)
        known = find_newest_files([record for _, record in read_records(storage.store, 0)])
        found = [measure_file(storage.layout, path) for path in list_kept_files(storage.layout)]
        changed = [one for one in found if known.get(one.path) != one]
        lacking = [one for one in found if one.key not in present]
        _put_lacking(storage, lacking, tell)
        lines = read_lines(storage.layout.ledger)[storage.read_mark().entries :]
        _add_records(storage, changed, lines)
    return Brought(commits, len(lacking), len(lines))


def pull_home(storage: Storage, ledger: Ledger, tell: Tell = _tell_nobody) -> Brought:
    """Downloads everything of the bucket that the home lacks: what is new there, and what was lost here. A file that differs is left as it is."""
    with storage.hold_storage():
        before = ledger.index.catch_up().entries
        follow_around_edited(storage, ledger)
        commits = sum(storage.open_table(name).fetch_lost() for name in list_tables(storage.layout))
        newest = find_newest_files([record for _, record in read_records(storage.store, 0)])
        lost = {
            path: one for path, one in newest.items() if one is not None and not (storage.layout.home / path).exists()
        }
        storage.place_files(lost)
        tell("files", len(lost))
        return Brought(commits, len(lost), ledger.index.catch_up().entries - before)


def _push_tables(storage: Storage, present: Collection[str], tell: Tell) -> int:
    total = 0
    for name in list_tables(storage.layout):
        table = storage.open_table(name)
        table.follow_table()
        total += table.push_table(present)
        tell("commits", total)
    return total


def _put_lacking(storage: Storage, lacking: Sequence[KeptFile], tell: Tell) -> None:
    def put(one: KeptFile) -> None:
        storage.store.put_object(one.key, storage.layout.home / one.path)

    for count, _ in enumerate(map_requests(put, lacking), start=1):
        tell("files", count)


def _add_records(storage: Storage, files: Sequence[KeptFile], lines: Sequence[str]) -> None:
    """Adds records for uploaded files, then for lines, so that no line comes before a file that it names."""
    parts = [Record(files=files[at : at + _AT_ONCE]) for at in range(0, len(files), _AT_ONCE)]
    parts += [Record(lines[at : at + _AT_ONCE]) for at in range(0, len(lines), _AT_ONCE)]
    for record in parts:
        storage.keep_mark(storage.create_record(record))
