"""The kinds of value in a mapping from rows of tables to a nested JSON document.

A text is a template whose `{placeholders}` are columns; it is left out where one of them is empty. A list or mapping is built
part by part; parts without a value are left out, and so is what then is empty. A mapping with one of these as its first key is a
value of its own:

    {number: column}                 the number in a column
    {date: column}                   a day as date-time of RFC 3339, at its beginning in China
    {time: column}                   a time of day as hours and minutes; 24:00 is 23:59, because 00:00 would be another day
    {url: column}                    an address of the web; anything else in the column is left out
    {urn: [kind, column]}            the permanent id of the thing of that kind with this key, the same in every catalogue
    {money: column}                  an amount in yuan
    {code: column, is: {ours: theirs}}      what a code of ours is called there; null: it has no name there
    {joined: [values], with: text}   the texts of all values in one, with that text between them
    {when: {column: [values]}, filled: [columns], then: value}      a value for some rows only; either condition may be left out
    {rows: table, match: {its column: column}, where: {its column: [values]}, distinct: its column, item: value}
                                     one item for each row that matches; columns of the row hide those of the row outside
    {merged: [values], required: key}       a list: the items of all values; those with the same `id` become one, whose lists are
                                     united; items without the key `required` (`id` if not stated) are left out
    {first: value}                   the first item of a list

Every cell is the text of a released CSV file; a column that a release does not have is empty. Not here: reading tables, checking the document. flatten-tool also nests tables, but
translates no codes and joins no tables, so the tables would have to be written a second time for it.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from catalog.entry import stable_id

Row = Mapping[str, str]
Tables = Mapping[str, Sequence[Row]]
CURRENCY = "CNY"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"\\^`{|}]+")


@dataclass(frozen=True)
class RowMapping:
    """Makes values for rows; `tables` are the rows by name of the table. A table that is not there has no rows.

    Rows are found by an index for each table and columns to match, which is built when it is first needed.
    """

    tables: Tables
    _indexes: dict[tuple[str, ...], dict[tuple[str, ...], list[Row]]] = field(default_factory=dict, repr=False)

    def make_value(self, stated: Any, row: Row) -> Any:  # noqa: ANN401 - a value of the mapping in, a part of JSON out
        """The value for this row; None where it has none. KeyError: the mapping does not know the code in a cell."""
        if isinstance(stated, str):
            return _fill_text(stated, row)
        if isinstance(stated, Mapping):
            kind = KINDS.get(next(iter(stated)))
            return kind(self, stated, row) if kind else self._make_object(stated, row)
        if isinstance(stated, list):
            return [made for one in stated if (made := self.make_value(one, row)) is not None] or None
        return stated

    def find_rows(self, table: str, match: Mapping[str, str], row: Row) -> Sequence[Row]:
        """The rows of the table whose columns equal those of `row`; none where one of them is empty. In the order of the table."""
        key = tuple(row.get(ours, "") for ours in match.values())
        columns = (table, *match)
        if columns not in self._indexes:
            index: dict[tuple[str, ...], list[Row]] = {}
            for one in self.tables.get(table, ()):
                index.setdefault(tuple(one.get(theirs, "") for theirs in match), []).append(one)
            self._indexes[columns] = index
        return self._indexes[columns].get(key, ()) if all(key) else ()

    def _make_object(self, stated: Mapping[str, Any], row: Row) -> dict[str, Any] | None:
        made = {key: self.make_value(value, row) for key, value in stated.items()}
        return {key: value for key, value in made.items() if value is not None} or None


def select_rows(rows: Iterator[Row] | Sequence[Row], stated: Mapping[str, Any]) -> Iterator[Row]:
    """The rows that fulfil `where`; of rows with the same value in the column `distinct` only the first."""
    seen = set()
    for one in rows:
        if not _has_values(one, stated.get("where", {})):
            continue
        mark = one.get(stated.get("distinct", ""))
        if mark is None or mark not in seen:
            yield one
        if mark is not None:
            seen.add(mark)


def _make_items(mapping: RowMapping, stated: Mapping[str, Any], row: Row) -> list[Any] | None:
    rows = select_rows(mapping.find_rows(stated["rows"], stated["match"], row), stated)
    made = (mapping.make_value(stated["item"], {**row, **one}) for one in rows)
    return [item for item in made if item is not None] or None


def _merge_items(mapping: RowMapping, stated: Mapping[str, Any], row: Row) -> list[Any] | None:
    parts = [mapping.make_value(one, row) for one in stated["merged"]]
    merged: dict[str, Any] = {}
    for item in chain.from_iterable(part if isinstance(part, list) else [part] for part in parts if part is not None):
        if isinstance(item, dict) and stated.get("required", "id") not in item:
            continue
        if not isinstance(item, dict) or "id" not in item:
            merged.setdefault(json.dumps(item), item)
        else:
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


def _make_time(_: RowMapping, stated: Mapping[str, Any], row: Row) -> str | None:
    cell = (row.get(stated["time"]) or "")[:5]
    return "23:59" if cell == "24:00" else cell or None


def _make_url(_: RowMapping, stated: Mapping[str, Any], row: Row) -> str | None:
    cell = row.get(stated["url"]) or ""
    return cell if _WEB_ADDRESS.fullmatch(cell) else None


def _make_urn(_: RowMapping, stated: Mapping[str, Any], row: Row) -> str | None:
    kind, column = stated["urn"]
    cell = row.get(column)
    return f"urn:uuid:{stable_id(kind, cell)}" if cell else None


def _join_texts(mapping: RowMapping, stated: Mapping[str, Any], row: Row) -> str | None:
    texts: list[str] = mapping.make_value(stated["joined"], row) or []
    return str(stated["with"]).join(texts) or None


def _make_for_some(mapping: RowMapping, stated: Mapping[str, Any], row: Row) -> Any:  # noqa: ANN401
    meant = _has_values(row, stated.get("when", {})) and all(row.get(name) for name in stated.get("filled", ()))
    return mapping.make_value(stated["then"], row) if meant else None


def _make_money(mapping: RowMapping, stated: Mapping[str, Any], row: Row) -> dict[str, Any] | None:
    amount = _make_number(mapping, {"number": stated["money"]}, row)
    return None if amount is None else {"amount": amount, "currency": CURRENCY}


def _translate_code(_: RowMapping, stated: Mapping[str, Any], row: Row) -> Any:  # noqa: ANN401
    cell = row.get(stated["code"])
    return stated["is"][cell] if cell else None


KINDS: Mapping[str, Callable[[RowMapping, Mapping[str, Any], Row], Any]] = {
    "number": _make_number,
    "date": _make_date,
    "time": _make_time,
    "url": _make_url,
    "urn": _make_urn,
    "joined": _join_texts,
    "when": _make_for_some,
    "filled": _make_for_some,
    "money": _make_money,
    "code": _translate_code,
    "rows": _make_items,
    "merged": _merge_items,
    "first": _make_first,
}


def _fill_text(template: str, row: Row) -> str | None:
    names = _PLACEHOLDER.findall(template)
    return _PLACEHOLDER.sub(lambda found: row[found[1]], template) if all(row.get(name) for name in names) else None


def _has_values(row: Row, where: Mapping[str, Sequence[str]]) -> bool:
    return all(row.get(name, "") in values for name, values in where.items())


def _unite(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """The first of two items with the same id, its lists united with those of the second."""
    lists = {k: [*v, *(x for x in second.get(k, []) if x not in v)] for k, v in first.items() if isinstance(v, list)}
    return {**second, **first, **lists}
