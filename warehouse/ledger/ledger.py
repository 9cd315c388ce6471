"""The ledger: an append-only file of every decision, one JSON object per line, each with the hash of the line before.

Grain: one entry per decision. Key: `seq`, counted from 1. Holds the file, appending and reading. Not here: the hash chain
(`warehouse/ledger/chain.py`), nor which facts an entry of a kind has (defined by the code that appends it).

Limit: the chain reveals any change, removal or exchange before its last entry. A removal of the newest entries cannot be
detected from the file alone; keep a copy of `read_head()` elsewhere (a release, a letter) and ask `find_missing_heads` for it.
"""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, get_args

from schemas.errors import LedgerError, RecordTaken
from schemas.text import Text
from warehouse.layout import Layout
from warehouse.ledger.chain import (
    LedgerEntry,
    LedgerHead,
    entry_line,
    find_chain_errors,
    find_missing_heads,
    seal_entry,
)
from warehouse.ledger.index_tables import INDEXED
from warehouse.ledger.ledger_file import append_bytes, open_locked, uncopied_error
from warehouse.ledger.ledger_index import ENDS_MASKING, LedgerIndex
from warehouse.ledger.ledger_view import LedgerView

if TYPE_CHECKING:
    from warehouse.ledger.ledger_copy import LedgerCopy
    from warehouse.ledger.shared_ledger import SharedLedger
    from warehouse.storage.journal import KeptFile
    from warehouse.storage.storage_mark import StorageMark

__all__ = ["EntryKind", "Ledger", "LedgerEntry", "LedgerHead"]

View = TypeVar("View", bound=LedgerView)

EntryKind = Literal[
    "build",
    "submission",
    "verdict",
    "landing",
    "acceptance",
    "retraction",
    "reinstatement",
    "restatement",
    "contract_rejudgement",
    "contract_rejudgement_end",
    "candidate",
    "release",
    "refusal",
    "publication",
    "retirement",
    "withdrawal",
    "restoration",
    "rollback",
    "approval",
    "revocation",
    "waiver",
    "assessment",
    "venue_registration",
    "venue_same",
    "venue_different",
    "venue_revocation",
    "incident",
    "comparison",
    "alert",
    "erasure_request",
    "erasure",
    "redaction",
    "erasure_end",
]


class EntryStorage(Protocol):
    """What a ledger needs of the bucket behind it; implemented by `Storage` (`warehouse/storage/storage.py`)."""

    @property
    def place(self) -> str:
        """Where the bucket is, for messages."""

    def hold_storage(self) -> AbstractContextManager[None]:
        """Keeps the other processes of this host from following the bucket or adding to it until the block ends."""

    def follow_bucket(self, ledger: "Ledger") -> int:
        """Downloads what the bucket has and this home lacks; returns the number of new records. The caller holds the lock."""

    def put_named_files(self, kind: str, facts: Mapping[str, Any]) -> "Sequence[KeptFile]":
        """Uploads the files that an entry of that kind with those facts names, and returns them."""

    def record_entry(self, ledger: "Ledger", entry: LedgerEntry, files: "Sequence[KeptFile]") -> "StorageMark":
        """Adds the record of an entry and its files to the bucket's journal; RecordTaken if another host was first."""

    def keep_mark(self, mark: "StorageMark") -> None:
        """Notes up to which record this home has followed the bucket, once the ledger has the entry."""


