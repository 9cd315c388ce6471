"""Real releases without a walk: `freeze_release(workspace, dataset, *ids)` freezes rows of those ids as the dataset's next release.

Not here: stand-ins for releases (`releases.py`), whole walks (`walked.py`).
"""

from datetime import datetime

import pyarrow as pa

from pipelines.workspace import Workspace
from support.frozen_rows import rows_of
from support.typed import in_slice, typed
from support.workspaces import NOW
from warehouse.releases.freezing import StatedFacts, freeze
from warehouse.releases.releases import Release, list_releases


def freeze_release(
    workspace: Workspace, dataset: str, *ids: str, now: datetime = NOW, with_changes: bool = True
) -> Release:
    """The next release of a dataset: one row an id, written into every field."""
    contract, made = workspace.contracts[dataset], list_releases(workspace.layout, dataset)
    text = pa.table({field.name: list(ids) for field in contract.fields}, pa.schema([(f.name, pa.string()) for f in contract.fields]))  # fmt: skip
    stated = StatedFacts(
        lake_version=len(made) + 1,
        quality={"rows_submitted": len(ids), "rows_held_back": 0, "findings": {}},
        slices=[
            {
                "department": "210100",
                "period": "2026",
                "rows": len(ids),
                "submission": "AAAA",
                "sha256": "0" * 64,
                "received": now.date().isoformat(),
            }
        ],
        synthetic=workspace.synthetic,
    )
    return freeze(
        workspace.layout,
        contract,
        rows_of(in_slice(typed(text, contract)), contract, {}, workspace.departments),
        stated,
        now=now,
        previous=made[-1].number if made else None,
        codelists={},
        with_changes=with_changes,
    )
