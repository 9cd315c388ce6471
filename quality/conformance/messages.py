"""From a cell error to a finding: which message is used, and the values of its placeholders.

The finding's type, row and field are those of the cell error. A field's title, unit and example come from a contract or from a
plain frictionless schema. Not here: the texts (`message_texts.py`), cell errors (`cell_error.py`), and deciding whether
anything is wrong: frictionless does.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from quality.conformance.cell_error import CellError
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
    MessageTemplate,
)
from quality.findings import Finding, FindingKind, masked_excerpt
from schemas.text import Text

if TYPE_CHECKING:  # importing contracts takes a tenth of the time of a plain descriptor
    from frictionless import Field as PlainField

    from schemas.contract import Contract

_MOMENT = datetime(2026, 11, 25, 9, 30)  # noqa: DTZ001 - an example in a message, without time zone
_STRPTIME = re.compile(r"^(?:%[A-Za-z%]|[\w\s/:.,-])+$")


@dataclass(frozen=True)
class FieldLabel:
    """One field as messages name it."""

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
        """Returns a valid cell: the contract's example, or one of the type; None if neither is known."""
        if self.sample:
            return self.sample
        if self.type in {"date", "datetime", "time"} and self.format not in {"default", "any"}:
            return _MOMENT.strftime(self.format) if _STRPTIME.match(self.format) else self.format
        return EXAMPLES.get(f"{self.type}/{self.format}") or EXAMPLES.get(self.type)


@dataclass(frozen=True)
class TableLabels:
    """The fields of a table and its key, as messages name them."""

    fields: Mapping[str, FieldLabel]
    key: Sequence[str]

    def field_label(self, name: str) -> FieldLabel:
        """Returns the field of that name; a column that no schema knows is named by its label."""
        return self.fields.get(name) or FieldLabel(name=name, title=Text(zh=name, en=name))

    def join_labels(self, names: Sequence[str]) -> Text:
        """Returns the titles of several fields, joined as each language does."""
        titles = [self.field_label(name).title for name in names]
        if len(titles) == 1:
            return titles[0]
        return Text(zh="、".join(t.zh for t in titles), en=", ".join(t.en for t in titles))


def labels_from_contract(contract: "Contract") -> TableLabels:
    """Returns the labels of a contract's table."""
    fields = {
        f.name: FieldLabel(
            name=f.name,
            title=f.label,
            type=f.type,
            format=f.format,
            unit=f.policy.unit,
            sample=f.policy.example,
            allowed=_allowed_values(f.constraints),
            described=Text(zh=f.description, en=f.policy.description_en),
            coded=f.policy.codelist is not None,
        )
        for f in contract.fields
    }
    return TableLabels(fields=fields, key=contract.primary_key)


def labels_from_schema(fields: Sequence["PlainField"], key: Sequence[str]) -> TableLabels:
    """Returns the labels of a plain descriptor's table."""
    spoken = {
        f.name: FieldLabel(
            name=f.name,
            title=Text(zh=f.title or f.name, en=f.title or f.name),
            type=f.type,
            format=f.format,
            sample=None if f.example is None else str(f.example),
            allowed=_allowed_values(f.constraints),
            described=Text(zh=f.description, en=f.description) if f.description else None,
        )
        for f in fields
    }
    return TableLabels(fields=spoken, key=key)


def _allowed_values(constraints: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in constraints.get("enum", ()))


QUOTE_LIMIT = 40
"""Characters of a cell that a message repeats."""
DESCRIPTION_LIMIT = 100
"""Characters of a field's description that a message repeats."""
ALLOWED_VALUES_LIMIT = 20
"""Allowed values that a message names before it says that there are more."""
MESSAGES_KEPT_LIMIT = 10_000
"""Messages that are cached: the same error often occurs in many rows."""

_FINDING_FIELDS = {"judge", "type", "severity", "row", "line", "field", "value", "message", "mend"}
"""Attributes that every finding of this check sets."""
_CONSTRAINT = re.compile(r'constraint "(\w+)" is "(.*)"$', re.DOTALL)

Values = Mapping[str, str | Text]


class Messages:
    """Findings about one table."""

    def __init__(self, table: TableLabels) -> None:
        self._table = table
        self._known: dict[CellError, Finding] = {}
        self._excerpt = lru_cache(MESSAGES_KEPT_LIMIT)(masked_excerpt)

    def describe_error(self, fault: CellError) -> Finding:
        """Returns the finding for a cell error, without row and line."""
        finding = self._known.get(fault)
        if finding is None:
            if len(self._known) >= MESSAGES_KEPT_LIMIT:
                self._known.clear()
            value = self._excerpt(fault.value)
            template = _choose_template(fault, self._table, value)
            finding = self._known[fault] = Finding(
                judge="cell",
                type=fault.type,
                severity="error",
                field=fault.field,
                value=value,
                message=template.message,
                mend=template.mend,
            )
        return finding

    def make_finding(self, fault: CellError, row: int | None = None, line: int | None = None) -> Finding:
        """Returns the finding for a cell error; no row: header or file. `line`: where the row begins."""
        return place_finding(self.describe_error(fault), row, line)


def read_error_kind(fault: CellError) -> FindingKind:
    """Returns the kind of the findings that are made of an error."""
    return FindingKind("cell", fault.type, "error", fault.field)


