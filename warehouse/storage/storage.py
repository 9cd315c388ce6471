"""The storage of a home: its bucket holds what is durable, the folder is a working copy.

Order: first the objects of new files, then a record of the journal that names them and the entry of the ledger, then the ledger's file.
So every named object exists, and a killed process leaves at most objects that nothing names (`checking.py` finds them). If several hosts
share a ledger, the shared ledger has the entry, and a later record repeats its line. Not here: parts and commits of the lake
(`stored_tables.py`), replaced files (`replaced_files.py`), a whole home (`pushing.py`), an erasure (`mirroring.py`).
"""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from schemas.errors import RecordTaken, StorageError
from schemas.text import Text
from warehouse.atomic_files import file_sha256, hold_lock, open_aside
from warehouse.deltalog import remove_paths
from warehouse.layout import Layout
from warehouse.ledger.chain import LedgerEntry, entry_line, parse_entry
from warehouse.ledger.ledger import Ledger
from warehouse.storage.journal import KeptFile, Record, find_newest_files, hash_path, read_records, record_key
from warehouse.storage.kept_files import list_kept_files, list_named_files, list_tables, measure_file, read_edited_files
from warehouse.storage.ledger_lines import append_lines, encode_line, mask_known_lines, require_following
from warehouse.storage.object_store import ObjectStore, map_requests
from warehouse.storage.storage_mark import StorageMark, read_mark, write_mark
from warehouse.storage.stored_tables import StoredTable, damaged_error, require_inside
from warehouse.working_folders import remove_abandoned


class Storage:
    """The bucket of one home. Several processes and hosts may use it at once."""

    def __init__(self, layout: Layout, store: ObjectStore) -> None:
        self.layout, self.store = layout, store
        self._thread = threading.local()

    @property
    def place(self) -> str:
        """Where the bucket is, for messages."""
        return str(self.store.address)

    @contextmanager
    def hold_storage(self) -> Iterator[None]:
        """Keeps the other processes of this host from following or adding until the block ends; reentrant."""
        if getattr(self._thread, "holds", False):
            yield
            return
        with hold_lock(self.layout.storage_lock):
            self._thread.holds = True
            try:
                yield
            finally:
                self._thread.holds = False

    def read_mark(self) -> StorageMark:
        """Returns the mark of this home; the first call for a bucket tests whether it creates a key only once (`probe_conditions`)."""
        mark = read_mark(self.layout, self.store.address.url)
        if mark is None:
            self.store.probe_conditions()
            mark = StorageMark(self.store.address.url)
            self.keep_mark(mark)
        return mark

    def keep_mark(self, mark: StorageMark) -> None:
        """Writes the mark of this home; the caller holds the lock."""
        write_mark(self.layout, mark)

    def open_table(self, dataset: str) -> StoredTable:
        """Returns the table of a dataset in the bucket."""
        return StoredTable(self.store, self.layout.lake_folder(dataset))

    def follow_bucket(self, ledger: Ledger) -> int:
        """Downloads what is new in the bucket since the last call: files, tables of the lake, lines of the ledger, in this order.

        With a shared ledger, lines come from the ledger instead. Returns the number of new records; takes one request if there is none.
        The caller holds the lock. StorageError if the bucket is not that of this home, if a file does not have the recorded bytes, or, at
        the first call, if a file that people edit differs from the bucket's: neither may be lost.
        """
        mark = self.read_mark()
        found = list(read_records(self.store, mark.seen))
        if not found:
            return 0
        numbers, records = zip(*found, strict=True)
        lines = [line for record in records for line in record.lines]
        require_following(ledger, lines)  # first, or files and rows of another installation would be downloaded
        newest = find_newest_files(records)
        if not mark.seen:
            self._refuse_other_edited(newest)
        self.place_files({path: one for path, one in newest.items() if path not in mark.unsent})
        edited = {path: state for path, state in read_edited_files(self.layout).items() if path in newest}
        for dataset in sorted(_list_datasets(lines).union(*(record.tables for record in records))):
            self.open_table(dataset).follow_table()
        if erased := [record for record in records if record.erased]:
            self._follow_erasure(ledger, {one for record in erased for one in record.gone})
        if ledger.shared is None:
            append_lines(self.layout, ledger, lines)
        edited = {
            path: state for path, state in {**mark.edited, **edited}.items() if newest.get(path, True) is not None
        }
        self.keep_mark(replace(mark, seen=numbers[-1], entries=mark.entries + len(lines), edited=edited))
        return len(found)

    def _refuse_other_edited(self, newest: Mapping[str, KeptFile | None]) -> None:
        for path in read_edited_files(self.layout):
            if path in newest and measure_file(self.layout, self.layout.home / path) != newest[path]:
                raise _other_edited_error(path, self.place)

    def _follow_erasure(self, ledger: Ledger, gone: Collection[str]) -> None:
        """Takes over the lake and the ledger as an erasure left them in the bucket, and deletes the files that are gone, by the hashes of their paths.

        Leftovers of killed commands were never in the bucket, so they are all deleted, whatever they hold.
        """
        remove_abandoned(self.layout.working)
        remove_paths([path for path in list_kept_files(self.layout) if hash_path(self._name_path(path)) in gone])
        for dataset in list_tables(self.layout):
            self.open_table(dataset).follow_erasure()
            remove_paths(self.layout.fingerprints_folder(dataset).glob("*"))
        if ledger.shared is None:
            lines = [line for _, record in read_records(self.store, 0) for line in record.lines]
            mask_known_lines(self.layout, lines)

    def require_known_entries(self, ledger: Ledger) -> None:
        """Raises StorageError if the ledger of this home has entries that no record has: the files that they name may exist only here."""
        known, entries = self.read_mark().entries, ledger.index.catch_up().entries
        if known < entries and ledger.shared is None:
            raise _unknown_entries_error(known, entries)

    def put_named_files(self, kind: str, facts: Mapping[str, Any]) -> list[KeptFile]:
        """Uploads the files that belong to an entry of that kind with those facts, and returns them for `record_entry`."""
        return self._put_files(list_named_files(self.layout, kind, facts))

    def record_entry(self, ledger: Ledger, entry: LedgerEntry, files: Sequence[KeptFile]) -> StorageMark:
        """Adds the record of an entry and of its uploaded files; returns the mark to keep once the ledger has the entry.

        RecordTaken if another host was first: the caller then follows the bucket and seals the entry again. The caller holds the locks of
        the storage and of the ledger.
        """
        mark = self.read_mark()
        if mark.entries < entry.seq - 1 and ledger.shared is None:
            raise _unknown_entries_error(mark.entries, entry.seq - 1)
        before = [ledger.index.read_entry(seq) for seq in range(mark.entries + 1, entry.seq)]
        lines = [_decode_line(one) for one in (before if ledger.shared is not None else [*before, entry])]
        tables = sorted(_list_datasets([_decode_line(entry)])) if ledger.shared is not None else []
        return self.create_record(Record(lines, files, tables=tables))

    def add_record(self, files: Collection[Path], gone: Sequence[str] = ()) -> StorageMark:
        """Uploads files, and adds the record that names them and the paths that are gone; returns as `create_record` does."""
        return self.create_record(Record(files=self._put_files(files), gone=gone))

    def create_record(self, record: Record) -> StorageMark:
        """Adds a record of uploaded files, and returns the mark to keep once the ledger has its lines too.

        RecordTaken if another host was first. The caller holds the lock.
        """
        mark = self.read_mark()
        if not self.store.create_object(record_key(mark.seen + 1), record.serialise_record()):
            raise _record_taken_error(mark.seen + 1)
        return replace(mark, seen=mark.seen + 1, entries=mark.entries + len(record.lines))

    def place_files(self, newest: Mapping[str, KeptFile | None]) -> None:
        """Downloads these files, given by path, unless the home has them already, and removes those that are None."""
        for _ in map_requests(lambda path: self._place_file(path, newest[path]), newest):
            pass

    def _name_path(self, path: Path) -> str:
        return path.relative_to(self.layout.home).as_posix()

    def _put_files(self, files: Collection[Path]) -> list[KeptFile]:
        return list(map_requests(self._put_file, files))

    def _put_file(self, path: Path) -> KeptFile:
        measured = measure_file(self.layout, path)
        self.store.put_object(measured.key, path)
        return measured

    def _place_file(self, path: str, wanted: KeptFile | None) -> None:
        """Downloads one file unless the home has it already, or removes it."""
        target = self.layout.home / path
        require_inside(target, self.layout.home)
        if wanted is None:
            target.unlink(missing_ok=True)
        elif not (target.is_file() and target.stat().st_size == wanted.size and file_sha256(target) == wanted.sha256):
            with open_aside(target) as file:
                if self.store.copy_object(wanted.key, wanted.size, file) != wanted.sha256:
                    raise damaged_error(self.store, wanted.key)
            if target.is_relative_to(self.layout.releases):
                target.chmod(0o444)


