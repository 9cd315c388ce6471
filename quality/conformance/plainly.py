"""Small CSV files that are clean beyond doubt, told without frictionless: its import takes longer than such a file.

It answers "clean" or "I do not know", never "wrong": the schema must be made of the few parts that are listed here, the file of
nothing that frictionless could read in two ways, and every cell cleared by its predicate. Not here: anything else (`file.py`).
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quality.conformance.buffers import Bools, mask, offsets, strings
from quality.conformance.patterns import re2
from quality.conformance.predicates import COMPARE, Bound, Cleared, Predicate, Texts, Values, bound_of
from quality.conformance.reader import Batch, batch_of

LARGEST = 4 << 20
"""Bytes; in a larger file the start no longer counts."""
SAMPLE = 100
"""Lines from which frictionless guesses the dialect."""
_NAME = re.compile(r"[a-z0-9._-]+")
_SAID = frozenset({"title", "description"})
_OF_TYPE: Mapping[str, frozenset[str]] = {
    "string": frozenset({"minLength", "maxLength", "pattern", "enum"}),
    "integer": frozenset({"minimum", "maximum"}),
    "number": frozenset({"minimum", "maximum"}),
    "date": frozenset(),
    "boolean": frozenset(),
}
_BOOLEANS = ["true", "True", "TRUE", "1", "false", "False", "FALSE", "0"]


class Clean(NamedTuple):
    """What there is to say of a clean file."""

    encoding: str
    rows: int


class _Column(NamedTuple):
    name: str
    type: str
    predicate: Predicate
    required: bool
    key: bool
    """Whether its values must all be there and differ."""


class _Listed(NamedTuple):
    """Texts of a list."""

    known: Sequence[str]

    def clear(self, text: pa.StringArray, missing: Bools | None) -> Cleared:  # noqa: ARG002 - see Predicate
        """See `Predicate`."""
        return Cleared(mask(pc.is_in(text, value_set=strings(self.known))))


def clean(path: Path, descriptor: Mapping[str, Any]) -> Clean | None:
    """The file, if it is surely as the descriptor says; None is a doubt, not a verdict."""
    columns = _columns(descriptor)
    if columns is None or path.suffix.lower() != ".csv" or path.stat().st_size > LARGEST:
        return None
    content = path.read_bytes()
    body = content.removeprefix(b"\xef\xbb\xbf")
    batch = _batch(body, [column.name for column in columns])
    if batch is None or not _all_clear(batch, columns):
        return None
    return Clean("utf-8" if len(body) == len(content) else "utf-8-sig", batch.records)


def _columns(descriptor: Mapping[str, Any]) -> list[_Column] | None:
    schema = _schema(descriptor)
    if schema is None or not set(schema) <= {"fields", "primaryKey", "missingValues"}:
        return None
    fields, key = schema["fields"], schema.get("primaryKey", [])
    key = [key] if isinstance(key, str) else key
    if not isinstance(fields, list) or not isinstance(key, list) or len(key) > 1 or len(fields) < 2:  # noqa: PLR2004
        return None
    columns = [_column(field, key) for field in fields]
    found = [column for column in columns if column is not None]
    names = [column.name for column in found]
    whole = len(found) == len(fields) and len(set(names)) == len(names) and set(key) <= set(names)
    return found if whole and schema.get("missingValues", [""]) == [""] else None


def _schema(descriptor: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The Table Schema of the descriptor, if it is nothing but that or a package whose first resource has it."""
    if "resources" in descriptor:
        resources = descriptor["resources"]
        if not (set(descriptor) <= {"name", "resources"} and isinstance(resources, list) and resources):
            return None
        first = resources[0]
        if not (isinstance(first, dict) and set(first) == {"name", "path", "schema"} and _plain(first["path"])):
            return None
        if not all(_plain(one["name"]) for one in (first, descriptor) if "name" in one):
            return None
        descriptor = first["schema"]
    return descriptor if isinstance(descriptor, dict) and "fields" in descriptor else None


def _plain(name: object) -> bool:
    return isinstance(name, str) and _NAME.fullmatch(name) is not None and ".." not in name


