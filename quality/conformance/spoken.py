"""What the sentences of the judge of cells may say about a table's fields: their titles, units and examples.

Here: one small value for a field, made from a contract or from a plain frictionless schema. Not here: the sentences.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from frictionless import Field as PlainField

from quality.conformance.wording import EXAMPLES
from schemas.text import Text

if TYPE_CHECKING:  # reading contracts costs a plain descriptor a tenth of its time
    from schemas.contract import Contract

_MOMENT = datetime(2026, 11, 25, 9, 30)  # noqa: DTZ001 - an example on paper, in no time zone
_STRPTIME = re.compile(r"^(?:%[A-Za-z%]|[\w\s/:.,-])+$")


@dataclass(frozen=True)
class Spoken:
    """One field as people know it."""

    name: str
    title: Text
    type: str = "any"
    format: str = "default"
    unit: str | None = None
    sample: str | None = None
    allowed: tuple[str, ...] = ()
    described: Text | None = None
    coded: bool = False
    """Whether its cells are codes of a list."""

    @property
    def example(self) -> str | None:
        """A good cell: the one that the contract gives, or one of the type; None if neither is known."""
        if self.sample:
            return self.sample
        if self.type in {"date", "datetime", "time"} and self.format not in {"default", "any"}:
            return _MOMENT.strftime(self.format) if _STRPTIME.match(self.format) else self.format
        return EXAMPLES.get(self.type)


@dataclass(frozen=True)
class SpokenTable:
    """The fields of a table and its key."""

    fields: Mapping[str, Spoken]
    key: Sequence[str]

    def spoken(self, name: str) -> Spoken:
        """The field of that name; a column that no schema knows is called by its label."""
        return self.fields.get(name) or Spoken(name=name, title=Text(zh=name, en=name))

    def title(self, names: Sequence[str]) -> Text:
        """The titles of several fields, joined as each language does."""
        titles = [self.spoken(name).title for name in names]
        return Text(zh="、".join(t.zh for t in titles), en=", ".join(t.en for t in titles))


def of_contract(contract: "Contract") -> SpokenTable:
    """The table of a contract."""
    fields = {
        f.name: Spoken(
            name=f.name,
            title=f.label,
            type=f.type,
            format=f.format,
            unit=f.policy.unit,
            sample=f.policy.example,
            allowed=_allowed(f.constraints),
            described=Text(zh=f.description, en=f.policy.description_en),
            coded=f.policy.codelist is not None,
        )
        for f in contract.fields
    }
    return SpokenTable(fields=fields, key=contract.primary_key)


def of_schema(fields: Sequence[PlainField], key: Sequence[str]) -> SpokenTable:
    """The table of a plain descriptor."""
    spoken = {
        f.name: Spoken(
            name=f.name,
            title=Text(zh=f.title or f.name, en=f.title or f.name),
            type=f.type,
            format=f.format,
            sample=None if f.example is None else str(f.example),
            allowed=_allowed(f.constraints),
            described=Text(zh=f.description, en=f.description) if f.description else None,
        )
        for f in fields
    }
    return SpokenTable(fields=spoken, key=key)


def _allowed(constraints: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in constraints.get("enum", ()))
