"""The elements around the rows of a worksheet that are copied, and the room in them for columns of ours.

Around the rows only widths, panes, merged cells, data validations, print set-up and the other elements of `_BEFORE` and
`_AFTER` are copied: pictures, charts, pivot tables, controls, external links and protection are dropped. Not here: the
rows (`sheet_xml`).

Source: ECMA-376 part 1 §18.3.1 (cols, autoFilter).
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from pipelines.annotated_workbook.source_workbook import is_harmless_formula
from pipelines.annotated_workbook.styles import element_xml, qualified_tag, strip_extensions
from pipelines.annotated_workbook.xlsx_package import MAIN, RELATIONS, XML_DECLARATION
from pipelines.columns.column_letters import column_letters, column_number

_WIDE = "20"
_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)")
_BEFORE = ("sheetPr", "sheetViews", "sheetFormatPr", "cols")
_AFTER = (
    "autoFilter", "sortState", "mergeCells", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions",
    "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks",
)  # fmt: skip
_FORMULAS = {qualified_tag(name) for name in ("formula", "formula1", "formula2")}
_NEST = {
    qualified_tag("dataValidations"): "dataValidation",
    qualified_tag("conditionalFormatting"): "cfRule",
    qualified_tag("hyperlinks"): "hyperlink",
}


class SheetFrame:
    """The elements around the rows of one worksheet; `part` is the worksheet without its rows.

    Raises ValueError on construction, if the root element is not a worksheet.
    """

    def __init__(self, part: bytes) -> None:
        root = ET.fromstring(part)  # noqa: S314 - limited process; DTDs are refused
        if root.tag != qualified_tag("worksheet"):
            raise ValueError(f"the root of a worksheet is {root.tag}")
        self._kept = [child for child in strip_extensions(root) if _sanitise_element(child)]

    def xml_before_rows(self) -> bytes:
        """Returns the XML from the declaration to the first row."""
        return (
            XML_DECLARATION
            + f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}">'.encode()
            + self._elements_xml(_BEFORE)
            + b"<sheetData>"
        )

    def xml_after_rows(self, *, notes: bool) -> bytes:
        """Returns the XML from the last row to the end; `notes`: whether the sheet has comments."""
        boxes = b'<legacyDrawing r:id="vmlDrawing"/>' if notes else b""
        return b"</sheetData>" + self._elements_xml(_AFTER) + boxes + b"</worksheet>"

    def add_columns(self, first: int, last: int) -> None:
        """Makes these columns visible and wide enough, and lets a filter that ends beside them move them with their rows."""
        columns = self._find_element("cols")
        if columns is None:
            columns = ET.Element(qualified_tag("cols"))
            self._kept.append(columns)
        ranges = [part for column in columns for part in _cut_range(column, first, last)]
        ranges.append(ET.Element(qualified_tag("col"), min=str(first), max=str(last), width=_WIDE, customWidth="1"))
        columns[:] = sorted(ranges, key=lambda column: int(column.get("min", "1")))
        filtered = self._find_element("autoFilter")
        area = None if filtered is None else _AREA.fullmatch(filtered.get("ref", ""))
        if filtered is not None and area and first - 1 <= column_number(area[3]) < last:
            filtered.set("ref", f"{area[1]}{area[2]}:{column_letters(last)}{area[4]}")

    def _find_element(self, name: str) -> ET.Element | None:
        return next((child for child in self._kept if child.tag == qualified_tag(name)), None)

    def _elements_xml(self, names: tuple[str, ...]) -> bytes:
        wanted = {qualified_tag(name) for name in names}
        return b"".join(element_xml(child) for child in self._kept if child.tag in wanted)


def _cut_range(column: ET.Element, first: int, last: int) -> Iterator[ET.Element]:
    """Yields the parts of a range of columns on either side of `first` to `last`."""
    start, end = int(column.get("min", "1")), int(column.get("max", "1"))
    for left, right in ((start, min(end, first - 1)), (max(start, last + 1), end)):
        if left <= right:
            yield ET.Element(column.tag, {**column.attrib, "min": str(left), "max": str(right)})


def _sanitise_element(element: ET.Element) -> bool:
    if element.tag == qualified_tag("sheetPr"):
        element.attrib.clear()
    for view in element.iter(qualified_tag("sheetView")):
        view.attrib.pop("tabSelected", None)
        for pivot in view.findall(qualified_tag("pivotSelection")):
            view.remove(pivot)
    inner = _NEST.get(element.tag)
    if inner is None:
        return True
    for child in element.findall(qualified_tag(inner)):
        formulas = [part.text or "" for part in child if part.tag in _FORMULAS]
        outside = inner == "hyperlink" and "location" not in child.attrib
        if outside or not all(is_harmless_formula(formula) for formula in formulas):
            element.remove(child)
    element.attrib.pop("count", None)
    return element.find(qualified_tag(inner)) is not None
