"""Reader of JSON: a list of flat objects, one row per object, at the top level, under `data`, or the only such list of the envelope around it.

JSON must be UTF-8. A nested value is kept as JSON text, and is a finding in a field that holds one value. Not here: rows of GeoJSON (`features`), which is only parsed
here.

Source: RFC 8259 (encoding, §8.1; names within an object are unique, §4).
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.read.defects import nested_value
from pipelines.read.delimited.encoding import other_json_error
from pipelines.read.delimited.padding import describe_padding, open_content
from pipelines.read.marked_cells import MarkedCells, mark_cells
from pipelines.read.reading import COLUMNS, JSON_BYTES, JSON_CONTAINERS, Reading, refuse_file
from pipelines.read.records.features import feature_rows, is_features
from pipelines.read.records.paging import find_missing_pages
from pipelines.read.tables.gathered_rows import Record
from pipelines.read.tables.header import Header, no_rows_error, parse_header, require_header
from pipelines.read.tables.tabulate import tabulate_records
from quality.findings import masked_excerpt
from schemas.contract import Contract
from schemas.errors import UnreadableFile
from schemas.text import Text

_NESTED_TYPES = frozenset({"object", "array", "list", "geojson", "geopoint", "any"})
"""Types of Table Schema whose values may be objects or lists in JSON."""


class _RepeatedKey(ValueError):
    """An object has the same key twice; the argument is that key."""


def read_json(path: Path, contract: Contract | None) -> Reading:
    """Reads the objects of a JSON or GeoJSON file, one per row; the first object is row 2, as if row 1 were a header.

    Labels are all keys in the order of their first occurrence; a key that an object lacks is an empty cell. A file that
    announces more rows than it holds is a finding (`fewer-rows`), and so is an object or a list in a field that holds one value
    (`nested-value`).

    Raises UnreadableFile: too-large, encoding, corrupt (invalid JSON, nested too deep, a key twice), not-a-table (not a
    list of objects), many-tables (two lists of such objects), no-header, no-rows, long-cell.
    """
    document = _parse_document(path)
    features = is_features(document)
    if features:
        objects, decisions = feature_rows(path, document, contract)
    else:
        objects, decisions = _find_objects(path, document)
    keys = _collect_keys(path, objects)
    header = parse_header(keys, contract)
    if not keys:
        raise no_rows_error(path.name, header)
    records = _cell_rows(objects, keys)
    require_header(header, path.name, contract)
    try:
        reading = tabulate_records(path.name, header, records, kind="geojson" if features else "json", encoding="utf-8")
    except UnicodeEncodeError as wrong:
        raise refuse_file(
            "encoding",
            f"“{path.name}”含有不成对的 \\u 代理字符，不是文字；请用 UTF-8 重新导出",
            f"“{path.name}” holds lone surrogates (\\ud800…), which are no text; export it again in UTF-8",
        ) from wrong
    reading = reading.with_marked(_mark_nested(objects, reading, header, contract))
    return reading.with_decisions((*describe_padding(path), *decisions)).with_findings(
        find_missing_pages(document, len(objects))
    )


def _parse_document(path: Path) -> Any:  # noqa: ANN401 - any JSON value; callers check its type before use
    if (size := path.stat().st_size) > JSON_BYTES:
        raise refuse_file(
            "too-large",
            f"“{path.name}”有 {size >> 20} MB，超过 JSON 文件的上限 {JSON_BYTES >> 20} MB；请改用 CSV 报送",
            f"“{path.name}” has {size >> 20} MB, above the limit for JSON of {JSON_BYTES >> 20} MB; send CSV",
        )
    try:
        with open_content(path) as file:
            text = file.read().decode("utf-8-sig")
        if (containers := text.count("{") + text.count("[")) > JSON_CONTAINERS:
            raise refuse_file(
                "too-large",
                f"“{path.name}”有 {containers} 个对象和列表，超过上限 {JSON_CONTAINERS}；请按年或按市拆成几个文件，或改用 CSV 报送",
                f"“{path.name}” has {containers} objects and lists, above the limit of {JSON_CONTAINERS}; split it by year or by city, or send CSV",
            )
        return json.loads(text, object_pairs_hook=_build_object, parse_constant=str)
    except UnicodeDecodeError as wrong:
        raise other_json_error(path, wrong.start) from wrong
    except json.JSONDecodeError as wrong:
        zh, en = f"第 {wrong.lineno} 行第 {wrong.colno} 个字符", f"line {wrong.lineno}, character {wrong.colno}"
        if wrong.msg == "Extra data":
            raise _several_values_error(path, zh, en) from wrong
        raise _invalid_json_error(path, zh, en) from wrong
    except _RepeatedKey as wrong:
        raise _invalid_json_error(path, f"同一对象中有两个“{wrong}”", f"one object has “{wrong}” twice") from wrong
    except ValueError as wrong:
        raise _invalid_json_error(path, "数字过长", "a number is too long") from wrong
    except RecursionError as wrong:
        raise _invalid_json_error(path, "嵌套过深", "it is nested too deep") from wrong


def _build_object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) < len(pairs):
        seen: set[str] = set()
        raise _RepeatedKey(next(key for key, _ in pairs if key in seen or seen.add(key))[:40])  # type: ignore[func-returns-value]
    return built


def _invalid_json_error(path: Path, zh: str, en: str) -> UnreadableFile:
    return refuse_file(
        "corrupt",
        f"“{path.name}”不是完整的 JSON（{zh}）；请重新导出，或改用 XLSX、CSV 报送",
        f"“{path.name}” is no complete JSON ({en}); export it again, or send XLSX or CSV",
    )


def _several_values_error(path: Path, zh: str, en: str) -> UnreadableFile:
    return refuse_file(
        "corrupt",
        f"“{path.name}”在第一个 JSON 值之后还有内容（{zh}）；如是一行一个对象（JSON Lines），请合为一个列表 [{{…}}, {{…}}]，或改用 XLSX、CSV 报送",
        f"“{path.name}” goes on after its first JSON value ({en}); if it has one object a line (JSON Lines), make one list [{{…}}, {{…}}] of them, or send XLSX or CSV",
    )


def _find_objects(path: Path, document: object) -> tuple[Sequence[Mapping[str, Any]], tuple[Text, ...]]:
    """Returns the objects of the rows, and the decision which list of an envelope they are from, unless that is `data`."""
    if not isinstance(document, dict):
        return _require_objects(path, document, document), ()
    lists = dict(_list_lists(document))
    found = [place for place, value in lists.items() if value and _are_objects(value)]
    if len(found) > 1 and ("data",) not in lists:
        raise _several_lists_error(path, found)
    place = ("data",) if ("data",) in lists or not found else found[0]
    rows = _require_objects(path, lists.pop(place, None), document)
    if place != ("data",) and _has_most_keys(document, set().union(*rows)):
        raise _no_list_error(path)  # the document is a row itself, and the list belongs to it
    _refuse_other_rows(path, place, rows, lists)
    if place == ("data",):
        return rows, ()
    place_name = _say_place(place)
    return rows, (
        Text(zh=f"各行取自“{place_name}”下的列表", en=f"the rows are those of the list under “{place_name}”"),
    )


def _list_lists(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Yields the lists of the document and of the objects directly in it, each after the names that lead to it."""
    for name, value in document.items():
        if isinstance(value, list):
            yield (name,), value
        elif isinstance(value, dict):
            yield from (((name, inner), one) for inner, one in value.items() if isinstance(one, list))


