"""The hash chain of the ledger: the entry, its head in words, its serialisation, and the errors of a chain.

Pure functions on bytes. Not here: the file, locks, or when entries are added (`warehouse/ledger/ledger.py`).
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from schemas.text import Text

INITIAL_HASH = "0" * 64
_HEAD = re.compile(r"\b([1-9]\d{0,14}):([0-9a-f]{16,64})\b")
MASKED = "masked"
"""The fact of an entry `erasure` that declares lines masked: their numbers, and the SHA-256 of each masked line."""


@dataclass(frozen=True)
class LedgerEntry:
    """One decision: who took it, when, why, and its facts (JSON values). `hash` covers all other fields, including `previous`."""

    seq: int
    at: datetime
    kind: str
    who: str
    why: str
    facts: Mapping[str, Any]
    previous: str
    hash: str


class LedgerHead(NamedTuple):
    """The number and hash of an entry; a copy kept elsewhere makes it possible to detect a truncated ledger.

    As text `SEQ:HASH`. A noted hash may be cut to its first 16 letters or more.
    """

    seq: int
    hash: str

    def __str__(self) -> str:
        """`128:5f1c…`, with the whole hash."""
        return f"{self.seq}:{self.hash}"


def find_heads(text: str) -> list[LedgerHead]:
    """Returns every head (`SEQ:HASH`) that a text has, in its order; empty if it has none."""
    return [LedgerHead(int(seq), digest) for seq, digest in _HEAD.findall(text)]


def seal_entry(
    last: LedgerEntry | LedgerHead | None,
    *,
    kind: str,
    now: datetime,
    actor: str,
    reason: str,
    facts: Mapping[str, Any],
) -> LedgerEntry:
    """Returns the entry that follows `last` (None: the first). ValueError or TypeError if the facts are not JSON."""
    seq, previous = (last.seq + 1, last.hash) if last else (1, INITIAL_HASH)
    plain = json.loads(_canonical_json(facts))
    entry = LedgerEntry(seq, now, kind, actor, reason, plain, previous, hash="")
    return LedgerEntry(seq, now, kind, actor, reason, plain, previous, hash=_entry_hash(entry))


def entry_line(entry: LedgerEntry) -> bytes:
    """Serialises an entry as canonical JSON and a line feed."""
    return _canonical_json(_entry_fields(entry)) + b"\n"


def parse_entry(line: bytes) -> LedgerEntry | None:
    """Parses one line into an entry without checking its hashes; None if the line is not an entry."""
    try:
        value = json.loads(line)
        entry = LedgerEntry(**{**value, "at": datetime.fromisoformat(value["at"])})
    except (ValueError, TypeError, KeyError):
        return None
    return entry if type(entry.seq) is int else None


def find_missing_heads(raw: bytes, noted: Collection[LedgerHead]) -> list[LedgerHead]:
    """Returns the heads, noted elsewhere, that a ledger's bytes do not contain: they were cut off, or replaced together with all later entries.

    A line that an erasure declares masked counts as the entry that it was before.
    """
    lines = raw.split(b"\n")[:-1]
    found = [parse_entry(line) for line in lines]
    masked = _list_masked(lines, found)
    hashes = {
        entry.seq: entry.hash if _is_masked(line, masked.get(entry.seq, ())) else _entry_hash(entry)
        for line, entry in zip(lines, found, strict=True)
        if entry is not None
    }
    return [head for head in noted if not hashes.get(head.seq, "").startswith(head.hash)]


def find_chain_errors(raw: bytes) -> Iterator[Text]:
    """Yields the errors of a ledger's bytes: changed, misplaced, unlinked, torn.

    A line that a later entry declares masked (`ledger_masking.py`) may have its original bytes or exactly the declared ones; the same
    holds for the declaring entry itself.
    """
    *lines, torn = raw.split(b"\n")
    found = [parse_entry(line) for line in lines]
    entries = [entry for entry in found if entry is not None]
    yield from _find_changed(lines, found, _list_masked(lines, found))
    yield from _find_misplaced([entry.seq for entry in entries])
    yield from _find_unlinked(entries)
    if torn:
        yield Text(
            zh=f"台账末尾有 {len(torn)} 字节的不完整记录（写入时中断），下次写入时会截去",
            en=f"the ledger ends in {len(torn)} bytes of an unfinished entry; the next append cuts them off",
        )


def list_declared(entry: LedgerEntry) -> dict[int, str]:
    """Returns which earlier lines an entry declares masked, with the SHA-256 of each masked line."""
    masked = entry.facts.get(MASKED, {}) if entry.kind == "erasure" else {}
    return {int(seq): digest for seq, digest in masked.items() if int(seq) < entry.seq}


def _list_masked(lines: list[bytes], found: list[LedgerEntry | None]) -> dict[int, set[str]]:
    """Returns the declarations of all entries that are intact, or that are themselves masked as a newer entry declares.

    A line may be masked by several erasures, and so may a line that declares other lines.
    """
    masked: dict[int, set[str]] = {}
    for line, entry in zip(reversed(lines), reversed(found), strict=True):
        if entry is None or MASKED not in entry.facts:
            continue
        if _is_intact(entry, line) or _is_masked(line, masked.get(entry.seq, ())):
            for seq, digest in list_declared(entry).items():
                masked.setdefault(seq, set()).add(digest)
    return masked


def _is_intact(entry: LedgerEntry, line: bytes) -> bool:
    return entry_line(entry) == line + b"\n" and _entry_hash(entry) == entry.hash


def _is_masked(line: bytes, declared: Collection[str]) -> bool:
    return hashlib.sha256(line).hexdigest() in declared


def _find_changed(
    lines: list[bytes], found: list[LedgerEntry | None], masked: Mapping[int, set[str]]
) -> Iterator[Text]:
    for number, (line, entry) in enumerate(zip(lines, found, strict=True), start=1):
        if entry is None:
            yield Text(zh=f"第 {number} 行已损坏，无法读取", en=f"line {number} is damaged and cannot be read")
        elif not _is_intact(entry, line) and not _is_masked(line, masked.get(entry.seq, ())):
            yield Text(zh=f"第 {entry.seq} 条记录被改动", en=f"entry {entry.seq} was changed (line {number})")


def _find_misplaced(seqs: list[int]) -> Iterator[Text]:
    newest = 0
    for seq in seqs:
        if seq <= newest:
            yield Text(zh=f"第 {seq} 条记录的位置不对", en=f"entry {seq} stands in the wrong place, or twice")
        newest = max(newest, seq)
    for before, after in pairwise(sorted({0, *seqs})):
        if after - before > 1:
            yield Text(
                zh=f"第 {before + 1} 至 {after - 1} 条记录被删除",
                en=f"entries {before + 1} to {after - 1} were removed",
            )


def _find_unlinked(entries: list[LedgerEntry]) -> Iterator[Text]:
    hashes = {entry.seq: entry.hash for entry in entries} | {0: INITIAL_HASH}
    for entry in entries:
        if entry.seq - 1 in hashes and hashes[entry.seq - 1] != entry.previous:
            yield Text(
                zh=f"第 {entry.seq} 条记录与第 {entry.seq - 1} 条接不上：其中一条被替换",
                en=f"entry {entry.seq} does not follow entry {entry.seq - 1}: one of the two was replaced",
            )


def _entry_fields(entry: LedgerEntry) -> dict[str, Any]:
    return {**vars(entry), "at": entry.at.isoformat()}


def _entry_hash(entry: LedgerEntry) -> str:
    fields = _entry_fields(entry)
    del fields["hash"]
    return hashlib.sha256(_canonical_json(fields)).hexdigest()


def _canonical_json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("utf-8")
