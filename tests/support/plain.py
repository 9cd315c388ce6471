"""Plain Frictionless descriptors and files for tests, and frictionless's own verdict on them as the reference."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from frictionless import FrictionlessException, Package, Report, Resource, Schema, validate

Places = Counter[tuple[int | None, str | None, str]]


def fields(*specs: str | Mapping[str, Any], **schema: Any) -> dict[str, Any]:
    """A Table Schema; a field is `"name"`, `"name:type"` or a mapping."""
    described = []
    for spec in specs:
        name, _, kind = spec.partition(":") if isinstance(spec, str) else ("", "", "")
        described.append({"name": name, "type": kind or "string"} if isinstance(spec, str) else dict(spec))
    return {"fields": described, **schema}


def csv_text(rows: Iterable[Sequence[str]], **options: Any) -> str:
    """The rows as CSV with LF line ends, unless `options` of the csv module say otherwise."""
    out = io.StringIO()
    csv.writer(out, **{"lineterminator": "\n", **options}).writerows(rows)
    return out.getvalue()


def reference(path: Path, descriptor: Mapping[str, Any], encoding: str | None, resource: str | None = None) -> Places:
    """What `frictionless.validate` finds, its limit lifted, with the file's name put in place of the resource's path.

    `path` lies in the descriptor's folder; an encoding that the descriptor leaves out is `encoding`. A descriptor that is refused
    gives its faults, as `frictionless.validate` reports them.
    """
    try:
        return _validated(path, descriptor, encoding, resource)
    except FrictionlessException as refused:
        return Counter((None, None, error.type) for error in refused.to_errors())


def _validated(path: Path, descriptor: Mapping[str, Any], encoding: str | None, resource: str | None) -> Places:
    folder, given = str(path.parent), {"path": path.name}
    if "resources" in descriptor:
        package = deepcopy(dict(descriptor))
        chosen = next(r for r in package["resources"] if resource in (None, r["name"]))
        chosen.pop("data", None)
        for one in package["resources"]:
            one.setdefault("encoding", encoding or "utf-8")
        chosen |= given
        return _places(Package.from_descriptor(package, basepath=folder).validate(name=chosen["name"], limit_errors=0))
    if "fields" in descriptor:
        schema = Schema.from_descriptor(dict(descriptor))
        return _places(
            validate(path.name, basepath=folder, schema=schema, encoding=encoding, type="table", limit_errors=0)
        )
    one = {"encoding": encoding, **descriptor, **given}
    return _places(Resource.from_descriptor(one, basepath=folder).validate(limit_errors=0))


def found_places(findings: Iterable[Any]) -> Places:
    """The same of our findings."""
    return Counter((finding.row, finding.field, finding.type) for finding in findings)


def written(path: Path, content: str | bytes | Mapping[str, Any]) -> Path:
    """The path with that content: text as UTF-8 with line ends as they are, mappings as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, Mapping):
        content = json.dumps(content)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _places(report: Report) -> Places:
    flat = report.flatten(["rowNumber", "fieldName", "type"])
    return Counter((row, field or None, kind) for row, field, kind in flat)