def _say_place(place: Sequence[str]) -> str | None:
    return masked_excerpt(".".join(place), 40)


def _are_objects(rows: object) -> TypeGuard[list[Mapping[str, Any]]]:
    return isinstance(rows, list) and all(isinstance(row, dict) for row in rows)


def _require_objects(path: Path, rows: object, document: object) -> Sequence[Mapping[str, Any]]:
    if _are_objects(rows):
        return rows
    parts = document.values() if isinstance(document, dict) else ()
    raise (_other_table_error if any(map(_is_other_table, (document, *parts))) else _no_list_error)(path)


def _is_other_table(value: object) -> bool:
    """Whether a value is a table, but no list of objects: its columns or its numbered rows as objects, or lists of cells."""
    if isinstance(value, dict):
        parts = list(value.values())
        return len(parts) > 1 and all(isinstance(one, dict) and one.keys() == parts[0].keys() for one in parts)
    return isinstance(value, list) and bool(value) and all(isinstance(one, list) for one in value)


def _other_table_error(path: Path) -> UnreadableFile:
    return refuse_file(
        "not-a-table",
        f"“{path.name}”中的表不是一行一个对象，而是按列、按行号或只按单元格写的（如 pandas 的 to_json() 默认格式）；应为 [{{…}}, {{…}}]，"
        'pandas 请用 to_json(…, orient="records", date_format="iso", force_ascii=False)，或改用 XLSX、CSV 报送',
        f"“{path.name}” holds a table by columns, by row numbers or as bare cells, as pandas writes it by default, and not one object a row; it must be [{{…}}, {{…}}]: "
        'with pandas use to_json(…, orient="records", date_format="iso", force_ascii=False), or send XLSX or CSV',
    )


