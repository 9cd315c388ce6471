"""The kinds of value in a mapping from rows of tables to a nested JSON document.

A text is a template whose `{placeholders}` are columns; it is left out where one of them is empty. A list or mapping is built
part by part; parts without a value are left out, and so is what then is empty. A mapping with one of these as its first key is a
value of its own:

    {number: column}                 the number in a column
    {date: column}                   a day as date-time of RFC 3339, at its beginning in China
    {money: column}                  an amount in yuan
    {code: column, is: {ours: theirs}}      what a code of ours is called there
    {rows: table, match: {its column: column}, where: {its column: [values]}, distinct: its column, item: value}
                                     one item for each row that matches; columns of the row hide those of the row outside
    {merged: [values], required: key}       a list: the items of all values; those with the same `id` become one, whose lists are
                                     united; items without the key `required` are left out
    {first: value}                   the first item of a list

Every cell is the text of a released CSV file; a column that a release does not have is empty. Not here: reading tables, checking the document. flatten-tool also nests tables, but
translates no codes and joins no tables, so the tables would have to be written a second time for it.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

Row = Mapping[str, str]
Tables = Mapping[str, Sequence[Row]]
CURRENCY = "CNY"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class RowMapping:
    """Makes values for rows; `tables` are the rows by name of the table. A table that is not there has no rows."""

    tables: Tables

    def make_value(self, stated: Any, row: Row) -> Any:  # noqa: ANN401 - a value of the mapping in, a part of JSON out
        """The value for this row; None where it has none. KeyError: the mapping does not know the code in a cell."""
        if isinstance(stated, str):
            return _fill_text(stated, row)
        if isinstance(stated, Mapping):
            kind = _KINDS.get(next(iter(stated)))
            return kind(self, stated, row) if kind else self._make_object(stated, row)
        if isinstance(stated, list):
            return [made for one in stated if (made := self.make_value(one, row)) is not None] or None
        return stated

    def _make_object(self, stated: Mapping[str, Any], row: Row) -> dict[str, Any] | None:
        made = {key: self.make_value(value, row) for key, value in stated.items()}
        return {key: value for key, value in made.items() if value is not None} or None


def _make_items(mapping: RowMapping, stated: Mapping[str, Any], row: Row) -> list[Any] | None:
    found, seen = [], set()
    for one in mapping.tables.get(stated["rows"], ()):
        if _matches(one, stated, row):
            mark = one.get(stated.get("distinct", ""))
            if mark is None or mark not in seen:
                found.append(mapping.make_value(stated["item"], {**row, **one}))
            seen.add(mark)
    return [made for made in found if made is not None] or None


def _merge_items(mapping: RowMapping, stated: Mapping[str, Any], row: Row) -> list[Any] | None:
    parts = [mapping.make_value(one, row) for one in stated["merged"]]
    merged: dict[str, Any] = {}
    for item in chain.from_iterable(part if isinstance(part, list) else [part] for part in parts if part is not None):
        if not isinstance(item, dict):
            merged.setdefault(json.dumps(item), item)
        elif stated.get("required", "id") in item:
            merged[item["id"]] = _unite(merged[item["id"]], item) if item["id"] in merged else item
    return list(merged.values()) or None


def _make_first(mapping: RowMapping, stated: Mapping[str, Any], row: Row) -> Any:  # noqa: ANN401
    made = mapping.make_value(stated["first"], row)
    return made[0] if made else None


def _make_number(_: RowMapping, stated: Mapping[str, Any], row: Row) -> float | None:
    cell = row.get(stated["number"])
    return (float(cell) if "." in cell or "e" in cell.lower() else int(cell)) if cell else None


def _make_date(_: RowMapping, stated: Mapping[str, Any], row: Row) -> str | None:
    cell = row.get(stated["date"])
    return f"{cell}T00:00:00+08:00" if cell else None


def _make_money(mapping: RowMapping, stated: Mapping[str, Any], row: Row) -> dict[str, Any] | None:
    amount = _make_number(mapping, {"number": stated["money"]}, row)
    return None if amount is None else {"amount": amount, "currency": CURRENCY}


def _translate_code(_: RowMapping, stated: Mapping[str, Any], row: Row) -> Any:  # noqa: ANN401
    cell = row.get(stated["code"])
    return stated["is"][cell] if cell else None


_KINDS: Mapping[str, Callable[[RowMapping, Mapping[str, Any], Row], Any]] = {
    "number": _make_number,
    "date": _make_date,
    "money": _make_money,
    "code": _translate_code,
    "rows": _make_items,
    "merged": _merge_items,
    "first": _make_first,
}


def _fill_text(template: str, row: Row) -> str | None:
    names = _PLACEHOLDER.findall(template)
    return _PLACEHOLDER.sub(lambda found: row[found[1]], template) if all(row.get(name) for name in names) else None


def _matches(one: Row, stated: Mapping[str, Any], row: Row) -> bool:
    joined = all(one.get(theirs) and one.get(theirs) == row.get(ours) for theirs, ours in stated["match"].items())
    return joined and all(one.get(name, "") in values for name, values in stated.get("where", {}).items())


def _unite(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """The first of two items with the same id, its lists united with those of the second."""
    lists = {k: [*v, *(x for x in second.get(k, []) if x not in v)] for k, v in first.items() if isinstance(v, list)}
    return {**second, **first, **lists}
