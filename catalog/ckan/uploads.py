"""Uploads a release as new resources of a dataset through the API alone: files as uploads, rows in batches.

Slower than writing files and tables directly, and visible while it happens; a loaded table is checked by its row count,
and an incomplete table is loaded again. Here: adding one release and removing an older one. Not here: the order of the
steps and the guarantees that are missing (`api_only.py`).
"""

import csv
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from catalog.ckan.api import CkanApi
from catalog.ckan.datastore.table_schema import TableSchema, datastore_fields
from catalog.ckan.payload import TABLE
from schemas.errors import CatalogueError
from schemas.text import Text

BATCH = 5_000


def upload_file(api: CkanApi, dataset: str, resource: Mapping[str, Any], file: Path) -> None:
    """Uploads the file as this resource; a complete existing one is kept."""
    identity = resource["id"]

    def taken() -> bool:
        found = api.call_reading("resource_show", dataset, id=identity)
        return (
            found is not None
            and found.get("hash") == resource["hash"]
            and int(found.get("size") or -1) == resource["size"]
        )

    if taken():
        return
    form = {key: _form_value(value) for key, value in resource.items() if key != "datastore_active"}
    with file.open("rb") as stream:
        api.call_writing(
            "resource_create",
            f"{dataset} {resource['kind']}",
            {**form, "package_id": dataset},
            taken,
            files={"upload": stream},
        )


def load_rows(api: CkanApi, dataset: str, identity: str, file: Path, shape: TableSchema, rows: int) -> None:
    """Loads the rows of the CSV into the resource's DataStore table; a table with the right count is kept."""
    if count_rows(api, dataset, identity) == rows:
        return
    if count_rows(api, dataset, identity) is not None:
        api.call_writing(
            "datastore_delete",
            dataset,
            {"resource_id": identity, "force": True},
            taken=lambda: count_rows(api, dataset, identity) is None,
        )
    begin = {
        "resource_id": identity,
        "fields": datastore_fields(shape),
        "primary_key": list(shape.primary_key),
        "indexes": [",".join(columns) for columns in shape.indexes],
        "force": True,
    }
    api.call_writing("datastore_create", dataset, begin, taken=lambda: count_rows(api, dataset, identity) == 0)
    sent = 0
    for batch in _read_batches(file):
        sent += len(batch)
        api.call_writing(
            "datastore_upsert",
            f"{dataset} rows to {sent}",
            {
                "resource_id": identity,
                "method": "insert",
                "force": True,
                "records": batch,
                "calculate_record_count": sent == rows,
            },
            taken=partial(_has_rows, api, dataset, identity, sent),
        )
    if (there := count_rows(api, dataset, identity)) != rows:
        raise _missing_rows_error(dataset, rows, there)


def count_rows(api: CkanApi, dataset: str, identity: str) -> int | None:
    """Counts the rows of the table; None if there is no table."""
    info = api.call_reading("datastore_info", dataset, id=identity)
    return info["meta"]["count"] if info else None


def remove_resources(api: CkanApi, dataset: str, resources: Sequence[Mapping[str, Any]]) -> None:
    """Deletes these resources with their tables. If only left out of the dataset, their tables would stay public."""
    for resource in resources:
        identity = resource["id"]
        api.call_writing(
            "resource_delete",
            f"{dataset} {resource.get('kind', identity)}",
            {"id": identity},
            taken=partial(_is_gone, api, dataset, identity),
        )


def table_resource(resources: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Returns the resource that has the table; None of a release in parts."""
    return next((resource for resource in resources if resource.get("kind") == TABLE), None)


def _has_rows(api: CkanApi, dataset: str, identity: str, rows: int) -> bool:
    return count_rows(api, dataset, identity) == rows


def _is_gone(api: CkanApi, dataset: str, identity: str) -> bool:
    return api.call_reading("resource_show", dataset, id=identity) is None


def _read_batches(file: Path) -> Iterator[list[dict[str, str | None]]]:
    """Yields the rows in batches; an empty cell is null, as in the release."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        while batch := list(itertools.islice(rows, BATCH)):
            yield [{key: value or None for key, value in row.items()} for row in batch]


def _form_value(value: object) -> object:
    """Returns a value as a form field: texts and numbers unchanged, the rest as JSON."""
    return value if isinstance(value, str | int | float) and not isinstance(value, bool) else json.dumps(value)


def _missing_rows_error(dataset: str, rows: int, there: int | None) -> CatalogueError:
    return CatalogueError(
        Text(
            zh=f"{dataset} 的数据表应有 {rows} 行，实有 {there} 行；请再次发布，数据表会重新装载",
            en=f"the table of {dataset} should have {rows} rows and has {there}; publish again, it will be loaded anew",
        )
    )
