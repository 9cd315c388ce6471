"""Problem data: tables whose cells are correct but which are unusable as a whole.

Too few rows, mostly empty, a document pasted into a table, the bytes of a file that was accepted as another slice, many rows on one
point. A contract may waive a problem that is normal for its dataset. Not here: rows handed in twice (`pipelines/submissions/comparisons/overlaps.py`), tables split
into pieces (`pipelines/submissions/comparisons/fragments.py`), magnitudes and units (`magnitudes.py`), expectations that a contract writes
(`quality/expectations.py`), files without rows (`read` refuses them).

Source: Fudan open data index, 问题数据集 (高缺失, 低容量, 碎片化, 生硬格式转化); DB31 060200; YARDSTICKS D22.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.workspace import Workspace
from quality.findings import Finding, make_table_finding
from schemas.contract import Contract
from schemas.execution.spilled_table import list_columns, map_columns
from schemas.severity import Severity
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse.lake.standing import find_standing

FEW_ROWS = 3
MOSTLY_EMPTY = 0.6
POURED = 0.5
"""Share of rows with one filled cell, or one long text and at most two filled cells, that is a poured document."""
PROSE = 100
"""Length in characters from which a cell counts as a paragraph, not a value."""
_LEAST_WIDTH = 3
_THIN = 2
_NAMED = 3


def check_table(texts: pa.Table, typed: pa.Table, rows: pa.Array, contract: Contract) -> list[Finding]:
    """Checks a file by itself, without the lake.

    `texts` are all its rows, `typed` those without errors, `rows` the row numbers of `typed`.
    """
    found = [*_find_few_rows(texts), *_find_empty_or_poured(texts), *_find_stacked_points(typed, rows, contract)]
    return [finding for finding in found if finding.type not in contract.policy.waived_problems]


def check_twin(contract: Contract, slice_: SliceKey, others: list[str]) -> list[Finding]:
    """Returns an error if the lake holds the same bytes as the slices `others` (`find_same_bytes`).

    It is only a warning if a snapshot of the same department did not change between two periods, and nothing if the platform built
    it: nobody put it into the wrong place.
    """
    if not others or contract.policy.built is not None:
        return []
    mine = f"{slice_.dataset}/{slice_.department}/"
    unchanged = contract.policy.mode == "snapshot" and all(name.startswith(mine) for name in others)
    return [_twin_finding(others, "warning" if unchanged else "error")]


def find_same_bytes(workspace: Workspace, slice_: SliceKey, sha256: str) -> list[str]:
    """Returns the other slices for which the same bytes stand."""
    same = {entry.facts["number"] for entry in workspace.ledger.find_entries("submission", "sha256", sha256)}
    landed = [
        entry.facts["slice"] for number in same for entry in workspace.ledger.find_entries("landing", "number", number)
    ]
    standing = {name: find_standing(workspace.ledger, name) for name in landed if name != str(slice_)}
    return sorted(name for name, submission in standing.items() if submission and submission.number in same)


def _find_few_rows(texts: pa.Table) -> Iterator[Finding]:
    if 0 < texts.num_rows <= FEW_ROWS:
        yield make_table_finding(
            "few-rows",
            "warning",
            Text(zh=f"只有 {texts.num_rows} 行数据（低容量）", en=f"there are only {texts.num_rows} rows of data"),
            Text(
                zh=f"请核对是否漏报；确实只有 {FEW_ROWS} 行以内的，由数据管理员在数据规范中注明",
                en=f"check that nothing is left out; a table that honestly has {FEW_ROWS} rows or fewer is waived in its contract",
            ),
        )


def _find_empty_or_poured(texts: pa.Table) -> Iterator[Finding]:
    if not texts.num_rows:
        return
    filled = np.zeros(texts.num_rows, np.int32)
    columns = 0
    for nonempty in map_columns(_mark_filled, texts.columns, texts.num_rows):
        columns += bool(nonempty.any())
        filled += nonempty
    if texts.num_columns >= _LEAST_WIDTH and (columns == 1 or _poured_share(texts, filled) >= POURED):
        yield make_table_finding(
            "poured-document",
            "error",
            Text(
                zh="多数行只有一个单元格或一段长文字，疑似把文档粘贴成表格（生硬格式转化）",
                en="most rows hold one cell or one long text: a document poured into a table",
            ),
            Text(zh="请按采集模板逐列填写", en="fill in the template, one value a column"),
        )
    blank = 1 - float(filled.sum()) / (texts.num_rows * texts.num_columns)
    if blank >= MOSTLY_EMPTY:
        yield make_table_finding(
            "mostly-empty",
            "warning",
            Text(
                zh=f"{blank:.0%} 的单元格为空（高缺失，界限 {MOSTLY_EMPTY:.0%}）",
                en=f"{blank:.0%} of the cells are empty; the limit is {MOSTLY_EMPTY:.0%}",
            ),
            Text(
                zh="请补填，或删去整列不用的选填列",
                en="fill them in; columns that nobody uses may be left out of the contract",
            ),
        )


def _mark_filled(column: pa.ChunkedArray) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    return np.asarray(pc.fill_null(pc.not_equal(column, ""), False).to_numpy())


def _poured_share(texts: pa.Table, filled: "np.ndarray[tuple[int], np.dtype[np.int32]]") -> float:
    thin = filled <= _THIN
    if thin.mean() < POURED:
        return 0.0
    longest = np.zeros(texts.num_rows, np.int32)
    for column in list_columns(texts):
        longest = np.maximum(longest, pc.fill_null(pc.utf8_length(column), 0).to_numpy())
    return float(((filled <= 1) | (thin & (longest >= PROSE))).mean())


def _find_stacked_points(typed: pa.Table, rows: pa.Array, contract: Contract) -> Iterator[Finding]:
    at = contract.policy.coordinates
    if at is None or typed.num_rows <= at.most_on_a_point:
        return
    numbered = typed.select([at.lon, at.lat]).append_column("#row", pa.chunked_array([rows])).drop_null()
    points = numbered.group_by([at.lon, at.lat]).aggregate([("#row", "count"), ("#row", "min")])
    high = points.filter(pc.greater(points.column("#row_count"), at.most_on_a_point))
    for point in high.sort_by([("#row_count", "descending")]).to_pylist()[:_NAMED]:
        yield Finding(
            judge="table",
            type="stacked-points",
            severity="warning",
            row=point["#row_min"],
            field=at.lon,
            value=f"{point[at.lon]}, {point[at.lat]}",
            message=Text(
                zh=f"{point['#row_count']} 行用了同一个坐标（上限 {at.most_on_a_point} 行），疑似地图默认点",
                en=f"{point['#row_count']} rows share one point (limit {at.most_on_a_point}): it looks like the default of a map",
            ),
            mend=Text(
                zh="请逐个定位；无法定位的把坐标留空", en="locate each; leave the coordinates empty where you cannot"
            ),
        )


def _twin_finding(others: list[str], severity: Severity) -> Finding:
    names = "、".join(others[:_NAMED])
    return make_table_finding(
        "same-as-another",
        severity,
        Text(zh=f"与已接收的 {names} 是完全相同的文件", en=f"this is the very file that was taken as {names}"),
        Text(
            zh="请检查是否放错了文件或期间；确无变化的请更新核实日期后重新报送",
            en="check dataset and period; if nothing changed, bring the date of verification up to date and send it again",
        ),
    )