class Ledger:
    """The ledger of one installation. Several processes may append at once; an entry is durable when `append_entry` returns.

    `shared`: the ledger of several hosts, of which this host's file is a copy; an entry is added there first, then to the file.
    `storage`: the bucket; it gets the files that an entry names before the entry is added.
    """

    def __init__(
        self, layout: Layout, shared: "SharedLedger | None" = None, storage: EntryStorage | None = None
    ) -> None:
        self._path, self._shared, self._storage = layout.ledger, shared, storage
        self._copy = None if shared is None else _open_copy(layout, shared, self._follow_files)
        self.index = LedgerIndex(layout.ledger, layout.ledger_index, self._copy)
        self._views: dict[type[LedgerView], LedgerView] = {}

    def append_entry(
        self, kind: EntryKind, *, now: datetime, actor: str, reason: str, facts: Mapping[str, Any]
    ) -> LedgerEntry:
        """Appends an entry and returns it. An incomplete last line, left by a killed writer, is removed first.

        LedgerError if `now` has no zone, the kind is unknown, the facts are not JSON, or the disk is full; no entry is added, unless the
        error says that a shared ledger or a bucket has it: then only the file of this host lacks it, until it is next brought up to date.
        """
        return self._append(kind, now, actor, reason, facts, key=())

    def append_once(
        self, kind: EntryKind, *, now: datetime, actor: str, reason: str, facts: Mapping[str, Any], key: Collection[str]
    ) -> LedgerEntry:
        """Appends an entry unless one of that kind has equal values for the facts named in `key`; returns the old or new entry.

        For steps that may be repeated after a kill between their work and their entry, and by several processes at once: looked
        for and appended under one lock. Same errors as `append_entry`.
        """
        return self._append(kind, now, actor, reason, facts, key=key)

    def find_entry(self, kind: EntryKind, facts: Mapping[str, Any], handle: int | None = None) -> LedgerEntry | None:
        """Returns the first entry of that kind that contains all of `facts`; None if there is none. `handle`: as in `LedgerIndex.catch_up`."""
        self.index.catch_up(handle)
        indexed = next((name for name in facts if name in INDEXED and isinstance(facts[name], str)), "")
        likely = self.index.find_entries(kind, indexed, facts.get(indexed, ""))
        return next((entry for entry in likely if entry.facts.items() >= facts.items()), None)

    def find_entries(self, kind: EntryKind, fact: str, value: str) -> list[LedgerEntry]:
        """Returns the entries of that kind with that value of a fact in `INDEXED`, oldest first, without reading others."""
        self.index.catch_up()
        return self.index.find_entries(kind, fact, value)

    def find_newest(self, kind: EntryKind, fact: str, value: str, most: int) -> list[LedgerEntry]:
        """Returns at most `most` of the entries that `find_entries` returns, newest first, without reading the others."""
        self.index.catch_up()
        return self.index.find_entries(kind, fact, value, most, newest=True)

    def list_newest(self, kinds: Collection[EntryKind], most: int) -> list[LedgerEntry]:
        """Returns at most `most` entries of those kinds, newest first, without reading older ones."""
        self.index.catch_up()
        found = [entry for kind in kinds for entry in self.index.find_entries(kind, most=most, newest=True)]
        return sorted(found, key=lambda entry: -entry.seq)[:most]

    def open_view(self, kind: type[View]) -> View:
        """Returns the view of that kind of this ledger; it is made at the first call and then kept."""
        if kind not in self._views:
            self._views[kind] = kind(self.index)
        view = self._views[kind]
        if not isinstance(view, kind):
            raise TypeError(kind.__name__)
        return view

    def read_between(self, after: int, last: int) -> list[LedgerEntry]:
        """Returns the entries with numbers above `after` and up to `last`, in order."""
        entries = self.index.catch_up().entries
        return [self.index.read_entry(seq) for seq in range(after + 1, min(last, entries) + 1)]

    def find_last_entries(
        self, fact: str, kinds: Collection[EntryKind], facts: Mapping[str, Any]
    ) -> dict[str, LedgerEntry]:
        """Returns, by value of a fact in `INDEXED`, the newest entry among `kinds` that contains all of `facts`."""
        self.index.catch_up()
        found = [
            entry
            for kind in kinds
            for hashed in self.index.list_hashes(kind, fact)
            if (entry := next(_that_contain(facts, self.index.walk_newest(kind, fact, hashed)), None))
        ]
        return {entry.facts[fact]: entry for entry in sorted(found, key=lambda entry: entry.seq)}

    def read_entries(self, kind: EntryKind | None = None) -> list[LedgerEntry]:
        """Returns all entries in order, or those of one kind; empty if there is no ledger yet.

        Hashes are not verified. An incomplete last line is skipped; LedgerError names any other line that cannot be read.
        """
        entries = self.index.catch_up().entries
        return self.read_between(0, entries) if kind is None else self.index.find_entries(kind)

    def read_head(self, kinds: Collection[EntryKind] = ()) -> LedgerHead | None:
        """Returns number and hash of the newest entry, or of the newest one of those kinds; None if there is none."""
        state = self.index.catch_up()
        if not kinds:
            return LedgerHead(state.entries, state.head) if state.entries else None
        newest = self.list_newest(kinds, 1)
        return LedgerHead(newest[0].seq, newest[0].hash) if newest else None

    def read_entry(self, seq: int) -> LedgerEntry | None:
        """Returns the entry of that number; None if there is none."""
        return self.index.read_entry(seq) if 0 < seq <= self.index.catch_up().entries else None

    def verify_chain(self) -> list[Text]:
        """Returns the errors of the chain; empty if it is intact. A ledger whose newest entries were cut off counts as intact.

        With a shared ledger, differences of this host's copy from it are errors too.
        """
        return [*find_chain_errors(self._read_bytes()), *(self._copy.find_differences() if self._copy else ())]

    def find_missing_heads(self, noted: Collection[LedgerHead]) -> list[LedgerHead]:
        """Returns the heads, noted elsewhere, that are not in the ledger; also of a ledger with lines that cannot be read."""
        return find_missing_heads(self._read_bytes(), noted)

    def _read_bytes(self) -> bytes:
        if self._shared is not None:
            return b"".join(one.line for one in self._shared.walk_lines())
        return self._path.read_bytes() if self._path.is_file() else b""

    def _append(
        self, kind: EntryKind, now: datetime, actor: str, reason: str, facts: Mapping[str, Any], key: Collection[str]
    ) -> LedgerEntry:
        _refuse_unknown(kind, now)
        if self._storage is None:
            return self._append_locked(kind, now, actor, reason, facts, key, ())
        with self._storage.hold_storage():
            if key and (recorded := self.find_entry(kind, {name: facts[name] for name in key})):
                return recorded
            files = self._storage.put_named_files(kind, facts)  # before the turn: other hosts wait during it
            while True:
                try:
                    return self._append_locked(kind, now, actor, reason, facts, key, files)
                except RecordTaken:
                    self._storage.follow_bucket(self)

    def _append_locked(
        self,
        kind: EntryKind,
        now: datetime,
        actor: str,
        reason: str,
        facts: Mapping[str, Any],
        key: Collection[str],
        files: "Sequence[KeptFile]",
    ) -> LedgerEntry:
        storage = self._storage
        with open_locked(self._path) as handle:
            with self._hold_turn():
                known = self.index.catch_up(handle)
                if key and (recorded := self.find_entry(kind, {name: facts[name] for name in key}, handle)):
                    return recorded
                last = LedgerHead(known.entries, known.head) if known.entries else None
                entry = _seal(last, kind, now, actor, reason, facts)
                mark = None if storage is None else storage.record_entry(self, entry, files)
                if self._shared is not None:
                    self._shared.insert_line(entry.seq, entry_line(entry))
            os.ftruncate(handle, known.bytes)
            self._write_line(handle, entry, known.bytes)
        if storage is not None and mark is not None:
            storage.keep_mark(mark)
        return entry

    @property
    def shared(self) -> "SharedLedger | None":
        """The ledger of several hosts that this one follows; None if it is alone."""
        return self._shared

    def _follow_files(self) -> None:
        """Downloads the files that entries of other hosts name, before these entries are added to this host's file."""
        if self._storage is not None:
            with self._storage.hold_storage():
                self._storage.follow_bucket(self)

    def _write_line(self, handle: int, entry: LedgerEntry, end: int) -> None:
        try:
            append_bytes(handle, entry_line(entry), end, self._path.parent)
        except LedgerError as wrong:
            if self._shared is not None:
                self._shared.expect_news()  # the server does not notify a session of its own line
                raise uncopied_error(entry.seq, self._shared.place, wrong) from wrong
            if self._storage is not None:
                raise uncopied_error(entry.seq, self._storage.place, wrong) from wrong
            raise

    @contextmanager
    def _hold_turn(self) -> Iterator[None]:
        if self._shared is None:
            yield
        else:
            with self._shared.hold_turn():
                yield


