"""Styles of a workbook: the original ones are kept, those for marks and for our own sheets are added.

A mark changes only a cell's fill; number format, font and border stay. It has a colour and a pattern, because workbooks
are often printed in black and white. Marks of an earlier submission are removed. Not here: which cell is marked
(`annotations`).
"""

import copy
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from typing import Literal

from pipelines.annotated_workbook.xlsx_package import MAIN, XML_DECLARATION

Kind = Literal["mend", "look"]
_FILLS: Mapping[Kind, tuple[str, str, str]] = {
    "mend": ("lightUp", "FFC0392B", "FFFADBD8"),
    "look": ("lightDown", "FFB9770E", "FFFCF3CF"),
}
"""Pattern, foreground colour and background colour of each kind of mark."""
_PROPOSED = "<fill><patternFill patternType='solid'><fgColor rgb='FFE3F1E5'/></patternFill></fill>"
"""Fill of the proposed values beside a table."""
_BLENDED = frozenset({"FFECB3AD", "FFECD49F"})
"""Solid colours that LibreOffice saves for the two fills, because it does not support patterns in cells."""
_BARE = f"""<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2">
<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border>
<left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>
</cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>""".encode()
_FONTS = {
    "title": '<font><b/><sz val="16"/><name val="Microsoft YaHei"/></font>',
    "section": '<font><b/><sz val="11"/><name val="Microsoft YaHei"/></font>',
    "head": '<font><b/><sz val="11"/><name val="Microsoft YaHei"/></font>',
    "link": '<font><u/><sz val="11"/><color rgb="FF0B4A6F"/><name val="Microsoft YaHei"/></font>',
    "wrap": '<font><sz val="11"/><name val="Microsoft YaHei"/></font>',
}
_LINE = "<border><left/><right/><top/><bottom style='hair'><color rgb='FF808080'/></bottom><diagonal/></border>"
_ALONE = ("title", "section", "text", "proposal")
"""Looks without a bottom border; the text of a title or section is not wrapped and extends over the cells beside it."""
_PLAIN = ("text", "proposal")
"""Looks with the font of the workbook, in one line."""
_TEXT_FORMAT = "49"
"""The number format `@` (text): a program keeps what is typed into the cell unchanged."""


def element_xml(element: ET.Element) -> bytes:
    """Returns an element of a workbook as XML whose main namespace has no prefix.

    ElementTree has one table of prefixes for the whole process, in which openpyxl, once it is loaded, writes `s`. So the prefix is
    stated for this call, and afterwards is what it is with openpyxl loaded: bytes do not depend on what was imported before.
    """
    ET.register_namespace("", MAIN)
    xml = ET.tostring(element, encoding="unicode").encode()
    ET.register_namespace("s", MAIN)
    return xml


def qualified_tag(name: str) -> str:
    """Returns the name of a workbook element with its namespace, as ElementTree writes it."""
    return f"{{{MAIN}}}{name}"


def strip_extensions(element: ET.Element) -> ET.Element:
    """Removes, in place, everything outside the standard's main namespace: extensions and relations to other parts.

    Returns the same element.
    """
    for child in list(element):
        if child.tag.startswith(f"{{{MAIN}}}") and child.tag != qualified_tag("extLst"):
            strip_extensions(child)
        else:
            element.remove(child)
    for key in [key for key in element.attrib if key.startswith("{") and not key.endswith("}space")]:
        del element.attrib[key]
    return element


