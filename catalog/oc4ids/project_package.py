"""The package of construction projects in OC4IDS 0.9, made from the current releases of the construction tables.

Published in the static catalogue beside the page of `construction_project`. It is no file of a release, because a release holds one
table, and this one changes whenever any of the six does. Ids of projects are the codes of the national approval platform; no prefix
was applied for at the Open Contracting Partnership. Not here: what becomes what (`mapping.yaml`).
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from catalog.core_metadata import catalogue_texts
from catalog.entry import CatalogueEntry, stable_id
from catalog.oc4ids.mapping import Row, RowMapping

VERSION = "0.9"
DATASET = "construction_project"
PACKAGE = f"dataset/{DATASET}/oc4ids.json"
_FAMILY = "construction"
_MAPPING = Path(__file__).parent / "mapping.yaml"


def project_package(entries: Sequence[CatalogueEntry], releases: Path) -> dict[str, Any] | None:
    """The package; None where no project is published. `releases`: the folder of all releases.

    Tables that are not among the entries count as empty. The date of publication is that of the newest release used.
    """
    used = {entry.dataset: entry for entry in entries if entry.family == _FAMILY}
    tables = {name: _read_rows(entry, releases) for name, entry in used.items()}
    if not tables.get(DATASET):
        return None
    stated, mapping = yaml.load(_MAPPING.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader), RowMapping(tables)
    return {
        "uri": f"urn:uuid:{stable_id('oc4ids', DATASET)}",
        "version": VERSION,
        "publishedDate": max(entry.facts.created for entry in used.values()).isoformat(),
        "publisher": {"name": catalogue_texts()["site.publisher"].zh},
        "license": used[DATASET].licence.path,
        "projects": [mapping.make_value(stated, row) for row in tables[DATASET]],
        **({"notes": "示例数据（虚构） synthetic sample data"} if used[DATASET].synthetic else {}),
    }


def _read_rows(entry: CatalogueEntry, releases: Path) -> list[Row]:
    """The rows of the released CSV file, cells as text."""
    file = next(one for one in entry.distributions if one.format == "csv")
    with (releases / file.path).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
