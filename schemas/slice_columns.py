"""Slice columns: in a release every row says which department handed it in and for which period, as the lake does. Pure.

Names: `department`, with its name in both languages behind it (`list_department_labels`), and `period`; no contract may have fields of
these names. The platform writes them, nobody hands them in, and they are part of no key. Not here: the slices themselves (`slices.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.contract import SLICE_COLUMNS
from schemas.label_columns import DERIVED_FROM, is_derived, is_label
from schemas.text import Text

_SOURCE = "submission"
"""What the columns are derived from; other derived columns name a field of the contract."""


@dataclass(frozen=True)
class SliceColumn:
    """One slice column. Key: `name`."""

    name: str
    title: Text
    description: Text

    def describe_field(self) -> dict[str, Any]:
        """Returns the field of a release's Table Schema, which says that it is derived from the hand-in."""
        properties = {"title_en": self.title.en, "description_en": self.description.en}
        return {
            "name": self.name,
            "type": "string",
            "title": self.title.zh,
            "description": self.description.zh,
            "sportlake": {**properties, DERIVED_FROM: _SOURCE},
        }


_DEPARTMENT = SliceColumn(
    name=SLICE_COLUMNS[0],
    title=Text(zh="报送单位代码", en="Submitting department"),
    description=Text(
        zh="报送本行的单位代码，由平台写入，不由单位报送",
        en="code of the department that handed the row in, written by the platform; nobody hands it in",
    ),
)
_PERIOD = SliceColumn(
    name=SLICE_COLUMNS[1],
    title=Text(zh="报送期间", en="Period"),
    description=Text(
        zh="本行所属的报送期间：2026、2026-Q3 或 2026-11，由平台写入，不由单位报送",
        en="period for which the row was handed in: 2026, 2026-Q3 or 2026-11, written by the platform; nobody hands it in",
    ),
)
BY_NAME: Mapping[str, SliceColumn] = {one.name: one for one in (_DEPARTMENT, _PERIOD)}
"""The slice columns in their order, by name."""


def is_slice_column(field: Mapping[str, Any]) -> bool:
    """Whether a field of a release's Table Schema is a slice column."""
    return is_derived(field) and not is_label(field)
