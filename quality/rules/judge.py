"""Row checks: runs every rule of a contract over the rows of one submission and makes its findings.

An in-memory DuckDB without access to files and extensions. Cells become text here and fill the placeholders of the contract's
messages; only the contract is ever a template, a department's text only a value.
Not here: what a rule means (the compilers), which statements are run (`rule_queries.py`), what happens to the findings (`quality/verdict.py`),
the messages themselves.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from quality.brief_findings import Bools, BriefFindings, UnlistedFindings, leave_unlisted
from quality.empty_database import open_cursor
from quality.findings import Finding, FindingKind, masked_excerpt, proposed_value
from quality.rules.certain_rules import certainly_holds
from quality.rules.compilers import compile_rule
from quality.rules.proposals import MOST_PROPOSALS, explain_place, propose_for_rule
from quality.rules.references import register_references
from quality.rules.rule_queries import FEW_ROWS, RuleViolations, ViolatingRow, find_violations, read_violations
from quality.rules.scope import RuleContext, RuleScope, column_name
from quality.rules.violations import SUBMITTED, Violation
from quality.text_columns import join_columns
from schemas.codelists import CodeList, name_code
from schemas.contract import Contract
from schemas.execution.spilled_table import map_columns
from schemas.rules.rules import RowRule
from schemas.text import Text

OTHER_ROW = "other_row"
NO_PLACE = _NOTHING = Text(zh="", en="")
SEVERAL = " / "
"""Separates the values of a finding that displays more than one field."""


def judge_rows(
    table: pa.Table,
    rows: pa.Array,
    contract: Contract,
    context: RuleContext,
    rules: Sequence[RowRule] | None = None,
) -> list[Finding]:
    """Returns the findings of `rules` (default: all rules of the contract): in the order of the rules, then of the rows.

    `table`: one row per row of the file, typed, with the contract's fields; `rows`: their ascending numbers in the file
    (header = 1). Without rows there are no findings. A rule's message may use `{value}`, `{other_row}` (the conflicting row) and
    any field's name. ContractError if a rule cannot be checked: wrong type of field, bad pattern, a missing code list.
    """
    return judge_rows_briefly(table, rows, contract, context, rules).findings


def judge_rows_briefly(
    table: pa.Table,
    rows: pa.Array,
    contract: Contract,
    context: RuleContext,
    rules: Sequence[RowRule] | None = None,
    *,
    most: int | None = None,
    exempt: Callable[[RowRule], Bools | None] = lambda _: None,
) -> BriefFindings:
    """Returns what `judge_rows` returns, the first `most` findings of each kind; all for None.

    `exempt`: returns for a rule a mask, indexed by row number, of the rows in which its findings do not count; None for no row.
    """
    if table.num_rows == 0:
        return BriefFindings()

    def keep_places(rule: RowRule, offences: Sequence[Violation], places: pa.Table) -> RuleViolations:
        if (exempted := exempt(rule)) is not None:
            places = places.filter(pa.array(~exempted[_take_rows(rows, places).to_numpy()]))
        first, rest = _split_places(places, most)
        return RuleViolations(list(read_violations(first, offences)), _leave_unlisted(rule, offences, rest, rows))

    scope = RuleScope(contract, context)
    compiled = [(rule, compile_rule(rule, scope)) for rule in (contract.rules if rules is None else rules)]
    # A rule that certainly holds has no violations, so later steps leave it out.
    certain = map_columns(lambda one: certainly_holds(one[0], table, scope), compiled, table.num_rows)
    questions = [(rule, () if holds else offences) for (rule, offences), holds in zip(compiled, certain, strict=True)]
    with open_cursor() as connection:
        register_references(connection, scope, [rule for rule, offences in questions if offences])
        submitted = _register_submission(connection, table, contract)
        found = find_violations(connection, questions, contract, submitted, keep_places)
    return BriefFindings(
        [
            finding
            for (rule, _), places in zip(compiled, found, strict=True)
            for finding in _make_findings(rule, places.first, table, rows, scope)
        ],
        tuple(one for places in found for one in places.unlisted),
    )


def _take_rows(rows: pa.Array, places: pa.Table) -> pa.Array:
    """Returns the row numbers of places."""
    return rows.take(places.column("position").combine_chunks())


def _split_places(places: pa.Table, most: int | None) -> tuple[pa.Table, Sequence[pa.Table]]:
    """Returns the first `most` places of each violation, in their order, and the others of each."""
    if most is None or places.num_rows <= most:
        return places, ()
    numbers = places.column("offence")
    each = [places.filter(pc.equal(numbers, number)) for number in numbers.unique()]
    first = pa.concat_tables([one.slice(0, most) for one in each])
    return first.sort_by([("position", "ascending"), ("offence", "ascending")]), [one.slice(most) for one in each]


def _leave_unlisted(
    rule: RowRule, offences: Sequence[Violation], rest: Sequence[pa.Table], rows: pa.Array
) -> tuple[UnlistedFindings, ...]:
    """Returns the findings at the places after the first ones of each violation, without making them."""
    return tuple(
        leave_unlisted(
            FindingKind("row", rule.id, rule.severity, offences[places.column("offence")[0].as_py()].field),
            _take_rows(rows, places),
        )
        for places in rest
        if places.num_rows
    )


def _register_submission(connection: duckdb.DuckDBPyConnection, table: pa.Table, contract: Contract) -> pa.Table:
    """Registers the rows as SUBMITTED and returns them: columns named by `column_name`, `position` from 0, empty text as NULL."""
    cells = table.select([field.name for field in contract.fields])
    filled = table.num_rows <= FEW_ROWS and not pc.any(pc.equal(join_columns(cells.columns), "")).as_py()
    columns = cells.columns if filled else map_columns(_null_empty_text, cells.columns, cells.num_rows)
    names = [column_name(contract, field.name) for field in contract.fields]
    position = pc.subtract(pc.cumulative_sum(pa.repeat(1, table.num_rows)), 1)
    numbered = pa.table([position, *columns], names=["position", *names])
    connection.register(SUBMITTED, numbered)
    return numbered


def _null_empty_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Returns the column with empty text as null; it is copied only if it has any."""
    if not pa.types.is_string(column.type) or not pc.any(pc.equal(column, "")).as_py():
        return column
    return pc.if_else(pc.equal(column, ""), None, column)


