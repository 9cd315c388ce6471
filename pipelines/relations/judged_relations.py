"""What the relations of a dataset give for the rows that stand now: objections of the gate, work items and lines of the status.

A result is kept in `lake/_relations/<dataset>.json` under a digest of the relation, its query, and the versions and contracts of both
datasets, and asked again only where that digest is another one. The file is a cache: one that is missing, damaged or cannot be written costs
time and nothing else. It names keys of rows, so an erasure removes it (`pipelines/erasure`).

A relation is not asked while nothing of one of its datasets was ever accepted: there is nothing on record to compare with.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import NamedTuple

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.workspace import Workspace
from quality.findings import Finding
from quality.relations.queries import build_query
from quality.relations.relation_judge import judge_relation, key_fields
from quality.relations.result import RelationResult, make_relation_finding
from schemas.contract import Contract
from schemas.relations import Relation
from schemas.severity import Severity
from warehouse.atomic_files import write_atomically


class JudgedRelation(NamedTuple):
    """One relation, and what it gives for the rows that stand."""

    relation: Relation
    result: RelationResult

    @property
    def finding(self) -> Finding | None:
        """The finding that rows break it; None if none does."""
        return make_relation_finding(self.relation, self.result)


class _KeptResult(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    inputs: str
    result: RelationResult


class _KeptResults(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    results: Mapping[str, _KeptResult] = {}


class _Question(NamedTuple):
    """A relation, the lake versions of its datasets, and the digest of everything that its result depends on."""

    relation: Relation
    versions: tuple[int, int]
    inputs: str


def judge_relations(
    workspace: Workspace, dataset: str, on: date | None = None, version: int | None = None
) -> tuple[JudgedRelation, ...]:
    """Returns what every relation that is in force on that day gives for the rows of a dataset, in the order of the table.

    `version`: of the dataset in the lake, instead of the newest; of the other datasets it is always the newest. Empty for a dataset that
    has no relations. Raises ContractError if a relation cannot be asked.
    """
    return _judge(workspace, dataset, on, {dataset: version} if version else {})


def _judge(
    workspace: Workspace, dataset: str, on: date | None, versions: dict[str, int | None]
) -> tuple[JudgedRelation, ...]:
    """Returns what `judge_relations` does; `versions`: those that are known, to which the newest ones of other datasets are added."""
    questions = list(_list_questions(workspace, dataset, on, versions))
    if not questions:
        return ()
    kept = _read_kept(workspace, dataset)
    stale = [one for one in questions if one.relation.id not in kept or kept[one.relation.id].inputs != one.inputs]
    if stale:
        kept = {**kept, **_ask(workspace, stale)}
        known = {one.id for one in workspace.relations}
        _write_kept(workspace, dataset, {name: one for name, one in kept.items() if name in known})
    return tuple(JudgedRelation(one.relation, kept[one.relation.id].result) for one in questions)


def list_broken_relations(workspace: Workspace, on: date | None = None) -> list[JudgedRelation]:
    """Returns the relations that rows break now, in the order of the table; those that nothing breaks are left out."""
    datasets = dict.fromkeys(one.dataset for one in workspace.relations)
    versions: dict[str, int | None] = {}
    judged = [one for dataset in datasets for one in _judge(workspace, dataset, on, versions)]
    order = {one.id: at for at, one in enumerate(workspace.relations)}
    return sorted((one for one in judged if one.result.rows), key=lambda one: order[one.relation.id])


def mark_relations(workspace: Workspace, dataset: str, *severities: Severity) -> str:
    """Returns a text that changes with the relations of a dataset that are broken now, and with the rows that break them; "" if none is.

    Only relations of those severities count; without any, all do.
    """
    judged = judge_relations(workspace, dataset)
    counted = [one.result for one in judged if not severities or one.relation.severity in severities]
    marks = [one.mark for one in counted if one.rows]
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()[:16] if marks else ""


def _list_questions(
    workspace: Workspace, dataset: str, on: date | None, versions: dict[str, int | None]
) -> Iterator[_Question]:
    for relation in workspace.relations:
        if relation.dataset != dataset or not relation.is_in_force(on):
            continue
        own, to = workspace.contracts[dataset], workspace.contracts[relation.to]
        for contract in (own, to):
            if contract.name not in versions:
                versions[contract.name] = workspace.lake.current_version(contract)
        asked = (versions[own.name], versions[to.name])
        if asked[0] is not None and asked[1] is not None:
            yield _Question(relation, (asked[0], asked[1]), _hash_inputs(relation, own, to, asked))


def _hash_inputs(relation: Relation, own: Contract, to: Contract, versions: tuple[int | None, int | None]) -> str:
    said = {
        "relation": relation.model_dump(mode="json"),
        "query": build_query(relation, key_fields(own)),
        "contracts": [own.version, own.policy.mode, to.version, to.policy.mode],
        "versions": versions,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _ask(workspace: Workspace, questions: Sequence[_Question]) -> dict[str, _KeptResult]:
    """Returns the results by relation; each dataset is read once, with the columns that all of the questions need."""
    versions, names = dict[str, int](), dict[str, set[str]]()
    for one in questions:
        own, to = workspace.contracts[one.relation.dataset], workspace.contracts[one.relation.to]
        versions |= {own.name: one.versions[0], to.name: one.versions[1]}
        names.setdefault(own.name, set()).update(one.relation.own_fields, key_fields(own))
        names.setdefault(to.name, set()).update(one.relation.other_fields)
    tables = {name: _read_rows(workspace, name, fields, versions[name]) for name, fields in names.items()}
    return {
        one.relation.id: _KeptResult(
            inputs=one.inputs,
            result=judge_relation(
                one.relation,
                workspace.contracts[one.relation.dataset],
                tables[one.relation.dataset],
                tables[one.relation.to],
            ),
        )
        for one in questions
    }


def _read_rows(workspace: Workspace, dataset: str, names: Collection[str], version: int) -> pa.Table:
    return workspace.lake.read_current_fields(workspace.contracts[dataset], names, version)


def _read_kept(workspace: Workspace, dataset: str) -> Mapping[str, _KeptResult]:
    try:
        text = workspace.layout.relations_file(dataset).read_bytes()
        return _KeptResults.model_validate_json(text).results
    except (FileNotFoundError, ValidationError):
        return {}


def _write_kept(workspace: Workspace, dataset: str, kept: Mapping[str, _KeptResult]) -> None:
    """Keeps the results; who may only read the installation asks again the next time."""
    with suppress(PermissionError):
        write_atomically(workspace.layout.relations_file(dataset), _KeptResults(results=kept).model_dump_json())
