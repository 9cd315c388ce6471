"""Which relations of a dataset are asked, on which versions of the lake, and the digest of everything that an answer depends on.

Not here: asking (`judged_relations.py`, `relation_units.py`).
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from pipelines.workspace import Workspace
from quality.relations.queries import build_query
from quality.relations.relation_judge import key_fields
from schemas.contract import Contract
from schemas.relations import Relation


class AskedDataset(NamedTuple):
    """One side of a relation: the contract, the version of the lake, and the names of the fields that are read."""

    contract: Contract
    version: int
    fields: tuple[str, ...]


class RelationQuestion(NamedTuple):
    """A relation, what is read of its two datasets, and the digest of everything that its result depends on."""

    relation: Relation
    own: AskedDataset
    other: AskedDataset
    inputs: str


def list_questions(
    workspace: Workspace, dataset: str, on: date | None, versions: dict[str, int | None]
) -> Iterator[RelationQuestion]:
    """Yields the relations of a dataset that are in force on that day and have rows on both sides, in the order of the table.

    `versions`: versions of the lake by dataset, where the caller prescribes one; the newest versions of other datasets are added to it.
    """
    for relation in workspace.relations:
        if relation.dataset != dataset or not relation.is_in_force(on):
            continue
        own, other = workspace.contracts[dataset], workspace.contracts[relation.to]
        for contract in (own, other):
            if contract.name not in versions:
                versions[contract.name] = workspace.lake.current_version(contract)
        own_version, other_version = versions[own.name], versions[other.name]
        if own_version is not None and other_version is not None:
            yield RelationQuestion(
                relation,
                AskedDataset(own, own_version, (*relation.own_fields, *key_fields(own))),
                AskedDataset(other, other_version, relation.other_fields),
                _hash_inputs(relation, own, other, (own_version, other_version)),
            )


def _hash_inputs(relation: Relation, own: Contract, other: Contract, versions: tuple[int, int]) -> str:
    inputs = {
        "relation": relation.model_dump(mode="json"),
        "query": build_query(relation, key_fields(own)),
        "contracts": [own.version, own.policy.mode, other.version, other.policy.mode],
        "versions": versions,
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
