"""Which sheet of a workbook is the table: the one whose header the contract knows best, if only one has rows.

Not here: reading its rows (`workbook`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.read.apart import Opened, Surveyed
from pipelines.read.header import Header, blank, find
from pipelines.read.reading import refusal
from quality.findings import shown
from schemas.contract import Contract
from schemas.errors import UnreadableFile
from schemas.text import Text

_NAMED = 5


@dataclass(frozen=True)
class Sheet:
    """A visible sheet with something in it, and the header that it has."""

    survey: Surveyed
    header: Header

    @property
    def name(self) -> str:
        """What its tab says."""
        return self.survey.name

    @property
    def has_rows(self) -> bool:
        """Whether anything stands below the header."""
        return self.survey.last > self.header.at


def sheets_of(book: Opened, contract: Contract | None) -> list[Sheet]:
    """The visible sheets with anything in them, in the workbook's order."""
    found = ((survey, find(survey.head, contract)) for survey in book.sheets)
    return [Sheet(survey, header) for survey, header in found if header]


def chosen(path: Path, sheets: Sequence[Sheet], contract: Contract | None) -> Sheet:
    """The sheet to read: of those that fit the contract nearly as well as the best, the one that has rows.

    Without a contract, the first. Raises UnreadableFile: empty, no-sheet (none fits), many-sheets (several fit and have rows).
    """
    if not sheets:
        raise blank(path.name)
    if contract is None or len(sheets) == 1:
        return sheets[0]
    best = max(sheets, key=lambda sheet: sheet.header.known)
    if best.header.known == 0:
        raise _none_fits(path, sheets, contract)
    fitting = [sheet for sheet in sheets if 2 * sheet.header.known >= best.header.known and sheet.has_rows]
    if len(fitting) > 1:
        raise _several_fit(path, fitting, contract)
    return fitting[0] if fitting else best


def left_out(sheet: Sheet, sheets: Sequence[Sheet]) -> tuple[Text, ...]:
    """What the receipt says about the sheets that were not read; nothing if there is only one."""
    others = [other for other in sheets if other is not sheet]
    if not others:
        return ()
    names = _names(others)
    return (
        Text(
            zh=f"读取工作表“{sheet.name}”；另有 {len(others)} 个工作表有内容，未读取：{names}",
            en=f"read the sheet “{sheet.name}”; {len(others)} other sheets hold something and were not read: {names}",
        ),
    )


def _names(sheets: Sequence[Sheet]) -> str:
    names = "、".join(f"“{shown(sheet.name, 31)}”" for sheet in sheets[:_NAMED])
    return names if len(sheets) <= _NAMED else f"{names} …"


def _none_fits(path: Path, sheets: Sequence[Sheet], contract: Contract) -> UnreadableFile:
    wanted = [field.label for field in contract.fields[:_NAMED]]
    return refusal(
        "no-sheet",
        f"“{path.name}”的工作表 {_names(sheets)} 都没有“{contract.title.zh}”的表头（应有 {'、'.join(w.zh for w in wanted)} 等列）；"
        "请用采集模板，或检查数据集是否选对",
        f"none of the sheets {_names(sheets)} of “{path.name}” has the header of {contract.title.en} "
        f"({', '.join(w.en for w in wanted)} …); use the template, or check the dataset",
    )


def _several_fit(path: Path, sheets: Sequence[Sheet], contract: Contract) -> UnreadableFile:
    return refusal(
        "many-sheets",
        f"“{path.name}”有 {len(sheets)} 个工作表都是“{contract.title.zh}”的数据：{_names(sheets)}；请合并到一个工作表，或删去多余的",
        f"{len(sheets)} sheets of “{path.name}” hold rows of {contract.title.en}: {_names(sheets)}; "
        "put them into one sheet, or delete the others",
    )
