"""Template helper for the parts of a table: a release of very many rows is Parquet files that follow each other.

The publisher names their kinds `parquet-1` and so on. Not here: their names and addresses, which come with the resources, and the page (`zhportal/parts.html`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

_KIND = "parquet-"


def is_table_part(resource: Mapping[str, Any]) -> bool:
    """Returns whether the resource is a part of a table; another publisher's resource has no kind."""
    return str(resource.get("kind") or "").startswith(_KIND)


def list_table_parts(resources: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Returns the resources that are parts of a table, in their order; empty if one file has all rows."""
    return [resource for resource in resources if is_table_part(resource)]
