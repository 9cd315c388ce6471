"""Cells of the right type that hold no real value: formulas in text, “the same as above”, words for a missing value, dates by which programs mean no date.

Judged on the normalised table. Not here: damaged text (`pipelines/read/damaged_text.py`), tables that are unusable as a whole
(`plausibility`), words that are read as an empty cell (`pipelines/normalise/nulls.py`).

Sources: ECMA-376 part 1, 18.17.4 (day 0 and day 1 of a workbook); POSIX (day 0 of a clock); SQL Server, datetime (first day).
"""

import re
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.normalise.guards import FORMULA_STARTS, is_formula
from pipelines.read.reading import list_marked_cells
from quality.brief_findings import BriefFindings, collect_findings
from quality.findings import Finding, masked_excerpt
from quality.text_columns import holds_match, may_match
from schemas.contract import Contract, Field
from schemas.execution.spilled_table import map_columns
from schemas.severity import Severity
from schemas.text import Text

NOTHING_DAYS = ("0001-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1970-01-01", "9999-12-31")
"""Days that programs write where no date was given: their first day, the last of all, or the zero of their clock."""
_NOTHING = f"^({'|'.join(NOTHING_DAYS)})"
_QUOTED = 40
_FORMS = frozenset({"pattern", "enum"})
"""Constraints that a word for nothing does not meet."""
_DITTO = '(?:同 ?[上前]|[〃″〞"])'
"""Signs and words for “the same as above”."""
_UNDECIDED = ("待 ?定", "待 ?确认", "暂?未定", "暂未确定", "暂定", "tb[cd]", "to be (?:confirmed|determined)")
"""Words for what nobody knows yet, as the place of a planned event: true, so that a row is not held back for them."""
_MISSING = (
    *_UNDECIDED,
    "待 ?(?:补充?|填写?|核实?|查实?|完善|更新|提供|报)", "暂 ?(?:无|缺|未(?:提供|填写)|不(?:清楚|详|提供))", "无法(?:提供|确定|核实)", "不 ?(?:详|明|清楚|知道)", "未 ?(?:知|填写?|提供)",
    "略", "空 ?白?", "缺失?", "没 ?有", "无 ?(?:数据|资料|此项)", "某+", "x{2,}", "0+",
    "n[./]?a", "none", "nil", "nan", "null", "undefined", "unknown", "tba", "todo", "to be added", "test", "测试",
)  # fmt: skip
"""Words that stand in for a text that somebody is still to write, in addition to those that are read as an empty cell.

Source: DOMAIN 0.6; what departments write into required columns of text so that they are not empty.
"""
_UNDECIDED_CELL = re.compile(rf"[\W_]*(?:{'|'.join(_UNDECIDED)})[\W_]*", re.IGNORECASE)
_MARKS = frozenset("√✓✔☑★☆")
"""Signs that are an answer: a tick, and the stars of a grade."""
_SIGN = r"[^\p{L}\p{N}]"


def _placeholder_pattern(sign: str) -> str:
    return f"(?i:{sign}+|{sign}*(?:{'|'.join(_MISSING)}){sign}*)"


_PLACEHOLDER = _placeholder_pattern(_SIGN)
_LIKELY_SIGN = r"[^0-9A-Za-z一-鿿\n]"
_LIKELY = rf"^(?:[{FORMULA_STARTS}]|\n|(?:{_DITTO}|{_placeholder_pattern(_LIKELY_SIGN)})\0?$)"
"""What Python finds in a line of every doubtful text, and in few others.

It knows no classes of signs, and compiles once what Arrow compiles again for each column.
"""


def check_contents(texts: pa.Table, rows: pa.Array, contract: Contract, most: int | None = None) -> BriefFindings:
    """Returns the findings on the contents of cells.

    An error for every formula in a text (`formula-in-text`) and every “same as above” (`ditto`); a warning for every date that stands for
    no date (`nothing-date`). A word for a missing value (`placeholder`) is an error if a value is required, otherwise a warning; a word
    for “not decided yet” is an error only in a key. `texts` are the normalised rows, `rows` their numbers in the file. `most`: how many
    findings of a kind are made; None for all.
    """

    def search_field(field: Field) -> BriefFindings:
        column = texts.column(field.name)
        if field.type == "string" and not _FORMS & field.constraints.keys() and not field.policy.codelist:
            found = _find_doubtful_texts(column, rows, field, key=field.name in contract.primary_key)
            return collect_findings(found, most)
        if field.type in {"date", "datetime"}:
            return collect_findings(_find_nothing_days(column, rows, field), most)
        return BriefFindings()

    return sum(map_columns(search_field, contract.fields, texts.num_rows), BriefFindings())


