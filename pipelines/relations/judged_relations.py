"""The results of the relations of a dataset for the rows that stand now, as the gate, work items and the status need them.

A result is kept in `lake/_relations/<dataset>.json` with a digest of the relation, its query, and the versions and contracts of both
datasets; the relation is evaluated again when that digest changes. The file is a cache: if it is missing, damaged or not writable, only
time is lost. It names keys of rows, so an erasure removes it (`pipelines/erasure`).

To ask a relation means to evaluate it on the rows that stand. It is not asked while nothing of one of its datasets was ever accepted. A
relation of a large dataset cannot be asked while the engine is away; results for older rows are not used then, and callers get the list
of relations that could not be asked.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import NamedTuple

import pyarrow as pa
from pydantic import ValidationError

from pipelines.relations.relation_questions import AskedDataset, RelationQuestion, list_questions
from pipelines.relations.relation_units import ask_in_units, is_large
from pipelines.workspace import Workspace
from quality.findings import Finding
from quality.relations.relation_judge import judge_relation
from quality.relations.result import RelationResult, make_relation_finding
from schemas.errors import EngineError
from schemas.frozen_model import FrozenModel
from schemas.relations import Relation
from schemas.severity import Severity
from warehouse.atomic_files import write_atomically


class JudgedRelation(NamedTuple):
    """One relation, and its result for the rows that stand."""

    relation: Relation
    result: RelationResult

    @property
    def finding(self) -> Finding | None:
        """The finding that rows break it; None if none does."""
        return make_relation_finding(self.relation, self.result)


class UnaskedRelation(NamedTuple):
    """One relation that the engine could not ask of the rows that stand, and its error.

    `since`: when one of the two datasets changed last; None if its newest commit changed no rows.
    """

    relation: Relation
    since: datetime | None
    error: EngineError


class StandingRelations(NamedTuple):
    """The relations of all datasets that rows break now, and those that the engine could not ask; in the order of the table."""

    broken: Sequence[JudgedRelation]
    unasked: Sequence[UnaskedRelation]


class RelationAnswers(NamedTuple):
    """The results of the relations of one dataset, and the relations that the engine could not ask."""

    judged: tuple[JudgedRelation, ...] = ()
    unasked: tuple[UnaskedRelation, ...] = ()


class _KeptResult(FrozenModel):
    inputs: str
    result: RelationResult


class _KeptResults(FrozenModel):
    results: Mapping[str, _KeptResult] = {}


def judge_relations(
    workspace: Workspace, dataset: str, on: date | None = None, version: int | None = None
) -> tuple[JudgedRelation, ...]:
    """Returns the result of every relation of a dataset that is in force on that day, in the order of the table.

    `version`: the version of the dataset in the lake, the newest by default; other datasets are read at their newest. Empty for a dataset
    without relations. Raises ContractError if a relation cannot be asked, EngineError if the engine cannot ask those of a large dataset.
    """
    answers = _judge(workspace, dataset, on, {dataset: version} if version else {})
    if answers.unasked:
        raise answers.unasked[0].error
    return answers.judged


def _judge(workspace: Workspace, dataset: str, on: date | None, versions: dict[str, int | None]) -> RelationAnswers:
    """Returns the results for a dataset. `versions`: versions of the lake by dataset; the newest ones of other datasets are added to it."""
    questions = list(list_questions(workspace, dataset, on, versions))
    if not questions:
        return RelationAnswers()
    kept = _read_kept(workspace, dataset)
    stale = [one for one in questions if one.relation.id not in kept or kept[one.relation.id].inputs != one.inputs]
    error = None
    if stale:
        answered, error = _ask(workspace, stale)
        kept = {**kept, **answered}
        known = {one.id for one in workspace.relations}
        _write_kept(workspace, dataset, {name: one for name, one in kept.items() if name in known})
        stale = [one for one in stale if one.relation.id not in answered]
    return RelationAnswers(
        tuple(JudgedRelation(one.relation, kept[one.relation.id].result) for one in questions if one not in stale),
        tuple(UnaskedRelation(one.relation, _find_change(workspace, one), error) for one in stale if error is not None),
    )


def find_standing_relations(workspace: Workspace, on: date | None = None) -> StandingRelations:
    """Returns the relations of all datasets that need somebody's attention: broken ones, and those that the engine could not ask."""
    datasets = dict.fromkeys(one.dataset for one in workspace.relations)
    versions: dict[str, int | None] = {}
    answers = [_judge(workspace, dataset, on, versions) for dataset in datasets]
    order = {one.id: at for at, one in enumerate(workspace.relations)}
    return StandingRelations(
        sorted(
            (one for each in answers for one in each.judged if one.result.rows), key=lambda one: order[one.relation.id]
        ),
        sorted((one for each in answers for one in each.unasked), key=lambda one: order[one.relation.id]),
    )


