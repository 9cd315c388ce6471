"""Keys that stand in another slice already: the hand-in is taken, and its department learns at once that rows cannot be released.

Compared are the keys of the slices that would be released together with this one, by their fingerprints. Cost: one search in sorted
numbers for each of those slices; a file of which nearly all rows are a copy is not looked at (`overlaps.py` says so). Not here: what
is held out of a candidate because of it (`pipelines/review/disputes.py`), keys within one file (the judges).
"""

from collections.abc import Iterator

import numpy as np

from pipelines.submissions.comparisons.compared_rows import ComparedRows
from quality.findings import Finding, make_table_finding, masked_excerpt
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse.lake.row_fingerprints import count_common, mark_common, sort_distinct

SHARED_KEY = "shared-key"
MOST_KEYS = 100
"""Rows of one hand-in that are named one by one."""


def check_shared_keys(compared: ComparedRows) -> list[Finding]:
    """Returns a warning for each row whose key stands in another slice that was handed in before; at most `MOST_KEYS`, and how many more.

    Keys are compared without case and blanks, so that a key that differs in nothing else is told too.
    """
    named = list(_find_shared(compared))
    findings = [_make_finding(compared, *one) for one in named[:MOST_KEYS]]
    if more := len(named) - len(findings):
        message = Text(
            zh=f"另有 {more} 行的编码也在其他报送的数据中",
            en=f"the keys of {more} more rows stand in other hand-ins too",
        )
        findings.append(make_table_finding(SHARED_KEY, "warning", message))
    return findings


def _find_shared(compared: ComparedRows) -> Iterator[tuple[int, SliceKey, str]]:
    """Yields the position of each such row with one slice that has its key, and that slice's receipt."""
    columns = [compared.typed.column(name) for name in compared.contract.primary_key]
    unnamed = np.flatnonzero(np.logical_or.reduce([column.is_null().to_numpy() for column in columns]))
    seen: set[int] = set(unnamed.tolist())
    comparable = compared.list_comparable()
    mine = sort_distinct(compared.keys) if comparable else compared.keys
    for key in comparable:
        there = compared.standing.read_keys(key)
        if not count_common(mine, there) or (standing := compared.find_earlier(key)) is None:
            continue
        for position in np.flatnonzero(mark_common(compared.keys, there)).tolist():
            if position not in seen:
                seen.add(position)
                yield position, key, standing.number


def _make_finding(compared: ComparedRows, position: int, key: SliceKey, number: str) -> Finding:
    fields = compared.contract.primary_key
    values = [compared.typed.column(name)[position].as_py() for name in fields]
    excerpt = masked_excerpt(" / ".join(map(str, values)))
    name = compared.describe_slice(key, number)
    return Finding(
        judge="table",
        type=SHARED_KEY,
        severity="warning",
        row=compared.rows[position].as_py(),
        field=fields[0],
        value=excerpt,
        message=Text(zh=f"编码 {excerpt} 也在{name.zh}中", en=f"the key {excerpt} stands in {name.en} too"),
        mend=Text(
            zh="请与对方核对，由其中一方更正后重新报送；更正之前相关行不能发布",
            en="settle with them whose row it is; one of you corrects it and hands in again, and until then it cannot be released",
        ),
    )
