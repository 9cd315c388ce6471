"""What a contract withholds must be gone from what would go out: masked texts, small counts, and what identifies a minor.

Asked by the gate, which trusts no earlier step. Not here: withholding itself (`warehouse/releases/withholding.py`).

Source: 个人信息保护法 art. 28, 31; 未成年人保护法 art. 4, 73; 统计法 art. 9 (no figure may identify a single respondent).
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from quality.findings import Finding
from schemas.contract import Contract
from schemas.text import Text

UNMASKED, SMALL = "unmasked-text", "small-cell"
"""Types of findings that are counted cell by cell."""


def find_unwithheld(table: pa.Table, contract: Contract) -> list[Finding]:
    """Returns an error for each column with an unmasked text or a count that is too small, and one if name, school and birthday meet."""
    return describe_unwithheld(count_unwithheld(table, contract), table.column_names, contract)


def count_unwithheld(table: pa.Table, contract: Contract) -> Counter[tuple[str, str]]:
    """Returns the number of cells that should have been withheld, by type of finding and field; the counts of parts of a table add up."""
    rules, there = contract.policy.disclosure, set(table.column_names)
    found: Counter[tuple[str, str]] = Counter()
    for mask in (rule for rule in rules.masked if rule.field in there):
        texts = pc.unique(table.column(mask.field)).to_pylist()
        found[UNMASKED, mask.field] += sum(bool(text) and not mask.is_masked(text) for text in texts)
    for small in (rule for rule in rules.small_cells if rule.field in there):
        counts = table.column(small.field)
        few = pc.sum(pc.and_(pc.greater(counts, 0), pc.less(counts, small.below))).as_py() or 0
        found[SMALL, small.field] += few
    return found


def describe_unwithheld(
    counts: Mapping[tuple[str, str], int], columns: Collection[str], contract: Contract
) -> list[Finding]:
    """Returns the errors that follow from those counts and from the columns that stand together."""
    return [
        *_describe_unmasked(counts, contract),
        *_describe_small_cells(counts, contract),
        *_find_identified(columns, contract),
    ]


def _describe_unmasked(counts: Mapping[tuple[str, str], int], contract: Contract) -> Iterator[Finding]:
    for rule in contract.policy.disclosure.masked:
        if counts.get((UNMASKED, rule.field)):
            label = contract.get_field(rule.field).label
            yield _make_error(
                UNMASKED,
                rule.field,
                f"“{label.zh}”应遮蔽后才能公开，仍有完整内容",
                f"{label.en} may go out masked only, and whole texts are left in it",
            )


def _describe_small_cells(counts: Mapping[tuple[str, str], int], contract: Contract) -> Iterator[Finding]:
    for rule in contract.policy.disclosure.small_cells:
        if small := counts.get((SMALL, rule.field)):
            label = contract.get_field(rule.field).label
            yield _make_error(
                SMALL,
                rule.field,
                f"“{label.zh}”中有 {small} 个少于 {rule.below} 人的数，可能识别到个人，不得公开",
                f"{label.en} has {small} counts of fewer than {rule.below} persons, who might be recognised: they may not go out",
            )


def _find_identified(columns: Collection[str], contract: Contract) -> Iterator[Finding]:
    together = [field for field in contract.identifying_fields() if field.name in columns]
    if {field.person_role for field in together} >= {"name", "school", "birth_date"}:
        named = Text(zh="、".join(f.label.zh for f in together), en=", ".join(f.label.en for f in together))
        yield _make_error(
            "minor-identified",
            together[0].name,
            f"{named.zh}同时公开会识别到未成年人，不得一并公开；请不公开或遮蔽其中一项",
            f"{named.en} together identify a minor and may not all go out: protect or mask one of them",
        )


def _make_error(type_: str, field: str, zh: str, en: str) -> Finding:
    return Finding(judge="table", type=type_, severity="error", field=field, message=Text(zh=zh, en=en))