def _decode_line(entry: LedgerEntry) -> str:
    return entry_line(entry).decode("utf-8", "surrogateescape").rstrip("\n")


def _list_datasets(lines: Sequence[str]) -> set[str]:
    """Returns the datasets that the entries in the lines name: their tables may have new commits."""
    entries = [parse_entry(encode_line(line)) for line in lines]
    named = {str(entry.facts.get("slice") or "").partition("/")[0] for entry in entries if entry is not None}
    return {name for name in named if name}


def _unknown_entries_error(known: int, entries: int) -> StorageError:
    return StorageError(
        Text(
            zh=f"本机台账有 {entries} 条，对象存储只登记了 {known} 条：曾在未设置 SPORTLAKE_STORAGE 时运行，或尚未存入；请运行 sportlake storage push",
            en=f"this home's ledger has {entries} entries, the object storage {known}: it ran without SPORTLAKE_STORAGE, or was never put there; run sportlake storage push",
        )
    )


def _other_edited_error(path: str, address: str) -> StorageError:
    return StorageError(
        Text(
            zh=f"本机的 {path} 与对象存储 {address} 中的不同，两者都未改动；请先把本机的文件移到别处，再运行同一命令，然后核对两份文件",
            en=f"{path} of this home is not what the object storage {address} has, and neither was changed; move it aside, give the same command again, then compare both",
        )
    )


def _record_taken_error(number: int) -> RecordTaken:
    return RecordTaken(
        Text(
            zh=f"另一台主机正在写入同一存储桶（第 {number} 条登记）；请再运行一次同一命令，已存入的不会重复",
            en=f"another host writes to the same bucket (record {number}); give the same command again, nothing is put twice",
        )
    )
