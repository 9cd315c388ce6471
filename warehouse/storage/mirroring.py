"""Making a bucket hold just what the home holds, after an erasure: changed contents are uploaded, objects with old contents deleted.

The one exception to "created once": commits and records are overwritten, because an erasure removes a value from every version
(`warehouse/lake/rewriting.py`, `warehouse/ledger/ledger_masking.py`). Hosts that follow do the same to their homes when they see the
record. If a bucket keeps versions of its objects, the old versions stay there; this module cannot delete them. Not here: which values,
and who decided.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from warehouse.ledger.ledger import Ledger
from warehouse.storage import journal
from warehouse.storage.journal import KeptFile, Record, find_newest_files, hash_path, read_records, record_key
from warehouse.storage.kept_files import list_kept_files, list_tables, measure_file
from warehouse.storage.ledger_lines import read_lines
from warehouse.storage.object_store import map_requests
from warehouse.storage.storage import Storage


def mirror_home(storage: Storage, ledger: Ledger) -> int:
    """Uploads what differs and deletes what the home does not have; returns how many objects were deleted. Repeating it is harmless.

    The caller makes sure that nobody lands or receives files meanwhile. The cost grows with everything in the bucket.
    """
    with storage.hold_storage():
        storage.follow_bucket(ledger)
        present = [one.key for one in storage.store.list_objects()]
        found = [measure_file(storage.layout, path) for path in list_kept_files(storage.layout)]
        _put_lacking(storage, found, present)
        tables = [storage.open_table(name) for name in list_tables(storage.layout)]
        lake = {key for table in tables for key in table.overwrite_table()}
        records = dict(read_records(storage.store, 0))
        _mask_records(storage, records, found)
        _record_change(storage, records, found)
        wanted = {one.key for one in found} | lake
        unwanted = [key for key in present if key not in wanted and not key.startswith(f"{journal.FOLDER}/")]
        storage.store.delete_objects(unwanted)
    return len(unwanted)


def _put_lacking(storage: Storage, found: Sequence[KeptFile], present: Collection[str]) -> None:
    there = set(present)
    lacking = [one for one in found if one.key not in there]
    for _ in map_requests(lambda one: storage.store.put_object(one.key, storage.layout.home / one.path), lacking):
        pass


def _mask_records(storage: Storage, records: Mapping[int, Record], found: Sequence[KeptFile]) -> None:
    """Overwrites the records whose lines the ledger has with other texts now, and those that name files that are no longer there."""
    mine, first, there = read_lines(storage.layout.ledger), 0, {one.path for one in found}
    for number, record in records.items():
        lines = mine[first : first + len(record.lines)]
        first += len(record.lines)
        files = [one for one in record.files if one.path in there]
        if (lines, len(files)) != (list(record.lines), len(record.files)):
            masked = replace(record, lines=lines, files=files)
            storage.store.put_object(record_key(number), masked.serialise_record())


def _record_change(storage: Storage, records: Mapping[int, Record], found: Sequence[KeptFile]) -> None:
    known, there = find_newest_files(list(records.values())), {one.path for one in found}
    changed = [one for one in found if known.get(one.path) != one]
    removed = [hash_path(path) for path, one in known.items() if one is not None and path not in there]
    storage.keep_mark(storage.create_record(Record(files=changed, gone=sorted(removed), erased=True)))
