"""The journal of a storage: which files the bucket has for a home, in the order in which they came, and the lines of its ledger.

Grain: one record, an object `journal/<number>.json`. Key: its number, counted from 1; an object is created only once, so two hosts cannot
write the same number. A record names files by path, size and SHA-256; the newest record that names a path holds. Not here: the files' own
objects (`storage.py`), the lake, whose tables have logs of their own (`stored_tables.py`).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from schemas.errors import StorageError
from schemas.text import Text
from warehouse.storage.object_store import ObjectStore, map_requests

FOLDER = "journal"


class KeptFile(NamedTuple):
    """A file below the home: its path there, bytes, and hex SHA-256."""

    path: str
    size: int
    sha256: str

    @property
    def key(self) -> str:
        """The key of its object, made from the hash of its bytes: putting it twice gives the same object, and nothing is ever overwritten."""
        return f"{self.path}@{self.sha256}"


@dataclass(frozen=True)
class Record:
    """One record: lines of the ledger, each without its line feed; files that are new or have changed; paths that are gone.

    `tables`: datasets whose tables may have new commits, besides those that the lines name. `erased`: whether an erasure has changed
    earlier lines of the ledger and commits of the lake; `gone` then has hashes of paths (`hash_path`).
    """

    lines: Sequence[str] = ()
    files: Sequence[KeptFile] = ()
    gone: Sequence[str] = ()
    tables: Sequence[str] = ()
    erased: bool = False

    def serialise_record(self) -> bytes:
        """Returns the record as JSON."""
        record = {"lines": list(self.lines), "files": [list(one) for one in self.files], "gone": list(self.gone)}
        record |= {"tables": list(self.tables)} if self.tables else {}
        record |= {"erased": True} if self.erased else {}
        return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogateescape")


def parse_record(content: bytes, number: int) -> Record:
    """Returns the record of an object; StorageError if it is none."""
    try:
        record = json.loads(content.decode("utf-8", "surrogateescape"))
        files = [KeptFile(*one) for one in record["files"]]
        return Record(record["lines"], files, record["gone"], record.get("tables", []), bool(record.get("erased")))
    except (ValueError, KeyError, TypeError) as wrong:
        raise StorageError(
            Text(
                zh=f"对象存储的第 {number} 条登记无法读取：{wrong}；请从存储桶的旧版本恢复 {record_key(number)}",
                en=f"record {number} of the object storage cannot be read: {wrong}; restore {record_key(number)} from an older version of the bucket",
            )
        ) from wrong


def hash_path(path: str) -> str:
    """Returns the hex SHA-256 of a path, for records of an erasure: the name itself may hold the erased value."""
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()


def record_key(number: int) -> str:
    """Returns the key of the record of that number."""
    return f"{FOLDER}/{number:012}.json"


def read_records(store: ObjectStore, after: int) -> Iterator[tuple[int, Record]]:
    """Yields number and record of the records after a number, in order; takes one request if there is none.

    StorageError if one of them is missing, or if the record `after`, which the caller has seen before, is: the bucket was emptied, or is
    another one.
    """
    numbers, first = _list_numbers(store, max(after - 1, 0)), max(after, 1)
    wanted = range(first, first + max(len(numbers), min(after, 1)))
    for number, found in zip_longest(wanted, numbers):
        if number != found:
            raise _lost_record_error(number, str(store.address))
    yield from _read_numbers(store, numbers[1:] if after else numbers)


def read_known_records(store: ObjectStore) -> Mapping[int, Record]:
    """Returns the existing records by number, even if some are missing."""
    return dict(_read_numbers(store, _list_numbers(store, 0)))


def _list_numbers(store: ObjectStore, after: int) -> list[int]:
    listed = store.list_objects(FOLDER, record_key(after) if after else None)
    return [int(one.key.rpartition("/")[2][:12]) for one in listed]


def _read_numbers(store: ObjectStore, numbers: Sequence[int]) -> Iterator[tuple[int, Record]]:
    for number, content in map_requests(lambda one: (one, store.read_object(record_key(one))), numbers):
        if content is not None:
            yield number, parse_record(content, number)


def _lost_record_error(number: int, address: str) -> StorageError:
    return StorageError(
        Text(
            zh=f"对象存储 {address} 缺少第 {number} 条登记：存储桶被清空、更换或部分丢失；请运行 sportlake storage check，或把 SPORTLAKE_STORAGE 设为新的前缀，在数据最新的主机上运行 sportlake storage push",
            en=f"the object storage {address} lacks record {number}: the bucket was emptied, is another one, or has lost a part; run sportlake storage check, or set SPORTLAKE_STORAGE to a new prefix and run sportlake storage push on the host that has the newest data",
        )
    )


def find_newest_files(records: Sequence[Record]) -> Mapping[str, KeptFile | None]:
    """Returns the newest file of each path that the records name, in their order; None if it is gone."""
    found: dict[str, KeptFile | None] = {}
    for record in records:
        found |= {one.path: one for one in record.files}
        found |= {} if record.erased else dict.fromkeys(record.gone)
    return found
