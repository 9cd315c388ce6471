"""Content of the summary sheet: receipt number, outcome, deadline, count per kind of finding, and the findings.

All functions are pure. Each finding has a link to its cell. Not here: the sheet's XML (`cell_xml`), the sentences
(`pages/texts.yaml`).
"""

from collections.abc import Iterator
from typing import Literal

from catalog.pages.formats import format_day, format_figure
from pipelines.annotated_workbook.annotations import COMMENTED, CellPositions
from pipelines.annotated_workbook.cell_xml import cell_link
from pipelines.annotated_workbook.job import SummaryCell
from pipelines.annotated_workbook.styles import Kind
from pipelines.submissions.finding_words import FindingWords
from pipelines.submissions.receipts.receipt import Receipt
from pipelines.submissions.receipts.receipt_page import group_findings, read_sentences
from schemas.text import Text

Origin = Literal["original", "read", "rows"]
"""Origin of a workbook: the department's own file, all rows rebuilt from the text read, or only those with findings."""
TITLE = "标注说明 Summary"
WIDTHS = (16, 22, 22, 40, 44, 44, 44, 24)
LINKED = 20_000
"""Maximum number of findings that are listed one by one."""
Line = tuple[SummaryCell, ...]


def build_summary(
    receipt: Receipt,
    made: Origin,
    sheet: str,
    places: CellPositions,
    words: FindingWords,
    *,
    synthetic: bool,
    proposed: bool = False,
) -> tuple[Line, ...]:
    """Returns the lines of the summary sheet; `sheet` is the name of the sheet with the marked cells.

    `proposed`: whether that sheet has columns of proposals.
    """
    lines = [
        *_heading_lines(receipt, made, synthetic=synthetic, proposed=proposed and made != "rows"),
        *_count_lines(receipt, words),
        *_finding_lines(receipt, sheet, places, words),
    ]
    return tuple(lines)


def _heading_lines(receipt: Receipt, made: Origin, *, synthetic: bool, proposed: bool) -> Iterator[Line]:
    sentences = read_sentences()
    title = sentences["workbook.title"].fill_placeholders(number=receipt.number)
    yield (SummaryCell(title.zh, "title"),)
    yield (SummaryCell(title.en, "section"),)
    if synthetic:
        yield (SummaryCell("示例数据（虚构） / synthetic sample data", "section"),)
    kind: Kind | None = {"mend": "mend", "look": "look", "fine": None}[receipt.signal]
    verdict = sentences[f"receipt.{receipt.outcome}"]
    yield _build_fact_line("receipt.verdict", Text(zh=verdict.zh, en=verdict.en), kind)
    yield _build_fact_line("receipt.reason", receipt.reason)
    rows = {
        "rows": format_figure(receipt.rows),
        "accepted": format_figure(receipt.accepted),
        "held_back": format_figure(receipt.held_back),
    }
    yield _build_fact_line("receipt.rows", sentences["receipt.rows.taken"].fill_placeholders(**rows))
    if receipt.deadline:
        zh, en = format_day(receipt.deadline.day, "zh"), format_day(receipt.deadline.day, "en")
        late = sentences["receipt.provisional"] if receipt.deadline.provisional else Text(zh="", en="")
        yield _build_fact_line("workbook.deadline", Text(zh=f"{zh}{late.zh}", en=f"{en}{late.en}"), "mend")
    for key, value in (("receipt.dataset", receipt.title), ("receipt.department", receipt.department_name)):
        if value:
            yield _build_fact_line(key, value)
    yield _build_fact_line("receipt.file", Text(zh=receipt.filename, en=""))
    yield ()
    yield _build_fact_line("workbook.mend", sentences["workbook.mend.about"], "mend")
    yield _build_fact_line("workbook.look", sentences["workbook.look.about"], "look")
    yield _build_fact_line("workbook.this", sentences[f"workbook.{made}"])
    if proposed:
        yield _build_fact_line("workbook.accept", sentences["workbook.proposals"])
    if receipt.truncated:
        yield _build_fact_line("workbook.limit", sentences["workbook.cut"])
    yield _build_fact_line(
        "workbook.limit", sentences["workbook.comments"].fill_placeholders(most=format_figure(COMMENTED))
    )


def _count_lines(receipt: Receipt, words: FindingWords) -> Iterator[Line]:
    yield ()
    yield (_build_bilingual_cell("workbook.counts", "section"),)
    yield (
        _build_bilingual_cell("workbook.count", "head"),
        SummaryCell(""),
        SummaryCell(""),
        _build_bilingual_cell("receipt.message", "head"),
    )
    for group in group_findings(receipt, words):
        heading = group.heading
        yield (
            SummaryCell(str(group.count)),
            SummaryCell(""),
            SummaryCell(""),
            SummaryCell(heading.zh),
            SummaryCell(heading.en),
        )


def _finding_lines(receipt: Receipt, sheet: str, places: CellPositions, words: FindingWords) -> Iterator[Line]:
    yield ()
    yield (_build_bilingual_cell("workbook.list", "section"),)
    heads = (
        "workbook.cell",
        "receipt.row",
        "receipt.field",
        "receipt.value",
        "receipt.message",
        "workbook.problem",
        "receipt.mend.how",
        "receipt.fix",
    )
    yield tuple(_build_bilingual_cell(key, "head") for key in heads)
    nobody = Text(zh="", en="")
    for finding in receipt.findings[:LINKED]:
        at, mend = places.locate_finding(finding), finding.mend or nobody
        link = cell_link(sheet, *at) if at else None
        label = words.labels.get(finding.field or "", Text(zh=finding.field or "", en=""))
        name = finding.cell or (link or "").rpartition("!")[2]
        mark = "✖" if finding.severity == "error" else "▲"
        yield (
            SummaryCell(f"{mark} {name}".strip(), "link" if link else "wrap", None, link),
            SummaryCell(str(finding.row or "")),
            SummaryCell(f"{label.zh}\n{label.en}".strip()),
            SummaryCell((words.name_value(finding) or nobody).zh),
            SummaryCell(finding.message.zh),
            SummaryCell(finding.message.en),
            SummaryCell(f"{mend.zh}\n{mend.en}".strip()),
            SummaryCell((words.name_cell(finding.field, finding.fix) or nobody).zh),
        )


def _build_fact_line(key: str, value: Text, kind: Kind | None = None) -> Line:
    return (
        _build_bilingual_cell(key, "section"),
        SummaryCell(""),
        SummaryCell(""),
        SummaryCell(value.zh, kind=kind),
        SummaryCell(value.en),
    )


def _build_bilingual_cell(key: str, look: str) -> SummaryCell:
    sentence = read_sentences()[key]
    return SummaryCell(f"{sentence.zh} {sentence.en}".strip(), look)
