"""The spellings that a header label may have, and the field that each stands for.

A label may be a field's name, its Chinese or its English title, with blanks, full-width letters, a `*` for required, or a
remark or unit in brackets. Not here: what is wrong with a header (`labels.py`).
"""

import re
import unicodedata
from collections.abc import Mapping

from pipelines.units import UNITS, unit_key
from schemas.contract import Contract

_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_BRACKETED = re.compile(r"^(?P<bare>.+?)[(\[【〔](?P<inner>[^()\[\]【】〔〕]*)[)\]】〕]$")
_TAIL = re.compile(r"^(?P<bare>.+?)[/:,、_](?P<inner>[^/:,、_]+)$")


def label_key(label: str) -> str:
    """What two spellings of a label have in common: NFKC, no blanks, no `*`, small letters."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", label)).strip("*：:").casefold()


def names_of(contract: Contract) -> dict[str, str]:
    """Field name by every key that a label of it may have; a title that two fields share stands for neither."""
    titles: dict[str, set[str]] = {}
    for field in contract.fields:
        for title in (field.title, field.policy.title_en):
            for key in (label_key(title), *([found[0]] if (found := _parted(label_key(title))) else [])):
                titles.setdefault(key, set()).add(field.name)
    shared = {key: names.pop() for key, names in titles.items() if len(names) == 1}
    return shared | {label_key(field.name): field.name for field in contract.fields}


def field_of(label: str, names: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The field that a label stands for and what its brackets say, as far as there are any."""
    key = label_key(label)
    parted = _parted(key)
    if key in names:
        # A field's own name says nothing of a unit, even where it ends in `_m`.
        return names[key], parted[1] if parted and key != label_key(names[key]) else None
    if parted and parted[0] in names:
        return names[parted[0]], parted[1]
    return None, None


def _parted(key: str) -> tuple[str, str] | None:
    if bracketed := _BRACKETED.match(key):
        return bracketed["bare"].strip("*"), bracketed["inner"]
    tail = _TAIL.match(key)
    return (tail["bare"], tail["inner"]) if tail and unit_key(tail["inner"]) in UNITS else None
