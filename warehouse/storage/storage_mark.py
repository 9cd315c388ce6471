"""The mark of a home: up to which record it has followed its bucket's journal. Not here: the journal (`journal.py`)."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from warehouse.atomic_files import write_atomically
from warehouse.layout import Layout


@dataclass(frozen=True)
class StorageMark:
    """How far a home has followed its bucket.

    `url`: of the bucket. `seen`: number of the last record that this home has. `entries`: number of ledger lines in the records up to it.
    `edited`: time and size of the files that people edit, when they were last uploaded. `unsent`: files that are being replaced and are
    not uploaded yet.
    """

    url: str
    seen: int = 0
    entries: int = 0
    edited: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    unsent: tuple[str, ...] = ()


def read_mark(layout: Layout, url: str) -> StorageMark | None:
    """Returns the mark; None if there is none, it is damaged, or it is that of another bucket."""
    try:
        content = json.loads(layout.storage_mark.read_text(encoding="utf-8"))
        edited = {path: (changed, size) for path, (changed, size) in content["edited"].items()}
        mark = StorageMark(content["url"], content["seen"], content["entries"], edited, tuple(content["unsent"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return mark if mark.url == url else None


def write_mark(layout: Layout, mark: StorageMark) -> None:
    """Writes the mark; a loss of power leaves the old one or the new one."""
    write_atomically(layout.storage_mark, json.dumps(asdict(mark), ensure_ascii=False))
