"""Overlaps: rows that stand in the lake already, handed in for another period or by another department.

Compared is the content of rows (`schemas/content_fields.py`), not bytes: another order, other keys, codes, office names or days do
not hide a copy. How sure it is decides: nearly all rows the same (`same-rows`) is an error, unless only their content without days
agrees with the department's own earlier period, as honest yearly events do; half of them (`shared-rows`) is a warning.

Look-alikes that pass: an inventory (mode `snapshot`) repeats its rows in the next period of the same department; small tables;
tables whose rows cannot be told apart by content, such as opening hours. Of another department's inventory only its newest period
stands. A contract may waive both findings. Cost: one search in sorted numbers for each standing slice that is large enough to hold
the share. If the hand-in or the slice is large, a few fields are compared first, and all of them only if the slice may hold the share by
these. Slices replaced or retracted are not looked at. Not here: the same bytes (`pipelines/submissions/checks/plausibility.py`), other
datasets (`other_datasets.py`), pieces of a table (`fragments.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from pipelines.submissions.checks.plausibility import check_twin, find_same_bytes
from pipelines.submissions.comparisons.compared_rows import LEAST_SAME, SAME, TOLD_APART, ComparedRows, tells_apart
from pipelines.submissions.comparisons.other_datasets import check_other_datasets
from quality.findings import Finding, make_table_finding
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse.lake.row_fingerprints import (
    LEAST_FILLED,
    FingerprintSets,
    Hashes,
    count_common,
    draw_rows,
    estimate_share,
    mark_common,
)

SHARED = 0.5
"""Share from which it is said that rows are in another slice too. Below it, joint events and moved halls are honest."""
LARGE_ROWS = 20_000
"""Rows of either slice from which a few fields are compared first: in fewer, hashing all costs less than it takes to know."""
LEAST_SHARED = 20
"""Distinct rows from which that is said."""
_MOST_NAMED = 3


class _Overlap(NamedTuple):
    """Rows of the hand-in that another slice has: their share, which fingerprint says so, and whether it is the own department's."""

    key: SliceKey
    share: float
    variant: str
    own: bool


def check_copies(compared: ComparedRows, sha256: str | None) -> list[Finding]:
    """Returns what the hand-in repeats: the bytes of another slice, else rows of other slices or of another dataset.

    `sha256`: of the file; without it bytes are not compared.
    """
    same = find_same_bytes(compared.workspace, compared.slice, sha256) if sha256 else []
    found = check_twin(compared.contract, compared.slice, [name for name in same if compared.find_earlier(name)])
    return found or check_overlaps(compared) or check_other_datasets(compared)


def check_overlaps(compared: ComparedRows) -> list[Finding]:
    """Returns one finding for each of the slices with the most common rows, at most three."""
    found = sorted(_find_overlaps(compared), key=lambda overlap: -overlap.share)
    waived = compared.contract.policy.waived_problems
    findings = []
    for overlap in found:
        standing = compared.find_earlier(overlap.key)
        finding = standing and _make_overlap_finding(compared, overlap, standing.number)
        if finding and finding.type not in waived:
            findings.append(finding)
        if len(findings) == _MOST_NAMED:
            break
    return findings


def _find_overlaps(compared: ComparedRows) -> Iterator[_Overlap]:
    if compared.typed.num_rows < LEAST_SAME:
        return
    keys = _list_candidates(compared)
    if not keys:
        return
    telling = {
        name: own for name in ("exact", "loose") if tells_apart(own := getattr(compared.sets, name), compared.sets.rows)
    }
    for key in keys:
        if not telling or compared.standing.parts[key].rows < SHARED * max(map(len, telling.values())):
            continue
        there = compared.standing.read_sets(key)
        if max(estimate_share(own, getattr(there, name)) for name, own in telling.items()) < SHARED / 2:
            continue
        shares = {name: count_common(own, getattr(there, name)) / len(own) for name, own in telling.items()}
        variant = max(shares, key=lambda name: shares[name])
        distinct = len(telling[variant])
        if shares[variant] >= SAME or (shares[variant] >= SHARED and distinct >= LEAST_SHARED):
            yield _Overlap(key, shares[variant], variant, key.department == compared.slice.department)


