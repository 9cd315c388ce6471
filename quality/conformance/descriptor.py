"""From a plain Frictionless descriptor and a file to the frictionless resource that is checked.

Three shapes are supported: a Data Package (`resources`), a bare Table Schema (`fields`) and a bare Resource (`schema`, `path`
or `data`). The file replaces whatever the descriptor names as its data; nothing else is read but reference tables and schema
or dialect files beside the descriptor. Not here: checking, and the contracts of datasets.

Of a package, only the checked resource and those that its foreign keys name are used: the others do not describe this file.
`access_limits.py` decides what may be read at all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from frictionless import Package, Resource, Schema

from quality.conformance.access_limits import (
    detect_format_and_encoding,
    refuse_profile,
    resolve_descriptor_path,
)
from schemas.errors import ContractError, UsageError
from schemas.text import Text

_REPLACED_PROPERTIES = frozenset({"data", "url", "scheme", "extrapaths", "innerpath", "compression"})


EncodingDetector = Callable[[Path], str]


def load_resource(
    path: Path, descriptor: Mapping[str, Any], *, resource: str | None, folder: Path, decide: EncodingDetector
) -> Resource:
    """Returns the resource that checks `path`; FrictionlessException if frictionless finds the descriptor invalid.

    `decide`: determines the file's encoding if the descriptor does not give one. Encodings of reference tables are always detected.

    ContractError if the descriptor has none of the three shapes, or names a refused path or profile; UsageError if it has no
    resource of that name; UnreadableFile if the file or a reference table has an unsupported format or encoding.
    """
    path = path.absolute()
    if "resources" in descriptor:
        return _load_from_package(path, descriptor, resource, folder, decide)
    if resource is not None:
        raise UsageError(
            Text(
                zh=f"说明文件只有一张表，没有名为 {resource} 的资源",
                en=f"the descriptor is of one table: it has no resource {resource}",
            )
        )
    if "fields" in descriptor:
        schema = Schema.from_descriptor(dict(descriptor))
        format_, encoding = detect_format_and_encoding(path, {}, decide)
        return Resource(path=str(path), format=format_, encoding=encoding, datatype="table", schema=schema)
    if descriptor.keys() & {"schema", "path", "data"}:
        return Resource.from_descriptor(
            _build_checked_descriptor(path, descriptor, folder, decide), basepath=str(folder)
        )
    raise ContractError(
        Text(
            zh="说明文件应为 Data Package（resources）、Table Schema（fields）或 Resource（schema、path）",
            en="the descriptor must be a Data Package (resources), a Table Schema (fields) or a Resource (schema, path)",
        )
    )


def list_side_files(descriptor: Mapping[str, Any], resource: str | None, folder: Path) -> list[Path]:
    """Returns the files beside the descriptor that `load_resource` reads for a resource: reference tables, schemas and dialects, in order.

    The descriptor is one that `load_resource` accepts.
    """
    known = _list_by_name(_to_list(descriptor.get("resources", descriptor)))
    chosen = next(iter(known), None) if resource is None else resource
    judged = _inline_parts(dict(known[chosen]), folder)
    others = [known[name] for name in _find_referenced_names(judged) if name in known and name != chosen]
    parts = [one.get(key) for one in (known[chosen], *others) for key in ("schema", "dialect")]
    parts += [part for one in others for key in ("path", "extrapaths") for part in _to_list(one.get(key))]
    return [resolve_descriptor_path(part, folder) for part in parts if isinstance(part, str)]


def _load_from_package(
    path: Path, descriptor: Mapping[str, Any], name: str | None, folder: Path, decide: EncodingDetector
) -> Resource:
    refuse_profile(descriptor)
    known = _list_by_name(_to_list(descriptor["resources"]))
    chosen = next(iter(known), None) if name is None else name
    if chosen not in known:
        raise UsageError(
            Text(
                zh=f"说明文件中没有名为 {name} 的资源；现有：{'、'.join(map(str, known))}",
                en=f"the descriptor has no resource {name}; there are: {', '.join(map(str, known))}",
            )
        )
    judged = _build_checked_descriptor(path, known[chosen], folder, decide)
    others = [
        _build_reference_descriptor(known[other], folder)
        for other in _find_referenced_names(judged)
        if other in known and other != chosen
    ]
    package = Package.from_descriptor({**descriptor, "resources": [judged, *others]}, basepath=str(folder))
    return package.resources[0]


def _build_checked_descriptor(
    path: Path, resource: Mapping[str, Any], folder: Path, decide: EncodingDetector
) -> dict[str, Any]:
    """Returns the resource's descriptor with the file in place of its data."""
    refuse_profile(resource)
    kept = {key: value for key, value in resource.items() if key not in _REPLACED_PROPERTIES}
    format_, encoding = detect_format_and_encoding(path, resource, decide)
    kept |= {"path": str(path), "scheme": "file", "format": format_, "type": "table"}
    kept |= {"encoding": encoding} if encoding else {}
    return _inline_parts(kept, folder)


def _build_reference_descriptor(resource: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Returns the descriptor of a table that foreign keys refer to, after checking that its parts are readable in `folder`."""
    refuse_profile(resource)
    kept = {key: value for key, value in resource.items() if key not in {"url", "scheme"}}
    given = [part for key in ("path", "extrapaths") for part in _to_list(resource.get(key))]
    for part in reversed(given):
        _, encoding = detect_format_and_encoding(resolve_descriptor_path(part, folder), resource)
        kept |= {"encoding": encoding} if encoding else {}
    return _inline_parts(kept, folder)


def _list_by_name(resources: Sequence[object]) -> dict[str | None, Mapping[str, Any]]:
    found: dict[str | None, Mapping[str, Any]] = {}
    for entry in resources:
        if isinstance(entry, Mapping) and isinstance(entry.get("name"), str | None):
            found.setdefault(entry.get("name"), entry)
    return found


def _to_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _inline_parts(resource: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Returns the resource with schema and dialect files replaced by their content."""
    for key in ("schema", "dialect"):
        if isinstance(resource.get(key), str):
            resource[key] = Schema.metadata_retrieve(str(resolve_descriptor_path(resource[key], folder)))
    return resource


def _find_referenced_names(resource: Mapping[str, Any]) -> Iterator[str]:
    """Yields the names of resources that foreign keys refer to, once each; none for shapes that frictionless will refuse."""
    schema = resource.get("schema")
    keys = schema.get("foreignKeys") if isinstance(schema, Mapping) else None
    references = [key.get("reference") for key in _to_list(keys) if isinstance(key, Mapping)]
    names = [reference.get("resource") for reference in references if isinstance(reference, Mapping)]
    yield from dict.fromkeys(name for name in names if isinstance(name, str))
