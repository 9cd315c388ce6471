"""What the first sheet says: number, verdict, deadline, how often which rule was met, and every finding with a link to its cell. Pure.

Not here: its XML (`first_sheet`), the sentences (`pages/texts.yaml`).
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from catalog.pages.formats import day, figure
from pipelines.annotated_workbook.annotations import COMMENTED, Places
from pipelines.annotated_workbook.cell_xml import place
from pipelines.annotated_workbook.job import Said
from pipelines.annotated_workbook.styles import Kind
from pipelines.submissions.receipt import Receipt
from pipelines.submissions.receipt_page import groups_of, sentences
from schemas.text import Text

Made = Literal["original", "read", "rows"]
"""How a workbook came about: the department's own, or written from what was read, whole or only the rows with findings."""
TITLE = "标注说明 Summary"
WIDTHS = (16, 22, 22, 40, 44, 44, 44)
LINKED = 20_000
"""Findings that are listed one by one."""
Line = tuple[Said, ...]


def summary(
    receipt: Receipt, made: Made, sheet: str, places: Places, labels: Mapping[str, Text], *, synthetic: bool
) -> tuple[Line, ...]:
    """The lines of the first sheet; `sheet` holds the marked cells."""
    lines = [
        *_head(receipt, made, synthetic=synthetic),
        *_counts(receipt, labels),
        *_listed(receipt, sheet, places, labels),
    ]
    return tuple(lines)


def _head(receipt: Receipt, made: Made, *, synthetic: bool) -> Iterator[Line]:
    said = sentences()
    title = said["workbook.title"].filled(number=receipt.number)
    yield (Said(title.zh, "title"),)
    yield (Said(title.en, "section"),)
    if synthetic:
        yield (Said("示例数据（虚构） / synthetic sample data", "section"),)
    kind: Kind | None = {"mend": "mend", "look": "look", "fine": None}[receipt.signal]
    verdict = said[f"receipt.{receipt.outcome}"]
    yield _fact("receipt.verdict", Text(zh=verdict.zh, en=verdict.en), kind)
    yield _fact("receipt.reason", receipt.reason)
    rows = {"rows": figure(receipt.rows), "accepted": figure(receipt.accepted), "held_back": figure(receipt.held_back)}
    yield _fact("receipt.rows", said["receipt.rows.taken"].filled(**rows))
    if receipt.deadline:
        zh, en = day(receipt.deadline.day, "zh"), day(receipt.deadline.day, "en")
        late = said["receipt.provisional"] if receipt.deadline.provisional else Text(zh="", en="")
        yield _fact("workbook.deadline", Text(zh=f"{zh}{late.zh}", en=f"{en}{late.en}"), "mend")
    for key, value in (("receipt.dataset", receipt.title), ("receipt.department", receipt.department_name)):
        if value:
            yield _fact(key, value)
    yield _fact("receipt.file", Text(zh=receipt.filename, en=""))
    yield ()
    yield _fact("workbook.mend", said["workbook.mend.about"], "mend")
    yield _fact("workbook.look", said["workbook.look.about"], "look")
    yield _fact("workbook.this", said[f"workbook.{made}"])
    if receipt.truncated:
        yield _fact("workbook.limit", said["workbook.cut"])
    yield _fact("workbook.limit", said["workbook.comments"].filled(most=figure(COMMENTED)))


def _counts(receipt: Receipt, labels: Mapping[str, Text]) -> Iterator[Line]:
    said = sentences()
    yield ()
    yield (_both("workbook.counts", "section"),)
    yield (_both("workbook.count", "head"), _both("workbook.rule", "head"), Said(""), _both("receipt.message", "head"))
    first = {group.type: group.heading for group in reversed(groups_of(receipt, dict(labels)))}
    for kind, count in receipt.counts.items():
        known = said.get(f"kind.{kind}", first.get(kind, Text(zh=kind, en=kind)))
        yield Said(str(count)), Said(kind), Said(""), Said(known.zh), Said(known.en)


def _listed(receipt: Receipt, sheet: str, places: Places, labels: Mapping[str, Text]) -> Iterator[Line]:
    yield ()
    yield (_both("workbook.list", "section"),)
    heads = (
        "workbook.cell",
        "receipt.row",
        "receipt.field",
        "receipt.value",
        "receipt.message",
        "workbook.problem",
        "receipt.mend.how",
    )
    yield tuple(_both(key, "head") for key in heads)
    nobody = Text(zh="", en="")
    for finding in receipt.findings[:LINKED]:
        at, mend = places.of(finding), finding.mend or nobody
        link = place(sheet, *at) if at else None
        label = labels.get(finding.field or "", Text(zh=finding.field or "", en=""))
        mark = "✖" if finding.severity == "error" else "▲"
        yield (
            Said(f"{mark} {link.rpartition('!')[2]}" if link else mark, "link" if link else "wrap", None, link),
            Said(str(finding.row or "")),
            Said(f"{label.zh}\n{label.en}".strip()),
            Said(finding.value or ""),
            Said(finding.message.zh),
            Said(finding.message.en),
            Said(f"{mend.zh}\n{mend.en}".strip()),
        )


def _fact(key: str, value: Text, kind: Kind | None = None) -> Line:
    return _both(key, "section"), Said(""), Said(""), Said(value.zh, kind=kind), Said(value.en)


def _both(key: str, look: str) -> Said:
    said = sentences()[key]
    return Said(f"{said.zh} {said.en}".strip(), look)
