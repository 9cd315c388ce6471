"""Originals from which something was erased: the same bytes handed in again would bring it back, so they are not taken.

Not here: erasing (`pipelines/erasure`). A corrected file has other bytes and is taken as ever.
"""

from pipelines.workspace import Workspace
from schemas.text import Text


def describe_erased(workspace: Workspace, filename: str, sha256: str) -> Text | None:
    """Returns why a file with these bytes is not taken, with the order of the erasure; None if nothing was erased from them."""
    found = workspace.ledger.find_newest("redaction", "original", sha256, 1)
    if not found:
        return None
    order, day = found[0].facts["order"], found[0].at.date()
    return Text(
        zh=f"{filename} 含有 {day} 已按 {order} 删除的内容，不予接收；请从收件夹中移走，去掉该内容后重新报送",
        en=f"{filename} holds what was erased on {day} under {order} and is not taken; remove it from the inbox, and hand it in without that",
    )
