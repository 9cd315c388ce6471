"""What a finding says: cells as text, and the contract's messages with their placeholders filled.

Only the contract is ever a template; what a department wrote is only ever filled in. Not here: the sentences themselves.
"""

import re
from collections.abc import Mapping

from quality.findings import shown
from quality.rules.identities import joined
from schemas.text import Text

LONGEST_INTEGER = 1e15
"""DOUBLEs below hold every whole number exactly, and are written without exponent or `.0`."""
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def text_of(cell: object) -> str:
    """The cell as a person would write it: no `.0`, ISO dates, identity cards starred out, cut as `shown` cuts; empty: empty text."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer() and abs(cell) < LONGEST_INTEGER:
            return str(int(cell))
        case str():
            return shown(joined(cell)) or ""
        case _:
            return str(cell)


def placeholders(message: Text) -> set[str]:
    """The names in braces of both sentences."""
    return {found[1] for sentence in (message.zh, message.en) for found in _PLACEHOLDER.finditer(sentence)}


def filled_in(message: Text, values: Mapping[str, str]) -> Text:
    """Both sentences with `{name}` replaced by its value; a name without a value becomes empty text."""
    return Text(
        zh=_PLACEHOLDER.sub(lambda found: values.get(found[1], ""), message.zh),
        en=_PLACEHOLDER.sub(lambda found: values.get(found[1], ""), message.en),
    )
