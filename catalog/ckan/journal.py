"""The publisher's write-ahead journal: one small file for each dataset, deleted when the work is complete.

A run that finds one knows that the last run was interrupted: it continues if both publish the same release, and
restores the table otherwise. Here: the entries, and one writer per dataset in this workspace. Not here: recovery
(`publisher.py`).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from catalog.durable_files import replace_durably
from schemas.errors import CatalogueError
from schemas.frozen_model import FrozenModel
from schemas.text import Text

Stage = Literal["stage", "flip", "prune", "withdraw"]


class JournalEntry(FrozenModel):
    """One dataset in work. `before` is the release published when the work began, None if there was none."""

    dataset: str
    stage: Stage
    release: str
    before: str | None


class Journal:
    """The journal entries in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write_entry(self, note: JournalEntry) -> None:
        """Writes the complete entry and syncs it to disk before returning."""
        file = self._entry_file(note.dataset)
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(".part")
        temporary.write_text(note.model_dump_json(), encoding="utf-8")
        replace_durably(temporary, file)

    def close_entry(self, dataset: str) -> None:
        """Deletes the entry: the work on that dataset is complete."""
        self._entry_file(dataset).unlink(missing_ok=True)

    def read_unfinished(self) -> dict[str, JournalEntry]:
        """Returns the entries of unfinished work, by dataset; CatalogueError if one is not in our format."""
        notes = {}
        for file in sorted(self.folder.glob("*.json")):
            try:
                notes[file.stem] = JournalEntry.model_validate_json(file.read_bytes())
            except ValidationError as wrong:
                raise _spoiled_error(file) from wrong
        return notes

    @contextmanager
    def lock_dataset(self, dataset: str) -> Iterator[None]:
        """Locks the dataset against other publishers of this workspace; CatalogueError if another one holds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder / f"{dataset}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            os.close(handle)
            raise _busy_error(dataset) from busy
        try:
            yield
        finally:
            os.close(handle)

    def _entry_file(self, dataset: str) -> Path:
        return self.folder / f"{dataset}.json"


def _busy_error(dataset: str) -> CatalogueError:
    return CatalogueError(
        Text(
            zh=f"另一个发布程序正在发布 {dataset}；请待其结束后重新发布",
            en=f"another publisher is at work on {dataset}; publish again when it has ended",
        )
    )


def _spoiled_error(file: Path) -> CatalogueError:
    return CatalogueError(
        Text(
            zh=f"发布日志 {file.name} 被改动，无法读取；请删除该文件后重新发布",
            en=f"the publisher's note {file.name} was changed and cannot be read; delete it and publish again",
        )
    )
