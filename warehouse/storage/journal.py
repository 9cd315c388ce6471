"""The journal of a storage: which files the bucket has for a home, in the order in which they came, and the lines of its ledger.

Grain: one record, an object `journal/<number>.json`. Key: its number, counted from 1; a number is created once, so that two hosts
cannot write the same one. A record names files by path, size and SHA-256; the newest record that names a path holds. Not here:
the files' own objects (`storage.py`), the lake, whose tables have logs of their own (`stored_tables.py`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
        """The key of its object, which names its bytes: what is put twice is the same, and nothing is ever overwritten."""
        return f"{self.path}@{self.sha256}"


@dataclass(frozen=True)
class Record:
    """One record: lines of the ledger, each without its line feed; files that are new or other ones now; paths that are gone."""

    lines: Sequence[str] = ()
    files: Sequence[KeptFile] = ()
    gone: Sequence[str] = ()

    def serialise_record(self) -> bytes:
        """Return the record as JSON."""
        told = {"lines": list(self.lines), "files": [list(one) for one in self.files], "gone": list(self.gone)}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogateescape")


def parse_record(content: bytes, number: int) -> Record:
    """Return the record of an object; StorageError if it is none."""
    try:
        told = json.loads(content.decode("utf-8", "surrogateescape"))
        return Record(told["lines"], [KeptFile(*one) for one in told["files"]], told["gone"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise StorageError(
            Text(
                zh=f"对象存储的第 {number} 条登记无法读取：{wrong}；请从存储桶的旧版本恢复 {record_key(number)}",
                en=f"record {number} of the object storage cannot be read: {wrong}; restore {record_key(number)} from an older version of the bucket",
            )
        ) from wrong


def record_key(number: int) -> str:
    """Return the key of the record of that number."""
    return f"{FOLDER}/{number:012}.json"


def read_records(store: ObjectStore, after: int) -> Iterator[tuple[int, Record]]:
    """Yield number and record of those after a number, in order; one request if there is none, whatever there was before."""
    first = store.read_object(record_key(after + 1))
    if first is None:
        return
    yield after + 1, parse_record(first, after + 1)
    numbers = (int(one.key.rpartition("/")[2][:12]) for one in store.list_objects(FOLDER, record_key(after + 1)))
    for number, content in map_requests(lambda one: (one, store.read_object(record_key(one))), numbers):
        if content is not None:
            yield number, parse_record(content, number)


def find_newest_files(records: Sequence[Record]) -> Mapping[str, KeptFile | None]:
    """Return the newest file of each path that the records name, in their order; None if it is gone."""
    found: dict[str, KeptFile | None] = {}
    for record in records:
        found |= {one.path: one for one in record.files}
        found |= dict.fromkeys(record.gone)
    return found
