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
EXCERPT_NUMBERS = "行号 Row"
"""The label of the first column of an excerpt: the rows of the department's own file."""
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
    """`subject` is the dataset of a template or the receipt number of an excerpt; `version` is that of the contract.

    `file`: the name of the file of which an excerpt was made.
    """

    kind: Literal["template", "excerpt"]
    subject: str
    version: str
    file: str = ""

    def stamp_rows(self) -> tuple[tuple[str, str], ...]:
        """Returns the rows of the hidden sheet, two cells each."""
        rows = (_FIRST, self.kind), ("subject", self.subject), ("version", self.version)
        return (*rows, ("file", self.file)) if self.file else rows


def read_stamp(rows: Sequence[Sequence[str]]) -> TemplateStamp | None:
    """Returns the stamp in these rows of the hidden sheet; None if they were not written by us."""
    values = {row[0]: row[1] for row in rows if len(row) > 1}
    kind, version = values.get(_FIRST), values.get("version", "")
    if not _NUMBERS.fullmatch(version):
        return None
    if kind == "template":
        return TemplateStamp("template", values.get("subject", ""), version)
    if kind != "excerpt":
        return None
    return TemplateStamp("excerpt", values.get("subject", ""), version, values.get("file", ""))


def refuse_misplaced(stamp: TemplateStamp | None, name: str, contract: Contract) -> None:
    """Checks that a file with this stamp may be read as a file of the contract; `name` is the file name for messages.

    Raises UnreadableFile (other-template, excerpt) if it may not.
    """
    if stamp is None or (stamp.kind == "template" and stamp.subject == contract.name):
        return
    subject = masked_excerpt(stamp.subject, 40)
    if stamp.kind == "excerpt":
        raise _excerpt_error(name, subject or "", masked_excerpt(stamp.file) or "")
    raise UnreadableFile(
        "other-template",
        Text(
            zh=f"“{name}”由数据集 {subject} 的采集模板填成，此处报送的是“{contract.title.zh}”（{contract.name}）；"
            "请换用本数据集的模板，或按文件内容改正文件名",
            en=f"“{name}” was filled in on the template of {subject}, but is handed in as {contract.title.en} ({contract.name}); "
            "use the template of this dataset, or name the file after what it holds",
        ),
    )


def refuse_excerpt(labels: Sequence[str], name: str) -> None:
    """Checks that a file without a stamp is no excerpt that was saved in another format, which its column of row numbers shows.

    Raises UnreadableFile (excerpt) if it is one: its rows must never take the place of the whole file.
    """
    if EXCERPT_NUMBERS in labels:
        raise _excerpt_error(name, "", "")


def _excerpt_error(name: str, number: str, file: str) -> UnreadableFile:
    of_zh, of_en = (
        (f"回执 {number} 附带的", f" of receipt {number}") if number else ("标注工作簿的", " of a marked workbook")
    )
    own_zh, own_en = (
        (f"您报送的原文件“{file}”", f"your own file “{file}”") if file else ("您报送的原文件", "your own file")
    )
    return UnreadableFile(
        "excerpt",
        Text(
            zh=f"“{name}”是{of_zh}摘录，只有需要修改的行，不是整份文件；请按其第一列“{EXCERPT_NUMBERS}”的行号，在{own_zh}中修改后报送整份文件",
            en=f"“{name}” is the excerpt{of_en} and holds only the rows to mend; mend these rows, by the numbers in its first column {EXCERPT_NUMBERS}, in {own_en} and send that whole",
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
