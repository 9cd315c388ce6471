"""Command-line arguments that may be either the path of a file or a value (a key, a number, a head of the ledger).

Not here: what the values mean.
"""

from pathlib import Path


def find_given_file(given: str) -> Path | None:
    """Returns the argument as a path if a file is there; None otherwise, also for text that cannot be a path."""
    try:
        path = Path(given)
        return path if path.is_file() else None
    except (OSError, ValueError):  # too long for a name, or with a NUL
        return None