class WorkbookStyles:
    """The styles of one workbook; a style is the index that a cell holds in its attribute `s`.

    `part` is the original's styles part, None for a new workbook. Raises ValueError if the part lacks a required list.
    """

    def __init__(self, part: bytes | None = None) -> None:
        self._root = strip_extensions(ET.fromstring(part or _BARE))  # noqa: S314 - limited process; DTDs are refused
        self._xfs = self._read_part("cellXfs")
        self._fills = {kind: self._add_element("fills", _build_fill(kind)) for kind in _FILLS}
        self._line = self._add_element("borders", ET.fromstring(_LINE))  # noqa: S314 - ours
        self._made: dict[tuple[object, ...], int] = {}
        self._remove_marks()

    def marked_style(self, base: int, kind: Kind | None, *, quoted: bool) -> int:
        """Returns the style `base` with the fill of `kind`, if any; `quoted` marks formula-like text as text."""
        return self._add_once(("marked", base, kind, quoted), lambda: self._build_marked(base, kind, quoted=quoted))

    def own_style(self, look: str, kind: Kind | None = None) -> int:
        """Returns a style of our own sheets: `title`, `section`, `head`, `wrap`, `link`, `text` (rebuilt data) or `proposal`."""
        return self._add_once(("ours", look, kind), lambda: self._build_own(look, kind))

    def to_xml(self) -> bytes:
        """Returns the styles part as bytes to write."""
        for name in ("fonts", "fills", "borders", "cellXfs"):
            part = self._read_part(name)
            part.set("count", str(len(part)))
        return XML_DECLARATION + element_xml(self._root)

    def _add_once(self, key: tuple[object, ...], make: Callable[[], ET.Element]) -> int:
        if key not in self._made:
            self._xfs.append(make())
            self._made[key] = len(self._xfs) - 1
        return self._made[key]

    def _build_marked(self, base: int, kind: Kind | None, *, quoted: bool) -> ET.Element:
        xf = copy.deepcopy(self._xfs[base])
        if kind:
            xf.set("fillId", str(self._fills[kind]))
            xf.set("applyFill", "1")
        if quoted:
            xf.set("quotePrefix", "1")
        return xf

    def _build_own(self, look: str, kind: Kind | None) -> ET.Element:
        font = self._add_element("fonts", ET.fromstring(_FONTS.get(look, _FONTS["wrap"]))) if look not in _PLAIN else 0  # noqa: S314 - ours
        fill = self._fills[kind] if kind else 0
        if look == "proposal":
            fill = self._add_element("fills", ET.fromstring(_PROPOSED))  # noqa: S314 - ours
        line = 0 if look in _ALONE else self._line
        xf = ET.Element(
            qualified_tag("xf"), numFmtId=_TEXT_FORMAT, fontId=str(font), fillId=str(fill), borderId=str(line), xfId="0"
        )
        xf.attrib |= {f"apply{what}": "1" for what in ("NumberFormat", "Font", "Fill", "Border", "Alignment")}
        if look not in _PLAIN:
            ET.SubElement(xf, qualified_tag("alignment"), vertical="top", wrapText="0" if look in _ALONE else "1")
        return xf

    def _read_part(self, name: str) -> ET.Element:
        found = self._root.find(qualified_tag(name))
        if found is None:
            raise ValueError(f"the styles lack {name}")
        return found

    def _add_element(self, part: str, element: ET.Element) -> int:
        for each in element.iter():
            each.tag = each.tag if each.tag.startswith("{") else qualified_tag(each.tag)
        self._read_part(part).append(element)
        return len(self._read_part(part)) - 1

    def _remove_marks(self) -> None:
        """Removes the fills of marks from an earlier submission, because all cells are validated again."""
        ours = {_fill_key(_build_fill(kind)) for kind in _FILLS}
        of_old = {
            str(at)
            for at, fill in enumerate(self._read_part("fills"))
            if (key := _fill_key(fill)) in ours or (key[0] == "solid" and key[1] in _BLENDED)
        }
        for xf in self._xfs:
            if xf.get("fillId") in of_old:
                xf.set("fillId", "0")


def _build_fill(kind: Kind) -> ET.Element:
    pattern, front, back = _FILLS[kind]
    fill = ET.Element(qualified_tag("fill"))
    inside = ET.SubElement(fill, qualified_tag("patternFill"), patternType=pattern)
    ET.SubElement(inside, qualified_tag("fgColor"), rgb=front)
    ET.SubElement(inside, qualified_tag("bgColor"), rgb=back)
    return fill


def _fill_key(fill: ET.Element) -> tuple[str | None, ...]:
    """Returns what identifies a fill: its pattern and its two colours."""
    inside = fill.find(qualified_tag("patternFill"))
    if inside is None:
        return (None,)
    colours = (inside.find(qualified_tag(name)) for name in ("fgColor", "bgColor"))
    return (inside.get("patternType"), *(None if colour is None else colour.get("rgb") for colour in colours))