def _column(field: object, key: Sequence[object]) -> _Column | None:
    if not isinstance(field, dict) or not {"name", "type"} <= set(field) <= {"name", "type", "constraints", *_SAID}:
        return None
    name, kind, rules = field["name"], field["type"], field.get("constraints", {})
    texts = [name, kind, *(field[said] for said in _SAID if said in field)]
    if not all(isinstance(text, str) for text in texts) or not isinstance(rules, dict) or kind not in _OF_TYPE:
        return None
    if (
        not name.isprintable()
        or name != name.strip()
        or not name
        or set(rules) - _OF_TYPE[kind] - {"required", "unique"}
    ):
        return None
    flags = [rules.get(flag, False) for flag in ("required", "unique")]
    predicate = _predicate(kind, {rule: limit for rule, limit in rules.items() if rule in _OF_TYPE[kind]})
    if predicate is None or not all(isinstance(flag, bool) for flag in flags):
        return None
    return _Column(name, kind, predicate, flags[0], flags[1] or name in key)


def _predicate(kind: str, rules: Mapping[str, Any]) -> Predicate | None:
    if kind == "boolean":
        return _Listed(_BOOLEANS)
    if kind == "string":
        return _of_texts(rules)
    bounds: list[Bound | None] = []
    for name, limit in rules.items():
        known = type(limit) is int or (type(limit) is float and kind == "number")
        bounds.append(bound_of(kind, name, limit) if known and name in COMPARE else None)
    found = tuple(bound for bound in bounds if bound is not None)
    return Values(kind, found) if len(found) == len(bounds) else None


def _of_texts(rules: Mapping[str, Any]) -> Predicate | None:
    lengths = [rules[name] for name in ("minLength", "maxLength") if name in rules]
    if not all(type(length) is int and length >= 0 for length in lengths):
        return None
    if "enum" in rules:
        listed = rules["enum"]
        plain = len(rules) == 1 and isinstance(listed, list) and listed and all(isinstance(one, str) for one in listed)
        return _Listed(listed) if plain and len(set(listed)) == len(listed) else None
    pattern = rules.get("pattern")
    source = re2(pattern) if isinstance(pattern, str) else None
    if "pattern" in rules and source is None:
        return None
    return Texts(source, rules.get("minLength", 0), rules.get("maxLength"))


def _batch(body: bytes, names: Sequence[str]) -> Batch | None:
    """The records below the header; None if they could be read in another way."""
    if b'"' in body or b"\0" in body or b"'" in body or body.count(b"\r") != body.count(b"\r\n"):
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    lines = list(islice(io.StringIO(text, newline=""), SAMPLE))
    if not lines or lines[0].rstrip("\r\n").split(",") != list(names) or not _commas(lines):
        return None
    try:
        batch = batch_of(body[len(lines[0].encode()) :], len(names), ",") if len(lines) > 1 else None
    except csv.Error:  # a cell longer than `csv` takes, where frictionless has not told it to take more
        return None
    return None if batch is None or batch.ragged else batch


def _commas(lines: Sequence[str]) -> bool:
    """Whether frictionless will take the comma. Source: frictionless-py 5.21 `formats/csv/parser.py`."""
    try:
        guessed = csv.Sniffer().sniff("".join(lines), ",\t;|")
    except csv.Error:
        return True
    return guessed.delimiter == "," and not guessed.skipinitialspace and guessed.quotechar == '"'


def _all_clear(batch: Batch, columns: Sequence[_Column]) -> bool:
    blank = np.ones(batch.records, np.bool_)
    for column, text in zip(columns, batch.columns, strict=True):
        missing = np.diff(offsets(text)) == 0
        blank &= missing
        some = bool(missing.any())
        if some and (column.required or column.key):
            return False
        good, values = column.predicate.clear(text, missing if some else None)
        if good is not None and not (good | missing).all():
            return False
        if column.key and not _differ(column, text, values):
            return False
    return not blank.any()


def _differ(column: _Column, text: pa.StringArray, values: pa.Array | None) -> bool:
    if column.type not in {"string", "integer", "date"}:
        return False
    return bool(pc.count_distinct(text if values is None else values).as_py() == len(text))
