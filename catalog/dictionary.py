"""The data dictionary in words: what a field may hold, said in sentences instead of Table Schema's keys.

Pure. Not here: judging by those constraints, and how a page or a DataStore lays the dictionary out.
"""

from catalog.entry import DictionaryField
from schemas.limits import limits_of
from schemas.text import Text

_NONE = Text(zh="—", en="—")


def limits(field: DictionaryField) -> Text:
    """All constraints of the field in one sentence, `—` if it has none."""
    return limits_of(field.constraints) or _NONE
