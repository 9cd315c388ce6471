"""What the platform knows of itself, as tables for the queries of built datasets.

- `catalogue`: one row a dataset; key dataset. `rows`, `slices`: what stands in the lake. `release`, `released_on`, `data_updated`: of the
  newest release, empty if there is none or it is withdrawn. `late`: hand-ins that are overdue. Of a dataset that the platform builds
  itself (`is_built`) none of these is given: it would change with each build, and nothing would ever be up to date.
- `releases`: one row a release that was not taken back, of datasets that are handed in; key (dataset, number).
- `negative_list`: one row an entry; key entry_id.

Read only. Not here: queries.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from pipelines.publication.visible_release import visible_release
from pipelines.publication.withdrawal import active_withdrawals
from pipelines.submissions.timeliness import find_owed_slices
from pipelines.workspace import Workspace
from schemas.built import PlatformTable

_TEXT, _COUNT, _DAY, _FLAG = pa.string(), pa.int64(), pa.date32(), pa.bool_()
CATALOGUE = pa.schema(
    {
        "dataset": _TEXT, "title_zh": _TEXT, "title_en": _TEXT, "family": _TEXT, "owner": _TEXT, "owner_zh": _TEXT,
        "cadence": _TEXT, "policy_clause": _TEXT, "open_type": _TEXT, "basis_zh": _TEXT, "is_built": _FLAG, "fields": _COUNT,
        "slices": _COUNT, "rows": _COUNT, "late": _COUNT, "withdrawn": _FLAG, "release": _TEXT, "released_on": _DAY,
        "data_updated": _DAY,
    }
)  # fmt: skip
RELEASES = pa.schema({"dataset": _TEXT, "number": _TEXT, "released_on": _DAY, "rows": _COUNT})
NEGATIVE_LIST = pa.schema(
    {
        "entry_id": _TEXT, "name_zh": _TEXT, "name_en": _TEXT, "circumstance_zh": _TEXT, "circumstance_en": _TEXT,
        "basis": _TEXT, "dataset": _TEXT, "valid_from": _DAY, "valid_to": _DAY,
    }
)  # fmt: skip


def read_platform_table(workspace: Workspace, name: PlatformTable, on: date) -> pa.Table:
    """Returns one table about the platform as of that day, in the order of its key."""
    schema, list_rows = _TABLES[name]
    return pa.Table.from_pylist(list(list_rows(workspace, on)), schema=schema)


def _list_datasets(workspace: Workspace, on: date) -> Iterator[Mapping[str, Any]]:
    withdrawn = active_withdrawals(workspace)
    for name, contract in sorted(workspace.contracts.items()):
        policy, is_built = contract.policy, contract.policy.built is not None
        counts = {} if is_built else workspace.lake.count_slice_rows(contract)
        shown = None if is_built or name in withdrawn else visible_release(workspace, name).shown
        yield {
            "dataset": name,
            "title_zh": contract.title.zh,
            "title_en": contract.title.en,
            "family": policy.family,
            "owner": policy.owner,
            "owner_zh": workspace.departments[policy.owner].zh,
            "cadence": policy.cadence,
            "policy_clause": policy.catalogue.policy_clause,
            "open_type": policy.catalogue.open_type,
            "basis_zh": policy.catalogue.source_basis.zh,
            "is_built": is_built,
            "fields": len(contract.public_fields()),
            "slices": None if is_built else len(counts),
            "rows": None if is_built else sum(counts.values()),
            "late": sum(owed.is_late(on) for owed in find_owed_slices(workspace, contract, on)),
            "withdrawn": name in withdrawn,
            "release": shown.number if shown else None,
            "released_on": shown.created.date() if shown else None,
            "data_updated": shown.data_updated if shown else None,
        }


def _list_releases(workspace: Workspace, _on: date) -> Iterator[Mapping[str, Any]]:
    handed_in = sorted(name for name, contract in workspace.contracts.items() if contract.policy.built is None)
    for name in handed_in:
        found = visible_release(workspace, name)
        for release in found.made:
            if release.number not in found.taken_back:
                yield {
                    "dataset": name,
                    "number": release.number,
                    "released_on": release.created.date(),
                    "rows": release.rows,
                }


def _list_negative_entries(workspace: Workspace, _on: date) -> Iterator[Mapping[str, Any]]:
    for entry in sorted(workspace.negative_list, key=lambda one: one.id):
        yield {
            "entry_id": entry.id,
            "name_zh": entry.name.zh,
            "name_en": entry.name.en,
            "circumstance_zh": entry.circumstance.zh,
            "circumstance_en": entry.circumstance.en,
            "basis": entry.basis,
            "dataset": entry.dataset,
            "valid_from": entry.valid_from,
            "valid_to": entry.valid_to,
        }


_TABLES: Mapping[PlatformTable, tuple[pa.Schema, Callable[[Workspace, date], Iterator[Mapping[str, Any]]]]] = {
    "catalogue": (CATALOGUE, _list_datasets),
    "releases": (RELEASES, _list_releases),
    "negative_list": (NEGATIVE_LIST, _list_negative_entries),
}
