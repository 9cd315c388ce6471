"""Judging one file against its contract, from bytes to verdict, without writing anything.

read → match labels → normalise → correct → cells → rows → problem data → table → verdict. Here: that order, and what each judge is given.
Not here: keeping anything (`intake.py`), or judging itself (`quality`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import column_matching
from pipelines.normalise import Normalised, Rewrite, normalise
from pipelines.read import Reading, read
from pipelines.submissions import plausibility
from pipelines.submissions.corrections import Corrected, correct, read_corrections
from pipelines.workbook_stamp import older
from pipelines.workspace import House
from quality.conformance import Overflow, conform_typed
from quality.conformance.lines import Lines
from quality.expectations import judge_table
from quality.findings import Finding, shown
from quality.rules import RuleContext, judge_rows
from quality.verdict import Verdict, weigh
from schemas.contract import Contract, fields_of
from schemas.errors import UnreadableFile
from schemas.rules import InArea, InPeriod
from schemas.slices import SliceKey
from schemas.text import Text
from warehouse.types import arrow_schema


@dataclass(frozen=True)
class Judged:
    """What was read, found and decided about one file. `accepted`: typed rows for the lake, None unless something is taken."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    reading: Reading | None = None
    rewrites: tuple[Rewrite, ...] = ()
    decisions: tuple[Text, ...] = ()
    accepted: pa.Table | None = None


def judge_file(
    house: House,
    file: Path,
    contract: Contract,
    slice_: SliceKey | None,
    called: str | None = None,
    on: date | None = None,
    sha256: str | None = None,
) -> Judged:
    """The judgement on `file`. Without a slice, rules about the period and the department's area are left out, as is what others sent.

    `called`: the name that the department gave the file, where we keep it under another. `on`: the day that decides which
    corrections hold; none are applied without it. `sha256`: of the file, to know it again under another slice.

    A file that is no table that we can read is refused, with one finding that says why and how to mend it.
    """
    try:
        reading = read(file, contract)
    except UnreadableFile as refusal:
        message = _about(refusal.text, file.name, called or file.name)
        return refused(Finding(judge="table", type=refusal.kind, severity="error", message=message))
    matching = column_matching.match(reading.labels, contract)
    corrected = _corrected(
        house,
        normalise(matching.arrange(reading.table), reading.rows, contract, matching.units),
        reading,
        contract,
        slice_,
        on,
    )
    normal = corrected.normal
    findings = [*older(reading.stamp, contract), *reading.findings, *matching.findings, *corrected.findings]
    schema = arrow_schema(contract)
    cells = conform_typed(normal.table, reading.rows, contract)
    findings += _not_said_yet(cells.findings, reading.findings, matching.missing, contract)
    findings += _too_large(cells.overflows, _rows_with_errors(findings), contract)
    table, rows = _without(cells.typed.cast(schema), reading.rows, _rows_with_errors(findings))
    blind = {rule.id for rule in contract.rules if matching.missing & set(fields_of(rule))}
    findings += [f for f in _rows(house, table, rows, contract, slice_) if f.type not in blind]
    findings += _problems(house, normal.table, table, rows, contract, slice_, sha256)
    verdict = weigh(findings, reading.table.num_rows, contract.policy.quarantine.share)
    if verdict.accepted:
        table, _ = _without(table, rows, verdict.held_back)
        previous = house.lake.previous(contract, slice_) if slice_ else None
        findings += judge_table(table, previous, contract)
        verdict = weigh(findings, reading.table.num_rows, contract.policy.quarantine.share)
    return Judged(
        verdict=verdict,
        findings=_on_lines(findings, reading.lines),
        reading=reading,
        rewrites=tuple(normal.rewrites),
        decisions=(*reading.decisions, *matching.decisions, *corrected.decisions),
        accepted=table if verdict.accepted else None,
    )


def refused(finding: Finding) -> Judged:
    """The judgement on something that is no submission of ours or no table at all."""
    verdict = Verdict(outcome="refused", reason=finding.message, rows=0)
    return Judged(verdict=verdict, findings=(finding,))


