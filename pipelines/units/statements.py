"""Units that a file states outside its cells: in lines above the table, in a row of units below the header, in notes below.

`金额单位：万元`, `注：注册资金以万元计`, `统计表（万元）`, a row `（万元）` `（个）`. A statement is about named fields, or about every
field of that quantity. Not here: the unit that then holds for a field (`unit_matching`), units in labels
(`pipelines/columns`), spellings of units (`spellings`).

Source: 党政机关和统计报表的表式惯例 (the unit stands at the upper right of the table, in the header or in notes).
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.units.spellings import UNITS, looks_like_unit, unit_key
from quality.findings import masked_excerpt
from schemas.execution.late_pattern import compile_late

_SPELLED = "|".join(map(re.escape, sorted({*UNITS, "㎡", "m²", "万㎡", "km²"}, key=len, reverse=True)))
_SEPARATED = compile_late(r"[、,，;；\s()（）\[\]【】。]+|和|及")
_LABELLED = compile_late(
    r"(?P<subject>[\w、]{0,40}?)单位\s*(?:[:：=]|[（(]|(?:均|都|统一|一律)*[为是])\s*(?=(?P<units>[^。；;:：\n]{1,60}))"
)
_COUNTED_IN = compile_late(
    rf"(?P<subject>[\w、]{{0,40}}?)(?:均|都|统一|一律)*(?:以|按)\s*(?P<units>{_SPELLED})\s*"
    r"(?:为(?:计量|计价|货币)?单位|计(?=$|\W|算|量)|填[报列写]|统计|表示|列示)",
    re.IGNORECASE,
)
_AMOUNTS_ARE = compile_late(
    r"(?P<subject>[\w、]{0,30}?(?:金额|投资|资金|经费|预算|支出|收入|面积|长度|人数))(?:均|都|统一|一律)*为\s*"
    rf"(?P<units>{_SPELLED})(?=$|[\s，。；;、)）])",
    re.IGNORECASE,
)
_BRACKETED_END = compile_late(r"(?P<subject>)[（(【\[]\s*(?P<units>[^（()）【】\[\]]{1,8})\s*[)）】\]]\s*$")
_ENGLISH = compile_late(
    r"(?P<subject>)\b(?:units?(?:\s+of\s+\w+)?\s*[:：=]|(?:amounts?|figures?|sums?|areas?)\b[\w ]{0,20}?\bin\b)\s*(?P<units>[\w, ]{1,30})",
    re.IGNORECASE,
)
_NUMBERING = compile_late(r"^(?:[*※#•·\s]+|[\d一二三四五六七八九十]+[.、．)）]\s*|[①-⑩]\s*)+")
_EXCEPT = compile_late(r"除.{0,12}外|(?:另有|另行|特别|特殊)(?:注明|说明|标注)")
_QUANTITIES = {
    "金额": "元", "货币": "元", "资金": "元", "经费": "元", "投资": "元", "面积": "m2", "长度": "m", "距离": "m", "人数": "人", "数量": "", "计量": "",
    "计价": "元",
}  # fmt: skip
"""Words before 单位 that name a quantity, not a field, and its base unit ("" for any)."""
_NO_UNIT = frozenset({"单位", "计量单位", "-", "--", "—", "/", "无"})
_BARE = frozenset({"千", "万", "百万", "千万", "亿"})
_LONGEST = 300
_LONGEST_UNIT = 6
_CURRENCY = "人民币"
_CELLS = 2
"""Number of cells over which one statement may stand, as 金额单位： and 万元."""
_ALL = frozenset(
    {
        "",
        "数据",
        "数值",
        "数字",
        "数额",
        "表",
        "表格",
        "报表",
        "统计表",
        "项目",
        "指标",
        "统计",
        "填报",
        "制表",
        "编制",
        "默认",
        "其余",
        "其他",
        "计量",
        "计价",
    }
)
"""Words before 单位 that mean every figure of the table."""


@dataclass(frozen=True)
class UnitStatement:
    """One unit stated in a file.

    Attributes:
        row: The row number as a spreadsheet shows it.
        quote: What stands there, for messages.
        unit: The unit as written, which may be none of `UNITS`.
        subject: The words that say what is measured; "" if nothing does.
        field: The field whose column the unit stands in, for a row of units.
        quantity: The base unit that `subject` or the unit itself names; None if neither does.
        excepts: Whether the statement allows other units where they are marked.
    """

    row: int
    quote: str
    unit: str
    subject: str = ""
    field: str | None = None
    quantity: str | None = None
    excepts: bool = False

    @property
    def is_known(self) -> bool:
        """Whether the unit is one of `UNITS`."""
        return unit_key(self.unit) in UNITS


@dataclass(frozen=True)
class StatedUnits:
    """What a file says of units outside its labels.

    `scaled`: the columns of the table (from 0) whose cells show their numbers scaled (`#,##0,`) and name no unit.
    """

    statements: tuple[UnitStatement, ...] = ()
    scaled: frozenset[int] = frozenset()


def find_statements(lines: Iterable[tuple[int, Sequence[str]]], *, titles: bool = False) -> Iterator[UnitStatement]:
    """Yields the units stated in lines, each a row number and its cells.

    With `titles`, a unit in brackets at the end of a line counts too. A unit that is not known is only yielded if the
    words around it say that it is one; an organisation after 单位 is none.
    """
    for row, cells in lines:
        text = " ".join(cell.strip() for cell in cells if cell.strip())[:_LONGEST]
        seen: set[tuple[str, str]] = set()
        for pattern in (_LABELLED, _COUNTED_IN, _AMOUNTS_ARE, _ENGLISH, *([_BRACKETED_END] if titles else [])):
            for found in pattern.finditer(text):
                for statement in _parse_statement(row, found, explicit=pattern is _LABELLED, text=text):
                    if (key := (statement.subject, unit_key(statement.unit))) not in seen:
                        seen.add(key)
                        yield statement


def find_statements_above(
    lines: Iterable[tuple[int, Sequence[str]]], fields: Sequence[str | None]
) -> Iterator[UnitStatement]:
    """Yields the units stated above the header, whose `fields` are named by column.

    In a line that holds only units, each is about the column below it; a single unit is about all fields of its quantity.
    """
    for row, cells in lines:
        filled = [cell for cell in cells if cell.strip()]
        alone = _bare_unit(filled[0]) if len(filled) == 1 else ""
        if unit_key(alone) in UNITS:
            yield UnitStatement(row, filled[0].strip(), alone, quantity=UNITS[unit_key(alone)][0])
        elif over := find_unit_row(row, cells, fields):
            yield from over
        else:
            yield from find_statements([(row, cells)], titles=True)


def is_unit_line(cells: Sequence[str]) -> bool:
    """Whether a row below the table holds nothing but a statement of units."""
    filled = [_NUMBERING.sub("", cell.strip()).strip("（()）【】") for cell in cells if cell.strip()]
    return 0 < len(filled) <= _CELLS and any(
        statement.is_known and filled[0].startswith(statement.quote[:2]) for statement in find_statements([(0, filled)])
    )


def find_unit_row(row: int, cells: Sequence[str], fields: Sequence[str | None]) -> list[UnitStatement]:
    """Returns the units in a row of units below the header, by field; empty if the row is no such row.

    Every filled cell of a row of units is a unit or says that there is none, and at least one stands in the column of a
    field.
    """
    units = [(at, _bare_unit(cell)) for at, cell in enumerate(cells) if cell.strip()]
    if not all(
        unit in _NO_UNIT or unit in _BARE or unit_key(unit) in UNITS or looks_like_unit(unit) for _, unit in units
    ):
        return []
    found = [
        UnitStatement(row, cells[at].strip(), unit, field=fields[at])
        for at, unit in units
        if unit not in _NO_UNIT and at < len(fields) and fields[at]
    ]
    return found if any(statement.is_known or statement.unit in _BARE for statement in found) else []


def _bare_unit(cell: str) -> str:
    return re.sub(r"^[（(\[【]|[)）\]】]$", "", cell.strip()).strip().removeprefix("单位：").removeprefix("单位:")


def _parse_statement(row: int, found: re.Match[str], *, explicit: bool, text: str) -> Iterator[UnitStatement]:
    subject, quantity = _split_subject(found["subject"])
    whole = found["units"].strip()
    words = (
        [whole]
        if unit_key(whole) in UNITS
        else [word for word in _SEPARATED.split(whole) if word and word != _CURRENCY]
    )
    taken = list(itertools.takewhile(lambda word: unit_key(word) in UNITS, words))
    if not taken and words and explicit and _names_unit(words[0], quantity):
        taken = words[:1]
    statement = found[0].strip() + ("、".join(taken) if explicit else "")
    quote = masked_excerpt(statement.strip("（()）【】"), 40) or ""
    for word in taken:
        base = quantity or UNITS.get(unit_key(word), ("元", 0))[0]
        yield UnitStatement(row, quote, word, subject, None, base, _EXCEPT.search(text) is not None)


def _names_unit(word: str, quantity: str | None) -> bool:
    """Whether a word that is no known unit was meant as one: it looks like one, is made of some, or is short."""
    compound = "/" in word and any(unit_key(part) in UNITS for part in word.split("/"))
    return looks_like_unit(word) or compound or (quantity is not None and len(word) <= _LONGEST_UNIT)


def _split_subject(text: str) -> tuple[str, str | None]:
    """Splits a text into the words that may name fields, and the base unit of the quantity that its last word names."""
    subject = re.sub(r"^(?:其中|本表|表中|表内|以上|所有|全部|各项|上述|的)+|[的之均都]+$", "", text)
    for word, base in _QUANTITIES.items():
        if subject == word or (subject.endswith(word) and subject.removesuffix(word) in _LEADING):
            return "", base or None
    return "" if subject in _ALL else subject.removesuffix("计量").removesuffix("计价"), None


_LEADING = frozenset({"", "本表", "表中", "表内", "所有", "全部", "各项", "涉及", "相关", "计量", "货币"})