def _find_doubtful_texts(column: pa.ChunkedArray, rows: pa.Array, field: Field, *, key: bool) -> Iterator[Finding]:
    held = _PLACEHOLDER if field.format == "default" else _DITTO
    least = field.constraints.get("minLength", 0)  # a shorter text is an error of its own
    for row, cell in _matching_cells(column, rows, f"^(?:[{FORMULA_STARTS}]|(?:{_DITTO}|{held})$)", _LIKELY):
        if is_formula(cell):
            excerpt = masked_excerpt(cell, _QUOTED)
            wrong = Text(
                zh=f"{field.title}“{excerpt}”是公式，不是文字",
                en=f'{field.policy.title_en} "{excerpt}" is a formula, not a text',
            )
            mend = Text(zh="请填写公式的结果", en="write what the formula results in")
            yield _text_finding("formula-in-text", row, cell, field, wrong, mend)
        elif re.fullmatch(_DITTO, cell):
            wrong = Text(
                zh=f"{field.title}“{cell}”指上一行的内容，而入库后各行按编码排列，不再知道是哪一行",
                en=f'{field.policy.title_en} "{cell}" refers to the row above; in the lake rows are in the order of the key, and another one is above',
            )
            mend = Text(zh="请在每一行填写完整内容", en="write the text itself in every row")
            yield _text_finding("ditto", row, cell, field, wrong, mend)
        elif len(cell) >= least and _is_placeholder(cell, key=key):
            yield _placeholder_finding(row, cell, field, key=key)


def _is_placeholder(cell: str, *, key: bool) -> bool:
    """Whether a cell that looks like a placeholder is one. Not so: -5 (a number), 0 in a key (a number of a record), √ and ★★★ (they carry meaning).

    Nor is a row of question marks: a conversion left it in place of a text, and the reader reports it (`damaged_text`).
    """
    return (
        not (key and cell.isdigit())
        and _MARKS.isdisjoint(cell)
        and re.fullmatch(r"\?{2,}", cell) is None
        and (cell[0] not in FORMULA_STARTS or not any(map(str.isalnum, cell)))
    )


def _placeholder_finding(row: int, cell: str, field: Field, *, key: bool) -> Finding:
    excerpt, undecided = masked_excerpt(cell, _QUOTED), not key and _UNDECIDED_CELL.fullmatch(cell)
    wrong = Text(
        zh=f"{field.title}填的是“{excerpt}”，不是实际内容",
        en=f'{field.policy.title_en} "{excerpt}" stands for a text that is missing',
    )
    if undecided:
        mend = Text(
            zh="确定后请填写实际内容，重新报送",
            en="write the text itself as soon as it is decided, and hand the file in again",
        )
    elif key or field.required:
        mend = Text(zh="请填写实际内容", en="write the text itself")
        return _text_finding("placeholder", row, cell, field, wrong, mend)
    else:
        mend = Text(zh="请填写实际内容；没有的请留空", en="write the text itself, or leave the cell empty")
    return _text_finding("placeholder", row, cell, field, wrong, mend, "warning")


def _text_finding(
    kind: str, row: int, cell: str, field: Field, message: Text, mend: Text, severity: Severity = "error"
) -> Finding:
    return Finding(
        judge="cell",
        type=kind,
        severity=severity,
        row=row,
        field=field.name,
        value=masked_excerpt(cell),
        message=message,
        mend=mend,
    )


def _find_nothing_days(column: pa.ChunkedArray, rows: pa.Array, field: Field) -> Iterator[Finding]:
    for row, cell in _matching_cells(column, rows, _NOTHING, _NOTHING):
        yield Finding(
            judge="cell",
            type="nothing-date",
            severity="warning",
            row=row,
            field=field.name,
            value=cell,
            message=Text(
                zh=f"{field.title}“{cell}”疑似由软件在没有日期时自动填入",
                en=f'{field.policy.title_en} "{cell}" is what programs write where there is no date',
            ),
            mend=Text(
                zh="没有日期的请留空；确为这一天的不必修改",
                en="leave it empty if there is no date; leave it as it is if that is the day",
            ),
        )


def _matching_cells(column: pa.ChunkedArray, rows: pa.Array, pattern: str, likely: str) -> Iterator[tuple[int, str]]:
    """Yields row numbers and cells that match `pattern`.

    `likely`: a cheaper pattern, tested first (`may_match`); a column without a match of it has none of `pattern`.
    """
    if may_match(column, likely) and holds_match(column, pattern):
        yield from list_marked_cells(column, rows, pc.fill_null(pc.match_substring_regex(column, pattern), False))