def _make_findings(
    rule: RowRule,
    offenders: Sequence[ViolatingRow],
    table: pa.Table,
    rows: pa.Array,
    scope: RuleScope,
) -> Iterator[Finding]:
    """Yields the findings on the offenders of a rule."""
    if not offenders:
        return
    cells = _cell_texts(rule, offenders, table)
    lists = {name: _find_codelist(name, scope) for name in cells}
    for place, offender in enumerate(offenders):
        value = (
            SEVERAL.join(cells[name][place] for name in offender.violation.fields)
            if offender.value is None
            else cell_text(offender.value)
        )
        other = "" if offender.other is None else str(rows[offender.other])
        named = {name: name_code(lists[name], texts[place]) for name, texts in cells.items()}
        fields_text = _join_texts(named[name] for name in offender.violation.fields)
        placeholders = {
            **named,
            "value": fields_text if offender.value is None else Text(zh=value, en=value),
            OTHER_ROW: Text(zh=other, en=other),
        }
        at, fix = _propose_value(rule, offender, table) if place < MOST_PROPOSALS else (NO_PLACE, None)
        message = fill_in(rule.message, placeholders)
        yield Finding(
            judge="row",
            type=rule.id,
            severity=rule.severity,
            row=rows[offender.position].as_py(),
            field=offender.violation.field,
            value=value or None,
            message=Text(zh=message.zh + at.zh, en=message.en + at.en) if at is not NO_PLACE else message,
            mend=rule.mend,
            fix=proposed_value(fix),
        )


def _propose_value(rule: RowRule, offender: ViolatingRow, table: pa.Table) -> tuple[Text, str | None]:
    """Returns what in the cell is wrong (empty texts if that is the whole cell), and the value that would be right."""

    def typed_cell(name: str) -> object:
        return table.column(name)[offender.position].as_py()

    field = offender.violation.field
    return explain_place(rule, field, typed_cell) or NO_PLACE, propose_for_rule(rule, field, typed_cell)


def _cell_texts(rule: RowRule, offenders: Sequence[ViolatingRow], table: pa.Table) -> Mapping[str, Sequence[str]]:
    """Returns the cells, as text, that the findings display or mention: field name to one text for each violating row."""
    shown = {name for offence in {offender.violation for offender in offenders} for name in offence.fields}
    wanted = shown | placeholder_names(rule.message)
    names = [name for name in table.column_names if name in wanted]
    taken = table.select(names).take(pa.array([offender.position for offender in offenders], pa.int64()))
    return {name: [cell_text(cell) for cell in taken[name].to_pylist()] for name in names}


LONGEST_INTEGER = 1e15
"""DOUBLEs below this hold every whole number exactly, and are written without exponent or `.0`."""
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def cell_text(cell: object) -> str:
    """Returns the cell as a person would write it: no `.0`, ISO dates, masked and cut by `masked_excerpt`; empty for null."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer() and abs(cell) < LONGEST_INTEGER:
            return str(int(cell))
        case str():
            return masked_excerpt(cell) or ""
        case _:
            return str(cell)


def placeholder_names(message: Text) -> set[str]:
    """Returns the names in braces of both languages."""
    return {found[1] for sentence in (message.zh, message.en) for found in _PLACEHOLDER.finditer(sentence)}


def fill_in(message: Text, values: Mapping[str, Text]) -> Text:
    """Returns both languages with `{name}` replaced by its value; a name without a value becomes empty text."""
    return Text(
        zh=_PLACEHOLDER.sub(lambda found: values.get(found[1], _NOTHING).zh, message.zh),
        en=_PLACEHOLDER.sub(lambda found: values.get(found[1], _NOTHING).en, message.en),
    )


def leave_open(message: Text) -> Text:
    """Returns the message of a rule for several rows, with an ellipsis in place of what differs from row to row."""
    return Text(zh=_PLACEHOLDER.sub("…", message.zh), en=_PLACEHOLDER.sub("…", message.en))


def _find_codelist(name: str, scope: RuleScope) -> CodeList | None:
    listed = scope.contract.get_field(name).policy.codelist
    return scope.context.codelists.get(listed) if listed else None


def _join_texts(texts: Iterable[Text]) -> Text:
    given = list(texts)
    return Text(zh=SEVERAL.join(one.zh for one in given), en=SEVERAL.join(one.en for one in given))
