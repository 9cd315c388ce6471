"""A home with two released datasets: two releases of facilities and one of events. Not here: publishing them (`published_site.py`)."""

from pathlib import Path

from pipelines.workspace import Workspace
from schemas.text import Text
from support.contracts import contract_with
from support.frozen import freeze_release
from support.workspaces import NOW, workspace_with

FIRST, SECOND, THIRD = (f"2026.11.{n}" for n in (1, 2, 3))
WHY = Text(zh="数据来源有误，<重新>核对", en="The source was wrong & is being checked")
LATER = NOW.replace(day=26)
"""What is decided of them, and on a later day."""


def build_released(home: Path) -> Workspace:
    """The workspace in `home`; facilities have the releases `FIRST` and `SECOND`, events have `FIRST`."""
    contracts = [
        contract_with(["id"], name=name, title=title, policy={"title_en": title_en})
        for name, title, title_en in [("facility", "体育场地", "Facilities"), ("event", "赛事", "Events")]
    ]
    workspace = workspace_with(home, *contracts)
    freeze_release(workspace, "facility", "1")
    freeze_release(workspace, "facility", "1", "2")
    freeze_release(workspace, "event", "1")
    return workspace
