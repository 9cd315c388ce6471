"""Files of a home that are replaced without an entry of the ledger: marked receipts, and files that people edit. Not here: new files (`storage.py`).

The files are noted in the mark of the home before they are replaced, so that the next command uploads them if this one is killed.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from schemas.errors import RecordTaken
from warehouse.ledger.ledger import Ledger
from warehouse.storage.kept_files import is_correction, read_edited_files
from warehouse.storage.storage import Storage


@contextmanager
def replace_files(storage: Storage, ledger: Ledger, files: Collection[Path]) -> Iterator[None]:
    """Uploads, at the end of the block, the files of the home that the block writes; if the process is killed, the next `begin_command` does so."""
    names = {path.relative_to(storage.layout.home).as_posix() for path in files}
    with storage.hold_storage():
        mark = storage.read_mark()
        storage.keep_mark(replace(mark, unsent=tuple(sorted({*mark.unsent, *names}))))
    yield
    with storage.hold_storage():
        _put_unsent(storage, ledger)


def begin_command(storage: Storage, ledger: Ledger) -> None:
    """Follows the bucket, then uploads what a killed command or a person has left; takes one request if there is neither.

    StorageError if the ledger of this home has entries that the bucket does not know.
    """
    with storage.hold_storage():
        follow_around_edited(storage, ledger)
        storage.require_known_entries(ledger)
        _note_edited(storage)
        _put_unsent(storage, ledger)


def follow_around_edited(storage: Storage, ledger: Ledger) -> None:
    """Follows the bucket without overwriting what people wrote here meanwhile. The caller holds the lock; raises as `follow_bucket` does."""
    if storage.read_mark().seen:
        _note_edited(storage)
    storage.follow_bucket(ledger)


def _note_edited(storage: Storage) -> None:
    """Notes as unsent the files that people have edited, and the corrections that they have deleted, since the last check; these are then not downloaded."""
    mark, edited = storage.read_mark(), read_edited_files(storage.layout)
    fresh = {name for name, state in edited.items() if mark.edited.get(name) != state}
    fresh |= {name for name in mark.edited if name not in edited and is_correction(storage.layout, name)}
    if fresh:
        storage.keep_mark(replace(mark, edited=edited, unsent=tuple(sorted({*mark.unsent, *fresh}))))


def _put_unsent(storage: Storage, ledger: Ledger) -> None:
    names = storage.read_mark().unsent
    files = [path for path in (storage.layout.home / name for name in names) if path.is_file()]
    removed = [
        name for name in names if is_correction(storage.layout, name) and not (storage.layout.home / name).exists()
    ]
    while files or removed:
        try:
            mark = storage.add_record(files, removed)
        except RecordTaken:
            storage.follow_bucket(ledger)
        else:
            storage.keep_mark(mark)
            break
    if names:
        storage.keep_mark(replace(storage.read_mark(), unsent=()))
