"""What can break in the machine, drawn once. Bad data is never here: it is a `Finding` or a `Verdict`.

    SportlakeError
    ├── ContractError      a contract, code list, department or calendar file does not say what it must
    ├── UsageError         the caller asked for something that does not exist (dataset, department, period, release)
    ├── UnreadableFile     the submitted bytes are no table that we can read; intake turns it into the verdict `refused`
    ├── LakeError          the lake cannot be read or committed to
    │   └── SliceMoved     somebody else replaced the slice after we had looked at it
    ├── LedgerError        the ledger is torn or its chain does not hold
    ├── ReleaseError       a release cannot be frozen, or its bytes are not what its checksums say
    └── CatalogueError     a catalogue did not do what the plan asked

Each message gives what, the number, the limit, and the next move; `text` holds it in both languages.
"""

from schemas.text import Text


class SportlakeError(Exception):
    """Anything of ours that a person should read without a traceback."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(f"{text.zh}\n{text.en}")


class ContractError(SportlakeError):
    """A file under `schemas/` is wrong; names the file, the place and what is expected there."""


class UsageError(SportlakeError):
    """The caller named something that does not exist; says what does."""


class UnreadableFile(SportlakeError):
    """The bytes are no table that we can read. `kind` is the stable slug that the receipt carries."""

    def __init__(self, kind: str, text: Text) -> None:
        self.kind = kind
        super().__init__(text)


class LakeError(SportlakeError):
    """The lake cannot be read or committed to."""


class SliceMoved(LakeError):
    """Another submission replaced the slice after this one had looked at it; read again and decide again."""


class LedgerError(SportlakeError):
    """The ledger is torn or its chain does not hold; says at which entry."""


class ReleaseError(SportlakeError):
    """A release cannot be frozen, or its bytes are not what its checksums say."""


class CatalogueError(SportlakeError):
    """A catalogue did not do what the plan asked; says which action, of which dataset, and the next move."""
