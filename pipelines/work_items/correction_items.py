"""Work items about corrections on record that cannot be read: until they can, no file of their dataset is judged.

Not here: reading corrections (`pipelines/submissions/corrections.py`).
"""

from collections.abc import Iterator
from datetime import datetime

from pipelines.submissions.corrections import read_corrections
from pipelines.work_items.work_item import WorkItem
from pipelines.workspace import Workspace
from schemas.errors import ContractError


def find_correction_items(workspace: Workspace, now: datetime) -> Iterator[WorkItem]:
    """Yields an item of the steward for each dataset whose file of corrections is wrong, with what is wrong in it."""
    for name, contract in workspace.contracts.items():
        try:
            read_corrections(workspace.layout.corrections_file(name), contract)
        except ContractError as wrong:
            yield WorkItem(
                kind="corrections",
                dataset=name,
                subject=name,
                text=wrong.text,
                since=now.date(),
                role="steward",
                command=f"sportlake rejudge {name}",
            )
