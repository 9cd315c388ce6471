"""Days as people write them on the command line and in forms. Not here: days in data (`pipelines/normalise/moments.py`), periods (`slices.py`)."""

from datetime import date

from schemas.errors import UsageError
from schemas.text import Text


def parse_day(text: str) -> date:
    """Returns the day written as `2026-11-24` or in another spelling of ISO 8601; UsageError for anything else, and a day that does not exist."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as wrong:
        raise UsageError(
            Text(zh=f"{text!r} 不是日期，请写成 2026-11-24", en=f"{text!r} is no day; write it like 2026-11-24")
        ) from wrong