def _open_copy(layout: Layout, shared: "SharedLedger", before: Callable[[], None]) -> "LedgerCopy":
    from warehouse.ledger.ledger_copy import LedgerCopy  # noqa: PLC0415 -- the database's client is not loaded on one host

    return LedgerCopy(layout.ledger, shared, ENDS_MASKING, before)


def _that_contain(facts: Mapping[str, Any], entries: Iterator[LedgerEntry]) -> Iterator[LedgerEntry]:
    return (entry for entry in entries if entry.facts.items() >= facts.items())


def _seal(
    last: LedgerHead | None, kind: str, now: datetime, actor: str, reason: str, facts: Mapping[str, Any]
) -> LedgerEntry:
    try:
        entry = seal_entry(last, kind=kind, now=now, actor=actor, reason=reason, facts=facts)
        entry_line(entry)
    except (TypeError, ValueError) as wrong:
        raise LedgerError(
            Text(zh=f"无法写入台账的内容：{wrong}", en=f"these facts cannot be written to the ledger: {wrong}")
        ) from wrong
    return entry


def _refuse_unknown(kind: str, now: datetime) -> None:
    if kind not in get_args(EntryKind):
        kinds = ", ".join(get_args(EntryKind))
        raise LedgerError(Text(zh=f"台账没有 {kind} 类记录；可用：{kinds}", en=f"no kind of entry {kind}; use {kinds}"))
    if now.tzinfo is None:
        raise LedgerError(Text(zh=f"时间 {now} 没有时区", en=f"the time {now} has no zone"))