def _list_candidates(compared: ComparedRows) -> list[SliceKey]:
    """Returns the slices that may hold so many of the rows that all content is compared."""
    handed_in = compared.typed.num_rows
    # Rows that content does not tell apart are not compared: a slice must hold the share of at least this many distinct ones.
    least = SHARED * TOLD_APART * handed_in
    parts = compared.standing.parts
    keys = [key for key in compared.list_comparable() if parts[key].rows >= least]
    large = [key for key in keys if max(handed_in, parts[key].rows) >= LARGE_ROWS]
    unlike = set(large) - set(_select_similar(compared, large, least))
    return [key for key in keys if key not in unlike]


def _select_similar(compared: ComparedRows, keys: Sequence[SliceKey], least: float) -> list[SliceKey]:
    """Returns the slices that may have the content of `least` of the rows: so many agree in its first fields.

    Rows that agree in all content agree in these fields, letterheads left out in both; a row that has too few of them counts as one that agrees.
    """
    if not keys or len(compared.standing_first.projection.fields) < LEAST_FILLED:
        return list(keys)
    prints, drawn = compared.first_prints, draw_rows(compared.typed.num_rows)
    some = {"exact": np.sort(prints.exact[drawn]), "loose": np.sort(prints.loose[drawn])}
    ordered = {"exact": np.sort(prints.exact), "loose": np.sort(prints.loose)}  # neighbours are found in the same pages
    share = least / compared.typed.num_rows
    similar = []
    for key in keys:
        there = compared.standing_first.read_sets(key)
        if _count_agreeing(some, there) >= share / 2 * len(drawn) and _count_agreeing(ordered, there) >= least:
            similar.append(key)
    return similar


def _count_agreeing(prints: Mapping[str, Hashes], there: FingerprintSets) -> int:
    """Returns how many rows may be in the other slice: the fingerprint is there, or says too little to be compared."""
    return max(int((mark_common(own, getattr(there, name)) | (own == 0)).sum()) for name, own in prints.items())


def _make_overlap_finding(compared: ComparedRows, overlap: _Overlap, number: str) -> Finding:
    there = compared.standing.read_sets(overlap.key)
    common = np.asarray(mark_common(getattr(compared.prints, overlap.variant), getattr(there, overlap.variant)))
    counts = f"{int(common.sum())}/{compared.typed.num_rows}"
    name, rows = compared.describe_slice(overlap.key, number), compared.describe_rows(common)
    but = Text(zh="", en="")
    if overlap.variant == "loose":
        but = Text(zh="（日期、编码等除外）", en=", apart from days and codes")
    message = Text(
        zh=f"疑似重复报送：{counts} 行（{rows.zh}）与{name.zh}的内容相同{but.zh}",
        en=f"{counts} rows ({rows.en}) have the same content{but.en} as {name.en}: they seem to be handed in twice",
    )
    if overlap.share < SAME:
        return make_table_finding("shared-rows", "warning", message, _mend_text(overlap))
    doubtful = overlap.own and overlap.variant == "loose"
    return make_table_finding("same-rows", "warning" if doubtful else "error", message, _mend_text(overlap))


def _mend_text(overlap: _Overlap) -> Text:
    if overlap.own:
        return Text(
            zh=f"请核对是否误用了 {overlap.key.period} 的文件，本期应填报本期数据；确实没有变化的，请告知省体育局数据管理员",
            en=f"check whether this is the file of {overlap.key.period}; hand in the rows of this period, or tell the data steward if nothing changed",
        )
    return Text(
        zh="请只报送本单位的数据，删去对方已报送的行；应由本单位报送的，请告知省体育局数据管理员",
        en="hand in your own rows only and leave out those; if they are yours, tell the data steward",
    )
