"""Labels: which field of a contract the label of a column names.

A label may be a field's name, its Chinese or its English title, or an alias that the contract names, with blanks, full-width letters, a `*` for a required field,
or a remark or unit in brackets. Not here: the header as a whole and its errors (`column_matching`).
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from pipelines.units.spellings import UNITS, unit_key
from schemas.contract import Contract

SERIAL = frozenset({"序号", "no", "no.", "编次", "行号"})
"""Labels of a running number that people add themselves; the column is not read, and the receipt says so."""
_LONGEST_UNIT = 5
_LABELS_KEPT = 4096
"""Labels are the same in most files of a batch."""
_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_BRACKETED = re.compile(r"^(?P<bare>.+?)[(\[【〔](?P<inner>[^()\[\]【】〔〕]*)[)\]】〕]$")
_TAIL = re.compile(r"^(?P<bare>.+?)[/:,、_](?P<inner>[^/:,、_]+)$")


def label_key(label: str) -> str:
    """Returns the comparison key of a label: NFKC, no blanks, no `*`, colon or guard (`="…"`, `'`) at either end, case-folded."""
    return label.casefold() if label.isascii() and label.isalnum() else _cleaned_key(label)


@lru_cache(maxsize=_LABELS_KEPT)
def _cleaned_key(label: str) -> str:
    return _BLANK.sub("", unicodedata.normalize("NFKC", label)).strip("*：:='\"").casefold()


@lru_cache(maxsize=256)
def field_names_by_label(contract: Contract) -> Mapping[str, str]:
    """Returns the field name by every label key.

    A title that two fields share is left out, unless it is the name of a field.
    """
    titles: dict[str, set[str]] = {}
    for field in contract.fields:
        for title in (field.title, field.policy.title_en, *field.policy.aliases):
            for key in (label_key(title), *([found[0]] if (found := split_brackets(label_key(title))) else [])):
                titles.setdefault(key, set()).add(field.name)
    shared = {key: names.pop() for key, names in titles.items() if len(names) == 1}
    return MappingProxyType(shared | {label_key(field.name): field.name for field in contract.fields})


def match_label(label: str, names: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Returns the field name that a label matches and the text in its brackets, each None if there is none."""
    key = label_key(label)
    parted = split_brackets(key)
    if key in names:
        # A field's own name states no unit, even if it ends in `_m`.
        return names[key], parted[1] if parted and key != label_key(names[key]) else None
    if parted and parted[0] in names:
        return names[parted[0]], parted[1]
    return _match_unit_at_end(key, names)


def _match_unit_at_end(key: str, names: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Returns the field and unit of a label with a unit right behind its title, as in 注册资金万元."""
    for size in range(min(_LONGEST_UNIT, len(key) - 1), 1, -1):
        if key[:-size] in names and key[-size:] in UNITS:
            return names[key[:-size]], key[-size:]
    return None, None


def split_brackets(key: str) -> tuple[str, str] | None:
    """Returns a label's key without its bracketed or trailing part, and that part; None if it has none."""
    if bracketed := _BRACKETED.match(key):
        return bracketed["bare"].strip("*"), bracketed["inner"]
    tail = _TAIL.match(key)
    return (tail["bare"], tail["inner"]) if tail and unit_key(tail["inner"]) in UNITS else None