def place_finding(finding: Finding, row: int | None, line: int | None) -> Finding:
    """Returns the finding in that row, which begins on that line.

    Does the same as `model_copy` in a quarter of the time, and lets all findings share one set of field names, which would otherwise take
    most of the memory of a million findings.
    """
    placed = Finding.__new__(Finding)
    object.__setattr__(placed, "__dict__", finding.__dict__ | {"row": row, "line": line})
    object.__setattr__(placed, "__pydantic_fields_set__", _FINDING_FIELDS)
    object.__setattr__(placed, "__pydantic_extra__", None)
    object.__setattr__(placed, "__pydantic_private__", None)
    return placed


def _choose_template(fault: CellError, table: TableLabels, value: str | None) -> MessageTemplate:
    if max(len(fault.value or ""), len(value or "")) > QUOTE_LIMIT:
        value = masked_excerpt(fault.value, QUOTE_LIMIT)
    values: dict[str, str | Text] = {"value": value or ""}
    if fault.type == "type-error":
        return _type_template(table.field_label(fault.field or ""), values)
    if fault.type == "constraint-error":
        return _constraint_template(table.field_label(fault.field or ""), fault.note, values)
    if fault.type in ROWS:
        return _row_template(fault, table, values)
    if fault.type in LABELS:
        at = {"label": fault.value or "", "position": str(fault.position + 1), "name": fault.field or ""}
        return _fill_template(LABELS[fault.type], values | at)
    return _fill_template(FILES.get(fault.type, OTHER), {**values, "note": masked_excerpt(fault.note) or ""})


def _type_template(field: FieldLabel, values: Values) -> MessageTemplate:
    kind = TYPES.get(field.type) or TYPES.get(f"{field.type}/{field.format}", OTHER_TYPE)
    template = MessageTemplate(
        Text(zh="{title}“{value}”" + kind.message.zh, en='{title} "{value}" ' + kind.message.en),
        _add_example(kind.mend, field),
    )
    return _fill_template(template, {**values, "title": field.title})


def _constraint_template(field: FieldLabel, note: str, values: Values) -> MessageTemplate:
    found = _CONSTRAINT.search(note)
    name, limit = (found[1], found[2]) if found else ("", "")
    limit_text: str | Text = limit
    if name == "enum" and field.allowed:
        first, more = field.allowed[:ALLOWED_VALUES_LIMIT], len(field.allowed) > ALLOWED_VALUES_LIMIT
        limit_text = Text(zh="、".join(first) + ("……" if more else ""), en=", ".join(first) + (" …" if more else ""))
    elif name.endswith("imum") and field.unit:
        limit_text = f"{limit} {field.unit}"
    saying = CONSTRAINTS.get(name)
    if saying is None:
        return _fill_template(OTHER_CONSTRAINT, {**values, "title": field.title, "note": masked_excerpt(note) or ""})
    if name == "pattern":
        saying = MessageTemplate(saying.message, _explain_pattern(saying.mend, field))
    if name in {"required", "pattern"}:
        saying = MessageTemplate(saying.message, _add_example(saying.mend, field))
    return _fill_template(saying, {**values, "title": field.title, "limit": limit_text})


def _row_template(fault: CellError, table: TableLabels, values: Values) -> MessageTemplate:
    kind = fault.type
    names: tuple[str, ...] = (fault.field or "",)
    other = fault.reference if fault.earlier is None else str(fault.earlier)
    if kind == "primary-key":
        names = tuple(table.key)
        kind = kind if fault.earlier is not None else "empty-key"
    elif kind == "foreign-key":
        names = fault.fields
    return _fill_template(ROWS[kind], {**values, "title": table.join_labels(names), "other": other})


def _add_example(mend: Text, field: FieldLabel) -> Text:
    """Returns the correction with unit and example, escaped so that it can be filled in like any other text."""
    zh, en = mend.zh, mend.en
    if field.unit:
        zh, en = f"{zh}，单位：{_escape_braces(field.unit)}", f"{en}; unit: {_escape_braces(field.unit)}"
    if field.example:
        zh, en = f"{zh}，例如 {_escape_braces(field.example)}", f"{en}; for example {_escape_braces(field.example)}"
    return Text(zh=zh, en=en)


def _explain_pattern(mend: Text, field: FieldLabel) -> Text:
    """Explains a pattern by its field's description, which says what is meant, or by the list that has the codes.

    A cell may be a code of the list and still be refused: a facility lies in a county, not in a city.
    """
    zh, en = mend.zh, mend.en
    if field.described:
        explanations = [
            _escape_braces(masked_excerpt(text, DESCRIPTION_LIMIT) or "")
            for text in (field.described.zh, field.described.en)
        ]
        zh, en = f"{zh}（{explanations[0]}）", f"{en} ({explanations[1]})"
    if field.coded:
        zh, en = f"{zh}，{CODED.zh}", f"{en}; {CODED.en}"
    return Text(zh=zh, en=en)


def _escape_braces(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _fill_template(saying: MessageTemplate, values: Values) -> MessageTemplate:
    zh = {key: value.zh if isinstance(value, Text) else value for key, value in values.items()}
    en = {key: value.en if isinstance(value, Text) else value for key, value in values.items()}
    return MessageTemplate(*(Text(zh=text.zh.format(**zh), en=text.en.format(**en)) for text in saying))
