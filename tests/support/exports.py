"""An export made of rows that a test states: `export_document` lays down releases of the real contracts and reads the document back.

Not here: the rows of a particular standard.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from catalog.entry import CatalogueEntry, build_entry
from catalog.standards.exports import Export, ExportSource, find_exports
from schemas.codelists import open_codelists
from schemas.contract import read_contracts
from schemas.departments import read_departments
from support.releases import write_release

_contracts, _codelists, _departments = cache(read_contracts), cache(open_codelists), cache(read_departments)


def find_export(dataset: str) -> Export:
    """The only export of that dataset."""
    (export,) = find_exports(dataset)
    return export


def real_entry(releases: Path, dataset: str, rows: Sequence[Mapping[str, Any]], **facts: Any) -> CatalogueEntry:
    """The entry of a release of these rows under the real contract, with its code lists; a column left out of a row is empty."""
    contract, known = _contracts()[dataset], _codelists()
    names = {field.policy.codelist for field in contract.public_fields() if field.policy.codelist} & known.keys()
    codelists = {name: [(code, label.zh, label.en) for code, label in known[name].labels.items()] for name in names}
    facts = {"departments": ["210100"], **facts}
    empty = {field.name: "" for field in contract.public_fields()}
    folder = write_release(releases, contract, [{**empty, **row} for row in rows], codelists=codelists, **facts)
    return build_entry(contract, folder, _departments())


def export_document(releases: Path, dataset: str, **tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The document of the export of `dataset`, made of these tables."""
    entries = {name: real_entry(releases, name, rows) for name, rows in tables.items()}
    document: dict[str, Any] = json.loads("".join(ExportSource(entries, releases).write_document(find_export(dataset))))
    return document