def _corrected(
    house: House, normal: Normalised, reading: Reading, contract: Contract, slice_: SliceKey | None, on: date | None
) -> Corrected:
    if slice_ is None or on is None:
        return Corrected(normal)
    asked = read_corrections(house.layout.corrections(contract.name), contract)
    return correct(normal, reading.rows, contract, asked, slice_, on) if asked else Corrected(normal)


def _problems(
    house: House,
    texts: pa.Table,
    table: pa.Table,
    rows: pa.Array,
    contract: Contract,
    slice_: SliceKey | None,
    sha256: str | None,
) -> list[Finding]:
    found = plausibility.of_table(texts, table, rows, contract)
    if slice_ is not None:
        found += plausibility.of_fragment(house, table, contract, slice_)
        found += plausibility.of_twin(house, contract, slice_, sha256) if sha256 else []
    return found


def _on_lines(findings: Sequence[Finding], lines: Lines | None) -> tuple[Finding, ...]:
    """The findings with the line on which their row begins, where the file has lines."""
    if lines is None:
        return tuple(findings)
    return tuple(f if f.row is None else f.model_copy(update={"line": lines.of(f.row)}) for f in findings)


def _too_large(overflows: Iterable[Overflow], wrong: set[int], contract: Contract) -> list[Finding]:
    """Numbers and times that Table Schema allows and no column can hold, in rows not yet `wrong`: said as frictionless says a wrong type."""
    return [
        Finding(
            judge="cell",
            type="type-error",
            severity="error",
            row=overflow.row,
            field=overflow.field,
            value=shown(overflow.value),
            message=Text(
                zh=f"{contract.field(overflow.field).title}“{shown(overflow.value)}”太大，无法保存",
                en=f'{contract.field(overflow.field).label.en} "{shown(overflow.value)}" is too large to be kept',
            ),
            mend=Text(zh="请核对数值和单位", en="check the number and its unit"),
        )
        for overflow in sorted(overflows)
        if overflow.row not in wrong
    ]


def _about(text: Text, kept: str, called: str) -> Text:
    return Text(zh=text.zh.replace(f"“{kept}”", f"“{called}”"), en=text.en.replace(f"“{kept}”", f"“{called}”"))


def _not_said_yet(
    found: Sequence[Finding], said: Sequence[Finding], missing: frozenset[str], contract: Contract
) -> list[Finding]:
    """The findings less those that only follow from a missing column, or from a row or cell that the reader has spoken of."""
    places = {(finding.row, finding.field) for finding in said}
    news = []
    for finding in found:
        at = set(contract.primary_key) if finding.type == "primary-key" else {finding.field}
        if not at & missing and not any((finding.row, name) in places for name in (*at, None)):
            news.append(finding)
    return news


def _rows(house: House, table: pa.Table, rows: pa.Array, contract: Contract, slice_: SliceKey | None) -> list[Finding]:
    if slice_ is None:
        contract = contract.without_rules(InPeriod, InArea)
        slice_ = SliceKey(dataset=contract.name, department=contract.policy.owner, period="2099")
    context = RuleContext(
        slice=slice_,
        department=house.departments[slice_.department],
        codelists=house.codelists,
        datasets=_referenced(house, contract),
    )
    return judge_rows(table, rows, contract, context)


def _referenced(house: House, contract: Contract) -> Mapping[str, pa.Table]:
    """Accepted current rows of the datasets that the contract refers to; those without any are left out."""
    return {
        name: house.lake.current(house.contracts[name])
        for name in contract.references
        if house.lake.version(house.contracts[name]) is not None
    }


def _rows_with_errors(findings: Iterable[Finding]) -> set[int]:
    return {f.row for f in findings if f.severity == "error" and f.row is not None}


def _without(table: pa.Table, rows: pa.Array, numbers: "set[int] | tuple[int, ...]") -> tuple[pa.Table, pa.Array]:
    if not numbers:
        return table, rows
    keep = pc.invert(pc.is_in(rows, value_set=pa.array(sorted(numbers), pa.int64())))
    return table.filter(keep), rows.filter(keep)
