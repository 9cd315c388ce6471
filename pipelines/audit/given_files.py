"""What somebody gives on the command line that may be a file or a word: a key, a number, a head.

Not here: what the words mean.
"""

from pathlib import Path


def find_given_file(given: str) -> Path | None:
    """Returns the path if it is that of a file; None if not, also for a text that can be no path."""
    try:
        path = Path(given)
        return path if path.is_file() else None
    except (OSError, ValueError):  # too long for a name, or with a NUL
        return None
