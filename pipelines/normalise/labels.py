"""Codes by the names that people write for them: 市级 for `city`, 和平区 for `210102`, `city 市级` for both at once.

A name counts in Chinese and in English, with its code, and with the name one level above (沈阳市和平区). Blanks, case and full-width forms do
not matter. Where two codes have one name, that of the submitting city goes first; otherwise the cell stays, and validation names both.
Not here: the codes a field may hold (`pipelines/field_help.py`), findings (`pipelines/submissions/proposals/code_findings.py`).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from schemas.codelists import Code, CodeList, codes_for
from schemas.contract import Field
from schemas.execution.same_object import SameObject

_BLANKS = re.compile(r"\s+")
_SIGNS = re.compile(r"[\W_]+")
_DIVISIONS = "admin_division"
_PREFECTURE_DIGITS = 4
_FIELDS_KEPT = 1024
"""More than the fields with a code list of all contracts."""


@dataclass(frozen=True)
class CodeLabels:
    """The codes of one field by name.

    Attributes:
        valid: Every code of the list, also those that the field may not hold or that have expired.
        by_name: The codes that have a name, by its comparison key.
        by_parts: The same for a name together with its code or with the name above, without any signs between them.
        area: Leading digits of the division codes of the submitting city; "" if there is none.
    """

    valid: frozenset[str]
    by_name: Mapping[str, tuple[str, ...]]
    by_parts: Mapping[str, tuple[str, ...]]
    area: str = ""

    def find_codes(self, text: str) -> tuple[str, ...]:
        """Returns the codes that the text may stand for: none, one, or several that have the same name."""
        key = name_key(text)
        found = self.by_name.get(key) or self.by_parts.get(_SIGNS.sub("", key), ())
        own = tuple(code for code in found if self.area and code.startswith(self.area))
        return own if len(found) > 1 and len(own) == 1 else found

    def replace_label(self, text: str) -> str:
        """Returns the one code that the text names; any other text is unchanged."""
        found = () if text in self.valid else self.find_codes(text)
        return found[0] if len(found) == 1 else text


def name_key(text: str) -> str:
    """Returns the comparison key of a name: NFKC, without blanks, case-folded."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def build_code_labels(field: Field, codelist: CodeList, area: str = "") -> CodeLabels:
    """Returns the names of the codes that the field may hold; `area`: the division code of the submitting city."""
    labels = _read_labels(SameObject(field), SameObject(codelist))
    return replace(labels, area=area[:_PREFECTURE_DIGITS]) if codelist.name == _DIVISIONS else labels


@lru_cache(maxsize=_FIELDS_KEPT)
def _read_labels(of_field: SameObject[Field], of_list: SameObject[CodeList]) -> CodeLabels:
    """Returns the names of the codes that the field may hold, without an area."""
    known = {code.code: code for code in of_list.it.codes}
    by_name: dict[str, dict[str, None]] = {}
    by_parts: dict[str, dict[str, None]] = {}
    for code in codes_for(of_field.it, of_list.it):
        for name in (code.code, code.zh, code.en):
            by_name.setdefault(name_key(name), {})[code.code] = None
        for name in _joined_names(code, known):
            by_parts.setdefault(_SIGNS.sub("", name_key(name)), {})[code.code] = None
    return CodeLabels(
        valid=frozenset(known),
        by_name={name: tuple(codes) for name, codes in by_name.items()},
        by_parts={name: tuple(codes) for name, codes in by_parts.items() if name},
    )


def distinct_labels(codes: Sequence[Code], codelist: CodeList) -> tuple[str, ...]:
    """Returns one label for each of the codes, all different: the Chinese name, with the name above or the code where needed."""
    known = {code.code: code for code in codelist.codes}
    plain = [code.zh for code in codes]
    longer = ["".join([*_names_above(code, known)[-1:], code.zh]) for code in codes]
    coded = [f"{code.code} {code.zh}" for code in codes]
    return tuple(
        next(names[at] for names in (plain, longer, coded) if names is coded or _is_single(names[at], names))
        for at in range(len(codes))
    )


def _is_single(name: str, names: Sequence[str]) -> bool:
    return sum(name_key(name) == name_key(other) for other in names) == 1


def _joined_names(code: Code, known: Mapping[str, Code]) -> Iterator[str]:
    above = _names_above(code, known)
    for name in (code.zh, code.en, code.zh + code.en):
        yield name
        yield code.code + name
        yield name + code.code
    for count in range(1, len(above) + 1):
        yield "".join([*above[-count:], code.zh])
        yield "".join([*above[-count:], code.zh, code.code])
        yield "".join([code.code, *above[-count:], code.zh])


def _names_above(code: Code, known: Mapping[str, Code]) -> list[str]:
    """Returns the Chinese names above a code, the highest first."""
    names: list[str] = []
    while code.parent and (above := known.get(code.parent)) and len(names) < len(known):
        code = above
        names.insert(0, code.zh)
    return names
