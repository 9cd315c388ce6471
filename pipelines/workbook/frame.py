"""What stands around the rows of a worksheet: widths, panes, merged cells, limits, print set-up. What we name is copied, nothing else.

Pictures, charts, pivot tables, controls, links to the outside and protection stay behind. Not here: rows (`sheet`).
"""

import xml.etree.ElementTree as ET

from pipelines.workbook.harmless import harmless
from pipelines.workbook.package import DECLARED, MAIN, RELATIONS
from pipelines.workbook.styles import cleaned, tag

_BEFORE = ("sheetPr", "sheetViews", "sheetFormatPr", "cols")
_AFTER = (
    "autoFilter", "sortState", "mergeCells", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions",
    "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks",
)  # fmt: skip
_FORMULAS = {tag(name) for name in ("formula", "formula1", "formula2")}
_NEST = {
    tag("dataValidations"): "dataValidation",
    tag("conditionalFormatting"): "cfRule",
    tag("hyperlinks"): "hyperlink",
}


class Frame:
    """The frame of one worksheet, given the part without its rows."""

    def __init__(self, part: bytes) -> None:
        root = ET.fromstring(part)  # noqa: S314 - in the limited process, and without a DTD
        if root.tag != tag("worksheet"):
            raise ValueError(f"the root of a worksheet is {root.tag}")
        self._kept = [child for child in cleaned(root) if _stays(child)]

    def before(self) -> bytes:
        """From the declaration to the first row."""
        return (
            DECLARED
            + f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}">'.encode()
            + self._written(_BEFORE)
            + b"<sheetData>"
        )

    def after(self, *, notes: bool) -> bytes:
        """From the last row to the end; `notes`: whether comments belong to the sheet."""
        boxes = b'<legacyDrawing r:id="vmlDrawing"/>' if notes else b""
        return b"</sheetData>" + self._written(_AFTER) + boxes + b"</worksheet>"

    def _written(self, names: tuple[str, ...]) -> bytes:
        wanted = {tag(name) for name in names}
        return b"".join(ET.tostring(child, encoding="unicode").encode() for child in self._kept if child.tag in wanted)


def _stays(element: ET.Element) -> bool:
    if element.tag == tag("sheetPr"):
        element.attrib.clear()
    for view in element.iter(tag("sheetView")):
        view.attrib.pop("tabSelected", None)
        for pivot in view.findall(tag("pivotSelection")):
            view.remove(pivot)
    inner = _NEST.get(element.tag)
    if inner is None:
        return True
    for one in element.findall(tag(inner)):
        formulas = [part.text or "" for part in one if part.tag in _FORMULAS]
        outside = inner == "hyperlink" and "location" not in one.attrib
        if outside or not all(harmless(formula) for formula in formulas):
            element.remove(one)
    element.attrib.pop("count", None)
    return element.find(tag(inner)) is not None
