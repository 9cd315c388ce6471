"""The receipt as one self-contained HTML page in both languages.

Here: its view, a pure function of the receipt and the words of its contract. Not here: the layout (`pages/receipt.html.j2` on the base
template of `catalog.pages`), the sentences (`pages/texts.yaml`), or the content of a receipt (`receipt.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment

from catalog.pages import make_environment, read_texts, render_bilingual_page
from pipelines.normalise import REASONS
from pipelines.submissions.finding_words import FindingWords
from pipelines.submissions.receipts.receipt import Receipt
from quality.findings import Finding
from schemas.severity import Severity
from schemas.text import Text

FOLDER = Path(__file__).parents[2] / "pages"
# Number of findings visible per group; the rest is folded.
SHOWN = 10
_SIGNALS = {"error": "mend", "warning": "look", "info": "look"}
_RANK = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True)
class FindingGroup:
    """Findings that are corrected in the same way: one type of one severity in one column.

    `count` is the true number; of older receipts the number of findings listed, where a type of many findings occurs in several columns.
    """

    type: str
    heading: Text
    mend: Text | None
    signal: str
    count: int
    listed: int
    shown: tuple[Finding, ...]
    folded: tuple[Finding, ...]


def render_receipt(receipt: Receipt, words: FindingWords, *, synthetic: bool) -> str:
    """Returns the page of a receipt; `words` are those of its contract."""
    groups = group_findings(receipt, words)
    return render_bilingual_page(
        _load_templates(),
        "receipt.html.j2",
        title=read_sentences()["receipt.title"].fill_placeholders(number=receipt.number),
        synthetic=synthetic,
        receipt=receipt,
        groups=groups,
        warnings=sum(group.count for group in groups if group.signal != "mend"),
        rewrites=[(REASONS[why], count) for why, count in receipt.rewrites.items()],
        labels=words.labels,
        words=words,
    )


def group_findings(receipt: Receipt, words: FindingWords) -> list[FindingGroup]:
    """Returns the listed findings as `group_all_findings` does, with the true counts."""
    by_field = {(one.type, one.field, one.severity): one.count for one in receipt.counts_by_field}
    return group_all_findings(receipt.findings, words, receipt.counts, by_field)


def group_all_findings(
    findings: Sequence[Finding],
    words: FindingWords,
    counts: Mapping[str, int],
    by_field: Mapping[tuple[str, str | None, Severity], int],
) -> list[FindingGroup]:
    """Returns the findings by type and column: errors, then warnings, then info; in each the whole file, then the most frequent.

    `counts`, `by_field`: the number of findings, listed or not, by type, and as far as it is known by type, field and severity.
    """
    found: dict[tuple[str, str | None, Severity], list[Finding]] = {}
    for finding in findings:
        found.setdefault((finding.type, finding.field, finding.severity), []).append(finding)
    kinds = [kind for kind, _, _ in found]
    alone = {kind for kind in kinds if kinds.count(kind) == 1}
    ordered = sorted(
        found.items(), key=lambda item: (_RANK[item[1][0].severity], *_place_in_rank(item[1]), str(item[0]))
    )
    return [
        FindingGroup(
            type=kind,
            heading=_group_heading(kind, field, listed, words),
            mend=listed[0].mend,
            signal=_SIGNALS[listed[0].severity],
            count=by_field.get((kind, field, severity), counts[kind] if kind in alone else len(listed)),
            listed=len(listed),
            shown=tuple(listed[:SHOWN]),
            folded=tuple(listed[SHOWN:]),
        )
        for (kind, field, severity), listed in ordered
    ]


def _place_in_rank(findings: list[Finding]) -> tuple[bool, bool, int]:
    """Returns a sort key: rows of another department first, then findings on the whole file, then by number."""
    first = findings[0]
    return first.type != "wrong-department", first.judge != "table" or first.row is not None, -len(findings)


def _group_heading(kind: str, field: str | None, listed: Sequence[Finding], words: FindingWords) -> Text:
    """Returns `场地面积：格式不符合要求` for a kind of cell error, otherwise what the messages have in common."""
    named = read_sentences().get(f"kind.{kind}")
    if named is None:
        return words.head_group(kind, listed)
    if field is None or field not in words.labels:
        return named
    label = words.labels[field]
    return Text(zh=f"{label.zh}：{named.zh}", en=f"{label.en}: {named.en}")


@cache
def read_sentences() -> dict[str, Text]:
    """Returns every sentence of the receipt by its key."""
    return read_texts(FOLDER / "texts.yaml")


@cache
def _load_templates() -> Environment:
    return make_environment(FOLDER, texts=read_sentences())
