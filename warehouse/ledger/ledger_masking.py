"""Masking texts in the ledger: bytes of a value are overwritten by `*`, and the entry of the decision declares what each line becomes.

The chain stays intact: a masked entry keeps its number and its hash, although the hash no longer fits its text; the later entry `erasure`
has the SHA-256 of the masked line, so `verify_chain` can tell this change from any other. Lengths stay, so nothing moves in the file and
other processes may read and append meanwhile. Not here: which texts, and who decided (`pipelines/erasure`).
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.layout import Layout
from warehouse.ledger.chain import parse_entry

if TYPE_CHECKING:
    from warehouse.ledger.shared_ledger import SharedLedger

Mask = Callable[[str], str]
"""A text with as many bytes in UTF-8 as it was given."""
_BEGIN, _END = b'"facts":', b',"hash":"'


@dataclass(frozen=True)
class MaskedLine:
    """One line to mask: the number of its entry, its place in the file in bytes, and its new bytes."""

    seq: int
    offset: int
    line: bytes

    @property
    def digest(self) -> str:
        """Hex SHA-256 of the masked line."""
        return hashlib.sha256(self.line).hexdigest()


def find_masked_lines(layout: Layout, mask: Mask) -> list[MaskedLine]:
    """Returns the lines whose facts the mask changes, with their masked bytes. Actor and time of an entry are never masked."""
    raw = layout.ledger.read_bytes() if layout.ledger.is_file() else b""
    found, offset = [], 0
    for line in raw.split(b"\n")[:-1]:
        changed = _mask_line(line, mask)
        entry = parse_entry(changed) if changed != line else None
        if entry is not None and len(changed) == len(line):
            found.append(MaskedLine(entry.seq, offset, changed))
        offset += len(line) + 1
    return found


def mask_lines(layout: Layout, declared: Mapping[int, str], mask: Mask, shared: "SharedLedger | None" = None) -> None:
    """Masks the lines that an entry declares (`list_declared`), in the shared ledger first; a second call changes nothing."""
    with layout.ledger.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        found = [one for one in find_masked_lines(layout, mask) if one.digest == declared.get(one.seq)]
        if shared is not None:
            shared.mask_lines([(one.seq, one.line + b"\n") for one in found])
        for one in found:
            os.pwrite(file.fileno(), one.line, one.offset)
        os.fsync(file.fileno())


def _mask_line(line: bytes, mask: Mask) -> bytes:
    begin, end = line.find(_BEGIN), line.rfind(_END)
    if not 0 <= begin < end:
        return line
    return (
        line[:begin]
        + mask(line[begin:end].decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        + line[end:]
    )
