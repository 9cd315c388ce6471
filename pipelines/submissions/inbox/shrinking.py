"""Shrinking: a file with far fewer rows than the data it replaces waits until the department says that it is complete.

Here: the comparison, and reading the word from a file name. Not here: the share (`quarantine.most_lost` of the contract), other
problem data (`pipelines/submissions/checks/plausibility.py`).
"""

import re

import pyarrow as pa

from pipelines.workspace import Workspace
from quality.findings import Finding
from schemas.contract import Contract
from schemas.slices import SliceKey
from schemas.text import Text

COMPLETE_WORD = "完整"
FEWEST = 3
"""Rows up to which a table is too small to be compared: one row less would be a third."""
_SAID = re.compile(r"(?<!不)完整|(?<![a-z])complete(?![a-z])")


def is_said_complete(filename: str) -> bool:
    """Whether the name of a file says that it is complete, by 完整 or `complete`; 不完整 and `incomplete` do not."""
    return bool(_SAID.search(filename.casefold()))


def count_replaced_rows(workspace: Workspace, contract: Contract, slice_: SliceKey, previous: pa.Table | None) -> int:
    """Returns how many rows the file for that slice would replace; 0 if none.

    `previous`: the rows of the slice, or of the department's period before; they are what is replaced where the newest period is
    the current state.
    """
    if contract.policy.mode == "append":
        return workspace.lake.count_slice_rows(contract).get(slice_, 0)
    return 0 if previous is None else previous.num_rows


def check_shrinking(contract: Contract, slice_: SliceKey, rows: int, replaced: int) -> list[Finding]:
    """Returns an error if the file loses more than the contract's share of the rows that it replaces."""
    most = contract.policy.quarantine.most_lost
    if replaced <= FEWEST or rows >= replaced * (1 - most):
        return []
    lost = replaced - rows
    name = f"{slice_.dataset}_{slice_.period}_{COMPLETE_WORD}"
    return [
        Finding(
            judge="table",
            type="shrunk",
            severity="error",
            value=str(rows),
            message=Text(
                zh=f"本次 {rows} 行，比现有的 {replaced} 行少 {lost} 行（{lost / replaced:.0%}），超过允许的 {most:.0%}",
                en=f"{rows} rows, {lost} ({lost / replaced:.0%}) fewer than the {replaced} that they would replace; the limit is {most:.0%}",
            ),
            mend=Text(
                zh=f"漏报的请补齐；确为完整数据的，请将文件命名为 {name} 后重新报送（采集模板可在“填报说明”页选“是”，命令行可加 --complete）",
                en=f"add what is missing; if this is all, name the file {name} and hand it in again (in the template answer 是 on the sheet 填报说明; with submit use --complete)",
            ),
        )
    ]


def describe_shrinking(rows: int, replaced: int) -> Text:
    """Returns the decision that fewer rows were taken because the department said that they are complete."""
    return Text(
        zh=f"报送单位声明本次为完整数据，行数由 {replaced} 减为 {rows}",
        en=f"the department says that this is complete: {rows} rows instead of {replaced}",
    )
