"""The stamp: a hidden sheet that identifies a workbook made by us, also after it is saved again as XLSX, XLS or ODS.

A template belongs to one dataset in one version. An excerpt holds only the rows to correct and must never be accepted as the
whole file. Here: the content of a stamp, and its effect on a submitted file. Not here: writing workbooks, finding the sheet.
"""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from quality.findings import Finding, masked_excerpt
from schemas.contract import Contract
from schemas.errors import UnreadableFile
from schemas.text import Text

STAMP = "_sportlake"
"""The name of the hidden sheet."""
_FIRST = "sportlake workbook"
_NUMBERS = re.compile(r"\d{1,9}(\.\d{1,9}){2}")


GUIDE_SHEET = "填报说明"
"""The sheet of instructions of a template; in it the department may say that the file is complete."""
COMPLETE_LABEL = Text(
    zh="本次为完整数据（行数比上次明显减少时选“是”）",
    en="This is all (choose 是 if there are far fewer rows than before)",
)
COMPLETE_ANSWERS = ("是", "否")


def is_marked_complete(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the rows of the sheet of instructions say 是 (or 完整, yes) beside the question whether the file is complete."""
    answers = {row[0].strip(): row[1].strip().casefold() for row in rows if len(row) > 1}
    return answers.get(COMPLETE_LABEL.zh) in {"是", "完整", "yes", "complete"}


class TemplateStamp(NamedTuple):
    """`subject` is the dataset of a template or the receipt number of an excerpt; `version` is that of the contract."""

    kind: Literal["template", "excerpt"]
    subject: str
    version: str

    def stamp_rows(self) -> tuple[tuple[str, str], ...]:
        """Returns the rows of the hidden sheet, two cells each."""
        return (_FIRST, self.kind), ("subject", self.subject), ("version", self.version)


def read_stamp(rows: Sequence[Sequence[str]]) -> TemplateStamp | None:
    """Returns the stamp in these rows of the hidden sheet; None if they were not written by us."""
    values = {row[0]: row[1] for row in rows if len(row) > 1}
    kind, version = values.get(_FIRST), values.get("version", "")
    if not _NUMBERS.fullmatch(version):
        return None
    if kind == "template":
        return TemplateStamp("template", values.get("subject", ""), version)
    return TemplateStamp("excerpt", values.get("subject", ""), version) if kind == "excerpt" else None


def refuse_misplaced(stamp: TemplateStamp | None, name: str, contract: Contract) -> None:
    """Checks that a file with this stamp may be read as a file of the contract; `name` is the file name for messages.

    Raises UnreadableFile (other-template, excerpt) if it may not.
    """
    if stamp is None or (stamp.kind == "template" and stamp.subject == contract.name):
        return
    subject = masked_excerpt(stamp.subject, 40)
    if stamp.kind == "excerpt":
        raise UnreadableFile(
            "excerpt",
            Text(
                zh=f"“{name}”是回执 {subject} 附带的摘录，只有需要修改的行，不是整份文件；请在原文件中修改后报送整份文件",
                en=f"“{name}” is the excerpt of receipt {subject} and holds only the rows to mend; mend your own file and send it whole",
            ),
        )
    raise UnreadableFile(
        "other-template",
        Text(
            zh=f"“{name}”由数据集 {subject} 的采集模板填成，此处报送的是“{contract.title.zh}”（{contract.name}）；"
            "请换用本数据集的模板，或按文件内容改正文件名",
            en=f"“{name}” was filled in on the template of {subject}, but is handed in as {contract.title.en} ({contract.name}); "
            "use the template of this dataset, or name the file after what it holds",
        ),
    )


def find_outdated(stamp: TemplateStamp | None, contract: Contract) -> tuple[Finding, ...]:
    """Returns one info finding if the template's version is not the contract's; none without a stamp."""
    if stamp is None or _version_numbers(stamp.version) == _version_numbers(contract.version):
        return ()
    was, now = stamp.version, contract.version
    if _version_numbers(was) < _version_numbers(now):
        message = Text(
            zh=f"本文件由旧版采集模板（{was}）填成，现行版本为 {now}",
            en=f"made from an older template ({was}); the present one is {now}",
        )
    else:
        message = Text(
            zh=f"本文件由 {was} 版采集模板填成，新于现行版本 {now}",
            en=f"made from template {was}, which is newer than the present {now}",
        )
    mend = Text(zh="下次报送请用现行版本的采集模板", en="use the present template next time")
    return (
        Finding(judge="table", type="other-template-version", severity="info", value=was, message=message, mend=mend),
    )


def _version_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