def _no_list_error(path: Path) -> UnreadableFile:
    return refuse_file(
        "not-a-table",
        f'“{path.name}”不是对象列表；应为 [{{…}}, {{…}}] 或 {{"data": [{{…}}]}}，一个对象一行',
        f'“{path.name}” is no list of objects; it must be [{{…}}, {{…}}] or {{"data": [{{…}}]}}, one object a row',
    )


def _several_lists_error(path: Path, found: Sequence[Sequence[str]]) -> UnreadableFile:
    one, other = _say_place(found[0]), _say_place(found[1])
    return refuse_file(
        "many-tables",
        f"“{path.name}”中有 {len(found)} 个对象列表（“{one}”、“{other}”{'等' if found[2:] else ''}）；一个文件报送一张表，请只留它的列表，或把它的各部分合并为一个列表",
        f"“{path.name}” has {len(found)} lists of objects (“{one}”, “{other}”{' …' if found[2:] else ''}); a file is one table: keep its list alone, or put its parts into one",
    )


def _has_most_keys(names: Collection[str], keys: set[str]) -> bool:
    """Whether at least half of the keys of the rows are among the names."""
    return bool(keys) and 2 * len(keys.intersection(names)) >= len(keys)


def _refuse_other_rows(
    path: Path,
    chosen: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    lists: Mapping[tuple[str, ...], list[Any]],
) -> None:
    """Refuses a document in which another list holds objects with at least half of the keys of the rows: they would be lost."""
    keys = set().union(*rows) if lists else set()
    for place, value in lists.items():
        others = [one for one in value if isinstance(one, dict)]
        if _has_most_keys(set().union(*others), keys):
            chosen_place, other_place = _say_place(chosen), _say_place(place)
            raise refuse_file(
                "many-tables",
                f"“{path.name}”中除“{chosen_place}”（{len(rows)} 个对象）外，“{other_place}”下还有 {len(others)} 个对象；请合并到一个列表",
                f"beside the {len(rows)} objects under “{chosen_place}”, “{path.name}” has {len(others)} under “{other_place}”; put them into one list",
            )


def _collect_keys(path: Path, objects: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    keys: dict[str, None] = {}
    for row in objects:
        keys.update(dict.fromkeys(row))
        if len(keys) > COLUMNS:
            raise refuse_file(
                "too-large",
                f"“{path.name}”中的对象共有 {COLUMNS} 个以上不同的键；请只保留模板中的字段",
                f"the objects of “{path.name}” have more than {COLUMNS} different keys; keep those of the template",
            )
    return tuple(keys)


def _cell_rows(objects: Iterable[Mapping[str, Any]], keys: Sequence[str]) -> Iterator[tuple[int, Record]]:
    for number, row in enumerate(objects, start=2):
        yield number, [cell_text(row.get(key)) for key in keys]


def _mark_nested(
    objects: Iterable[Mapping[str, Any]], reading: Reading, header: Header, contract: Contract | None
) -> Iterator[MarkedCells]:
    """Yields the cells of each field of one value that hold an object or a list."""
    nested: dict[str, list[int]] = {}
    for number, row in enumerate(objects, start=2):
        for key, value in row.items():
            if isinstance(value, dict | list):
                nested.setdefault(key, []).append(number)
    fields = dict(zip(header.labels, header.fields, strict=True))
    for key, numbers in nested.items():
        name = fields[key]
        if contract is None or name is None or contract.get_field(name).type in _NESTED_TYPES:
            continue
        marked = pc.is_in(pa.chunked_array([reading.rows]), value_set=pa.array(numbers, pa.int64()))
        column = reading.table.column(reading.labels.index(key))
        yield mark_cells("nested-value", name, column, reading.rows, marked, nested_value)


def cell_text(value: object) -> str:
    """Returns a JSON value as a cell: "" for null, a string unchanged, anything else as JSON text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
