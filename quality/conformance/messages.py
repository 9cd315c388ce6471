"""From a fault to a finding: which sentence is said, and what is filled in.

The finding's type, row and field are those of the fault. Not here: the wording (`wording.py`), what a fault is (`faults.py`),
and deciding whether anything is wrong: that is frictionless's.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from frictionless import Field as PlainField

from quality.conformance.cell_error import Fault
from quality.conformance.message_texts import (
    CODED,
    CONSTRAINTS,
    EXAMPLES,
    FILES,
    LABELS,
    OTHER,
    OTHER_CONSTRAINT,
    OTHER_TYPE,
    ROWS,
    TYPES,
    Saying,
)
from quality.findings import Finding, shown
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


QUOTED = 40
"""Characters of a cell that a sentence repeats."""
DESCRIBED = 100
"""Characters of a field's description that a sentence repeats."""
LISTED = 20
"""Allowed values that a sentence names before it says that there are more."""
REMEMBERED = 10_000
"""Sentences that are kept: the same mistake is often made in many rows."""

_SAID = {"judge", "type", "severity", "row", "line", "field", "value", "message", "mend"}
"""What every finding of this judge says."""
_CONSTRAINT = re.compile(r'constraint "(\w+)" is "(.*)"$', re.DOTALL)

Values = Mapping[str, str | Text]


class Messages:
    """Findings about one table."""

    def __init__(self, table: SpokenTable) -> None:
        self._table = table
        self._said: dict[Fault, tuple[str | None, Saying]] = {}

    def finding(self, fault: Fault, row: int | None = None, line: int | None = None) -> Finding:
        """The finding that says what `fault` is; without a row it is about the header or the file. `line`: where the row begins."""
        known = self._said.get(fault)
        if known is None:
            if len(self._said) >= REMEMBERED:
                self._said.clear()
            known = self._said[fault] = shown(fault.value), _saying(fault, self._table)
        value, saying = known
        finding = Finding(
            judge="cell",
            type=fault.type,
            severity="error",
            row=row,
            line=line,
            field=fault.field,
            value=value,
            message=saying.message,
            mend=saying.mend,
        )
        # One set of names for all: a set of its own in each would take most of the memory of a million findings.
        object.__setattr__(finding, "__pydantic_fields_set__", _SAID)
        return finding


def _saying(fault: Fault, table: SpokenTable) -> Saying:
    values: dict[str, str | Text] = {"value": shown(fault.value, QUOTED) or "", "note": shown(fault.note) or ""}
    if fault.type == "type-error":
        return _of_type(table.spoken(fault.field or ""), values)
    if fault.type == "constraint-error":
        return _of_constraint(table.spoken(fault.field or ""), fault.note, values)
    if fault.type in ROWS:
        return _of_row(fault, table, values)
    if fault.type in LABELS:
        at = {"label": fault.value or "", "position": str(fault.position + 1), "name": fault.field or ""}
        return _filled(LABELS[fault.type], values | at)
    return _filled(FILES.get(fault.type, OTHER), values)


def _of_type(field: Spoken, values: Values) -> Saying:
    kind = TYPES.get(field.type) or TYPES.get(f"{field.type}/{field.format}", OTHER_TYPE)
    said = Saying(
        Text(zh="{title}“{value}”" + kind.message.zh, en='{title} "{value}" ' + kind.message.en),
        _with_example(kind.mend, field),
    )
    return _filled(said, {**values, "title": field.title})


def _of_constraint(field: Spoken, note: str, values: Values) -> Saying:
    found = _CONSTRAINT.search(note)
    name, limit = (found[1], found[2]) if found else ("", "")
    told: str | Text = limit
    if name == "enum" and field.allowed:
        first, more = field.allowed[:LISTED], len(field.allowed) > LISTED
        told = Text(zh="、".join(first) + ("……" if more else ""), en=", ".join(first) + (" …" if more else ""))
    elif name.endswith("imum") and field.unit:
        told = f"{limit} {field.unit}"
    saying = CONSTRAINTS.get(name, OTHER_CONSTRAINT)
    if name == "pattern":
        saying = Saying(saying.message, _explained(saying.mend, field))
    if name in {"required", "pattern"}:
        saying = Saying(saying.message, _with_example(saying.mend, field))
    return _filled(saying, {**values, "title": field.title, "limit": told})


def _of_row(fault: Fault, table: SpokenTable, values: Values) -> Saying:
    kind = fault.type
    names: tuple[str, ...] = (fault.field or "",)
    other = fault.reference if fault.earlier is None else str(fault.earlier)
    if kind == "primary-key":
        names = tuple(table.key)
        kind = kind if fault.earlier is not None else "empty-key"
    elif kind == "foreign-key":
        names = fault.fields
    return _filled(ROWS[kind], {**values, "title": table.title(names), "other": other})


def _with_example(mend: Text, field: Spoken) -> Text:
    """The mend with unit and example, escaped so that it can be filled in like any other sentence."""
    zh, en = mend.zh, mend.en
    if field.unit:
        zh, en = f"{zh}，单位：{_literal(field.unit)}", f"{en}; unit: {_literal(field.unit)}"
    if field.example:
        zh, en = f"{zh}，例如 {_literal(field.example)}", f"{en}; for example {_literal(field.example)}"
    return Text(zh=zh, en=en)


def _explained(mend: Text, field: Spoken) -> Text:
    """A pattern says nothing to a person; the description of its field says what is meant, and a list has the codes.

    A cell may be a code of the list and still be refused: a facility lies in a county, not in a city.
    """
    zh, en = mend.zh, mend.en
    if field.described:
        said = [_literal(shown(text, DESCRIBED) or "") for text in (field.described.zh, field.described.en)]
        zh, en = f"{zh}（{said[0]}）", f"{en} ({said[1]})"
    if field.coded:
        zh, en = f"{zh}，{CODED.zh}", f"{en}; {CODED.en}"
    return Text(zh=zh, en=en)


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _filled(saying: Saying, values: Values) -> Saying:
    zh = {key: value.zh if isinstance(value, Text) else value for key, value in values.items()}
    en = {key: value.en if isinstance(value, Text) else value for key, value in values.items()}
    return Saying(*(Text(zh=text.zh.format(**zh), en=text.en.format(**en)) for text in saying))
