"""From an error of frictionless to a finding: which sentence is said, and what is filled in.

The finding's type is frictionless's own; row and field are those it reports (`row` in our numbers). Not here: the wording
(`wording.py`), and deciding whether anything is wrong: that is frictionless's.
"""

import re
from collections.abc import Mapping, Sequence

from frictionless import Error

from quality.conformance.spoken import Spoken, SpokenTable
from quality.conformance.wording import (
    CONSTRAINTS,
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

QUOTED = 40
"""Characters of a cell that a sentence repeats."""
LISTED = 20
"""Allowed values that a sentence names before it says that there are more."""

_CONSTRAINT = re.compile(r'constraint "(\w+)" is "(.*)"$', re.DOTALL)
_POSITION = re.compile(r"at position (\d+)$")

Values = Mapping[str, str | Text]


def finding_of(error: Error, table: SpokenTable, cells: Sequence[str | None] = ()) -> Finding:
    """The finding that says what `error` says; `cells` are the texts of its row (none for errors of header and file)."""
    row = getattr(error, "row_number", None)
    value = _value(error, table, cells)
    saying = _saying(error, table, value)
    return Finding(
        judge="cell",
        type=error.type,
        severity="error",
        row=None if row is None else table.number(row),
        field=getattr(error, "field_name", None) or None,
        value=shown(value),
        message=saying.message,
        mend=saying.mend,
    )


def _value(error: Error, table: SpokenTable, cells: Sequence[str | None]) -> str | None:
    """What stands in the file at the place of the error; None if nothing does."""
    if error.type == "primary-key":
        places = [table.order.index(name) for name in table.key]
        return " / ".join((cells[at] or "") if at < len(cells) else "" for at in places)
    if error.type == "foreign-key":
        return " / ".join(error.field_cells)
    if error.type in LABELS:
        return getattr(error, "label", None) or None
    number = getattr(error, "field_number", None)
    return cells[number - 1] if number is not None and number <= len(cells) else None


def _saying(error: Error, table: SpokenTable, value: str | None) -> Saying:
    values: dict[str, str | Text] = {"value": shown(value, QUOTED) or "", "note": shown(error.note) or ""}
    if error.type == "type-error":
        return _of_type(table.spoken(error.field_name), values)
    if error.type == "constraint-error":
        return _of_constraint(table.spoken(error.field_name), error.note, values)
    if error.type in ROWS:
        return _of_row(error, table, values)
    if error.type in LABELS:
        at = {"label": "label", "position": "field_number", "name": "field_name"}
        return _filled(LABELS[error.type], values | {key: str(getattr(error, of, "")) for key, of in at.items()})
    return _filled(FILES.get(error.type, OTHER), values)


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
    if name in {"required", "pattern"}:
        saying = Saying(saying.message, _with_example(saying.mend, field))
    return _filled(saying, {**values, "title": field.title, "limit": told})


def _of_row(error: Error, table: SpokenTable, values: Values) -> Saying:
    other, kind = "", error.type
    if earlier := _POSITION.search(error.note):
        other = str(table.number(int(earlier[1])))
    elif kind == "primary-key":
        kind = "empty-key"
    names = [getattr(error, "field_name", "")]
    if error.type == "primary-key":
        names = list(table.key)
    elif error.type == "foreign-key":
        names, other = error.field_names, error.reference_name
    return _filled(ROWS[kind], {**values, "title": table.title(names), "other": other})


def _with_example(mend: Text, field: Spoken) -> Text:
    """The mend with unit and example, escaped so that it can be filled in like any other sentence."""
    zh, en = mend.zh, mend.en
    if field.unit:
        zh, en = f"{zh}，单位：{_literal(field.unit)}", f"{en}; unit: {_literal(field.unit)}"
    if field.example:
        zh, en = f"{zh}，例如 {_literal(field.example)}", f"{en}; for example {_literal(field.example)}"
    return Text(zh=zh, en=en)


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _filled(saying: Saying, values: Values) -> Saying:
    zh = {key: value.zh if isinstance(value, Text) else value for key, value in values.items()}
    en = {key: value.en if isinstance(value, Text) else value for key, value in values.items()}
    return Saying(*(Text(zh=text.zh.format(**zh), en=text.en.format(**en)) for text in saying))
