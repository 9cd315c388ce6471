"""What a compiler returns: where a rule does not hold, as SQL. The only module that turns names and values into SQL text.

Not here: running it (`judge`), or any rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

SUBMITTED = "submitted"
"""The table of the submission: one row per row, `position` from 0, the contract's columns, NULL instead of empty text."""


@dataclass(frozen=True)
class Violation:
    """The rows of `source` for which `where` is true break the rule at `field`.

    `source` is SUBMITTED or a subquery that also has `position`; `common_tables` are common table expressions (`name AS (…)`) that it
    reads, the same ones in all violations of a rule. The finding's value is that of `displayed_fields` (of `field`, if left out),
    unless `value` is an expression that gives it. `other` is an expression for the position of the row that this one conflicts
    with; a message displays it as `{other_row}`.
    """

    field: str
    where: str
    source: str = SUBMITTED
    displayed_fields: tuple[str, ...] = ()
    value: str = "NULL"
    other: str = "NULL"
    common_tables: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """Returns the fields whose values make up the finding's value."""
        return self.displayed_fields or (self.field,)


def quote_identifier(name: str) -> str:
    """Returns the name as an SQL identifier, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def to_literal(value: str | float | date) -> str:
    """Returns the value as an SQL constant of its own type."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return f"CAST('{value!r}' AS DOUBLE)" if isinstance(value, float) else str(value)


def join_conditions(conditions: Iterable[str]) -> str:
    """Returns the condition that every one of `conditions` holds; TRUE if there is none."""
    return " AND ".join(f"({condition})" for condition in conditions) or "TRUE"


def filled_condition(columns: Iterable[str]) -> str:
    """Returns the condition that none of the columns is empty."""
    return join_conditions(f"{column} IS NOT NULL" for column in columns)
