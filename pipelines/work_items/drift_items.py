"""Work items of the operators about catalogues that serve something else than was released.

Not here: comparing, and what a comparison found (`pipelines/publication/comparisons.py`).
"""

from collections.abc import Iterator
from datetime import datetime

from pipelines.publication.comparisons import list_comparisons
from pipelines.work_items.work_item import WorkItem
from pipelines.workspace import Workspace
from schemas.text import Text


def find_drift_items(workspace: Workspace, _now: datetime) -> Iterator[WorkItem]:
    """Yields an item for each catalogue whose newest comparison found differences; a clean comparison ends it."""
    for one in list_comparisons(workspace):
        if one.since is not None:
            names = "、".join(one.datasets)
            yield WorkItem(
                kind="drift",
                dataset=None,
                subject=one.catalogue,
                text=Text(
                    zh=f"开放目录 {one.catalogue} 有 {one.differences} 处与已发布的版本不一致：{names}；请修复",
                    en=f"the catalogue {one.catalogue} differs from what was released in {one.differences} places: {names}; mend it",
                ),
                since=one.since,
                role="operator",
                command=f"sportlake drift --mend --to {one.catalogue}",
            )
