"""Disclosure rules of one contract: fields that are never published, texts that are masked, small counts of persons.

Not here: what is personal data in any contract (`schemas/disclosure.py`); doing it (`warehouse/releases/withholding.py`).
"""

from pydantic import Field

from schemas.frozen_model import FrozenModel
from schemas.text import Text

_STARS = "**"
NEVER_PUBLISHED = Text(zh="不对外公开", en="never published")


class _FieldRule(FrozenModel):
    field: str


class MaskRule(_FieldRule):
    """Only the first `keep` characters of the field's texts are published, followed by two stars: 张** for 1. Whole texts are never published."""

    keep: int = Field(default=1, ge=0, le=20)

    def mask_text(self, text: str | None) -> str | None:
        """Returns the masked text; masking it again changes nothing. None and the empty text stay."""
        if not text or self.is_masked(text):
            return text
        return text[: min(self.keep, len(text) - 1)] + _STARS

    def is_masked(self, text: str) -> bool:
        """Whether the text is one that `mask_text` may return."""
        return text.endswith(_STARS) and len(text) <= self.keep + len(_STARS)


class SmallCellRule(_FieldRule):
    """`field` counts persons; a count from 1 to below `below` is left empty, because so few can be recognised."""

    below: int = Field(default=3, ge=2, le=100)


class Disclosure(FrozenModel):
    """Fields that are never published, texts that go out masked, counts of few persons, and the legal basis for that.

    The lake has the full values; releases, catalogues and the analysts' file do not.
    """

    protected: tuple[str, ...] = ()
    masked: tuple[MaskRule, ...] = ()
    small_cells: tuple[SmallCellRule, ...] = ()
    basis: str | None = None

    @property
    def named_fields(self) -> frozenset[str]:
        """Names of all fields from which something is withheld."""
        return frozenset(self.protected) | {rule.field for rule in (*self.masked, *self.small_cells)}

    def describe_withheld(self, field: str) -> Text | None:
        """Returns which part of a field is not published, for dictionary and guide; None if all of it is published."""
        if field in self.protected:
            return NEVER_PUBLISHED
        for mask in self.masked:
            if mask.field == field and mask.keep:
                return Text(zh=f"只公开前 {mask.keep} 个字，其余以 ** 代替", en=f"only the first {mask.keep} characters are published, the rest is **")  # fmt: skip
            if mask.field == field:
                return Text(zh="内容以 ** 代替，不公开", en="published as ** only")
        for small in self.small_cells:
            if small.field == field:
                return Text(zh=f"1 至 {small.below - 1} 人的不公开，留空", en=f"counts from 1 to {small.below - 1} persons are left empty")  # fmt: skip
        return None
