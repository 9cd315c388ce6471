"""The exceptions of the project. Not here: bad data, which is a `Finding` or a `Verdict`.

    SportlakeError
    ├── ContractError      a contract, code list, department or calendar file is invalid
    ├── UsageError         the caller asked for something that does not exist (dataset, department, period, release)
    ├── UnreadableFile     the submitted file cannot be read as a table; intake turns it into the verdict `refused`
    ├── LakeError          the lake cannot be read or committed to
    │   └── SliceMoved     another submission replaced the slice after it was read
    ├── LedgerError        the ledger cannot be read or written, or its chain is broken
    ├── ReleaseError       a release cannot be frozen, or its bytes are not what its checksums say
    ├── CatalogueError     a catalogue did not carry out a planned action
    ├── EngineError        the engine cannot do its work: no server, a worker died, other code on the workers
    └── StorageError       the bucket that holds lake and files cannot be reached, or is not that of this home
        └── RecordTaken    another host has written to the bucket since this one looked

Each message gives the problem, the number, the limit, and what to do next; `text` holds it in both languages.
"""

from schemas.text import Text


class SportlakeError(Exception):
    """Base class of all errors that are reported to people without a traceback."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(f"{text.zh}\n{text.en}")

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        """How the error is pickled, with both texts: an error in a worker process is raised again by the engine."""
        return type(self), (self.text,)


class ContractError(SportlakeError):
    """A file under `schemas/` is invalid; the message names the file, the place and what is expected."""


class UsageError(SportlakeError):
    """The caller named something that does not exist; the message lists what does."""


class UnreadableFile(SportlakeError):
    """The submitted file cannot be read as a table. `kind` is the stable slug in the receipt."""

    def __init__(self, kind: str, text: Text) -> None:
        self.kind = kind
        super().__init__(text)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        """As in `SportlakeError`, with the kind."""
        return type(self), (self.kind, self.text)


class LakeError(SportlakeError):
    """The lake cannot be read or committed to."""


class SliceMoved(LakeError):
    """Another submission replaced the slice after it was read; the caller must read it again and decide again."""


class LedgerError(SportlakeError):
    """The ledger cannot be read or written, or its chain is broken; the message names the entry."""


class ReleaseError(SportlakeError):
    """A release cannot be frozen or read, or its bytes do not match its checksums."""


class CatalogueError(SportlakeError):
    """A catalogue did not carry out a planned action; the message names the action, the dataset and what to do next."""


class EngineError(SportlakeError):
    """The engine cannot do its work; the message says what it lacks. Nothing was changed, the same call may be repeated."""


class StorageError(SportlakeError):
    """The object storage cannot be read or written, or does not belong to this home; the message names it and the next move."""


class RecordTaken(StorageError):
    """Another host has written to the bucket since this one looked; the caller must follow it and decide again."""