def ask_relations(workspace: Workspace, dataset: str) -> RelationAnswers:
    """Returns the results of the relations of a dataset for the rows that stand now, and the relations that the engine could not ask."""
    return _judge(workspace, dataset, None, {})


def mark_relations(workspace: Workspace, dataset: str, *severities: Severity) -> str:
    """Returns `make_relations_mark` of the relations of a dataset for the rows that stand now. Raises as `judge_relations` does."""
    return make_relations_mark(judge_relations(workspace, dataset), *severities)


def make_relations_mark(judged: Sequence[JudgedRelation], *severities: Severity) -> str:
    """Returns a hash (16 hex digits) of the broken relations and of the rows that break them; "" if none is broken.

    `severities`: only relations of these count; all if none is given.
    """
    counted = [one.result for one in judged if not severities or one.relation.severity in severities]
    marks = [one.mark for one in counted if one.rows]
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()[:16] if marks else ""


def _ask(
    workspace: Workspace, questions: Sequence[RelationQuestion]
) -> tuple[dict[str, _KeptResult], EngineError | None]:
    """Returns the results by relation, and the engine's error if it raised one: relations of large datasets, which it is asked for, then have no result."""
    large = workspace.large_work
    given = [one for one in questions if large is not None and is_large(workspace, large, one)]
    results, error = _ask_here(workspace, [one for one in questions if one not in given]), None
    if large is not None and given:
        try:
            results |= ask_in_units(workspace, large, given)
        except EngineError as raised:
            error = raised
    answered = [one for one in questions if one.relation.id in results]
    return {one.relation.id: _KeptResult(inputs=one.inputs, result=results[one.relation.id]) for one in answered}, error


def _find_change(workspace: Workspace, question: RelationQuestion) -> datetime | None:
    """Returns the time of the newest commits that changed rows of one of the datasets; None if the newest commits of both changed none."""
    sides = (question.own, question.other)
    return max(
        (one.at for side in sides for one in workspace.lake.read_history(side.contract, side.version)), default=None
    )


def _ask_here(workspace: Workspace, questions: Sequence[RelationQuestion]) -> dict[str, RelationResult]:
    """Returns the results by relation; each dataset is read once, with the columns that all of the questions need."""
    sides = [side for one in questions for side in (one.own, one.other)]
    names = dict[str, set[str]]()
    for side in sides:
        names.setdefault(side.contract.name, set()).update(side.fields)
    tables = {side.contract.name: side for side in sides}
    rows = {name: _read_rows(workspace, one, names[name]) for name, one in tables.items()}
    return {
        one.relation.id: judge_relation(
            one.relation, one.own.contract, rows[one.own.contract.name], rows[one.other.contract.name]
        )
        for one in questions
    }


def _read_rows(workspace: Workspace, dataset: AskedDataset, names: Collection[str]) -> pa.Table:
    return workspace.lake.read_current_fields(dataset.contract, names, dataset.version)


def _read_kept(workspace: Workspace, dataset: str) -> Mapping[str, _KeptResult]:
    try:
        text = workspace.layout.relations_file(dataset).read_bytes()
        return _KeptResults.model_validate_json(text).results
    except (FileNotFoundError, ValidationError):
        return {}


def _write_kept(workspace: Workspace, dataset: str, kept: Mapping[str, _KeptResult]) -> None:
    """Writes the results to the cache; a process that may only read the installation asks again the next time."""
    with suppress(PermissionError):
        write_atomically(workspace.layout.relations_file(dataset), _KeptResults(results=kept).model_dump_json())
