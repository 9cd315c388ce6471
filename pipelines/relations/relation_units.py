"""Relations of large datasets, asked in units that an engine gives to other processes or machines.

A relation compares rows with equal values, which may lie in any two parts of the lake. So a first kind of unit reads some parts and cuts
their rows into shards by these values, as files below the home; a second kind asks the relation of one shard. The units return counts by
department, which are added up here. Results are those of `judge_relation` on all rows at once. Not here: which relations are asked
(`judged_relations.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa

from pipelines.relations.relation_questions import AskedDataset, RelationQuestion
from pipelines.workspace import Workspace
from quality.relations.queries import (
    OTHER,
    OWN,
    SHARD,
    Side,
    build_cut_query,
    build_newest_query,
    list_cut_fields,
)
from quality.relations.relation_judge import (
    DepartmentBreaches,
    find_breaches,
    join_breaches,
    key_fields,
    translate_query_errors,
)
from quality.relations.result import RelationResult
from schemas.contract import SLICE_COLUMNS
from schemas.execution.engine import LargeWork
from schemas.execution.worker_plan import WorkerPlan, make_unreachable_error, open_plan, pack_plan
from schemas.relations import Implication, Relation
from warehouse.lake.parts import Part
from warehouse.releases.row_shards import open_part_rows, write_shards
from warehouse.types import arrow_type
from warehouse.working_folders import open_working_folder

MOST_SHARDS = 64
"""Shards of one relation: each unit that cuts writes a file for each of them."""


class AskedRelation(NamedTuple):
    """A relation that is asked in units: into how many shards its rows are cut."""

    question: RelationQuestion
    shards: int


Plan = WorkerPlan[Mapping[str, AskedRelation]]
"""The relations that are asked, by id."""


class CutUnit(NamedTuple):
    """A unit of the first kind: some parts of one side of a relation, and the folder for the shards of their rows. Absolute paths."""

    relation: str
    side: Side
    files: tuple[str, ...]
    folder: str


class CutRows(NamedTuple):
    """The files that one `CutUnit` wrote, by shard. `newest`: the newest year of each department, if the relation compares with it (`to_newest`)."""

    shards: Mapping[int, tuple[str, ...]]
    newest: tuple[tuple[str, int | None], ...]


class ShardUnit(NamedTuple):
    """A unit of the second kind: the files of both sides of one shard. `newest`: as in `CutRows`, of all parts."""

    relation: str
    own: tuple[str, ...]
    other: tuple[str, ...]
    newest: tuple[tuple[str, int | None], ...]


def is_large(workspace: Workspace, large: LargeWork, question: RelationQuestion) -> bool:
    """Whether one of the datasets of a relation has so many rows that the relation is asked in units."""
    return _count_most_rows(workspace, question) >= large.least_rows


def ask_in_units(
    workspace: Workspace, large: LargeWork, questions: Sequence[RelationQuestion]
) -> dict[str, RelationResult]:
    """Returns the result of each relation by its id.

    The shards lie below the home until the last one is asked. Raises ContractError as `judge_relation` does, EngineError as the engine
    does.
    """
    relations_by_id: Mapping[str, AskedRelation] = {
        one.relation.id: AskedRelation(one, _count_shards(_count_most_rows(workspace, one), large.least_rows))
        for one in questions
    }
    plan = pack_plan(relations_by_id)
    breaches: dict[str, list[DepartmentBreaches]] = {name: [] for name in relations_by_id}
    with open_working_folder(workspace.layout.working) as folder, large.open_engine() as engine:
        cuts = [unit for one in questions for unit in _list_cuts(workspace, one, large.least_rows, folder)]
        cut = list(zip(cuts, engine.map_units(partial(cut_rows, plan), cuts), strict=True))
        shards = [unit for name in relations_by_id for unit in _list_shards(name, cut)]
        for unit, found in zip(shards, engine.map_units(partial(ask_shard, plan), shards), strict=True):
            breaches[unit.relation] += found
    return {name: join_breaches(one.question.relation, breaches[name]) for name, one in relations_by_id.items()}


def cut_rows(plan: Plan, unit: CutUnit) -> CutRows:
    """Returns the rows of some parts, cut into shards: a unit of work, anywhere.

    EngineError if the worker has other code, or cannot read the parts or write the shards.
    """
    (relation, own, other, _), shards = open_plan(plan)[unit.relation]
    dataset, folder = own if unit.side == OWN else other, Path(unit.folder)
    cut_by = list_cut_fields(relation, own.contract, other.contract)
    query = build_cut_query(relation, unit.side, key_fields(own.contract), cut_by, shards)
    newest: tuple[tuple[str, int | None], ...] = ()
    try:
        with (
            open_part_rows(list(map(Path, unit.files)), dataset.contract, dataset.fields, unit.side, folder) as con,
            translate_query_errors(relation),
        ):
            found = write_shards(con, query, SHARD, folder)
            if unit.side == OTHER and isinstance(relation, Implication) and relation.to_newest:
                newest = tuple(con.execute(build_newest_query(relation)).fetchall())
    except (OSError, duckdb.IOException) as wrong:
        raise make_unreachable_error(unit.folder, wrong) from wrong
    return CutRows({number: tuple(map(str, files)) for number, files in found.items()}, newest)


def ask_shard(plan: Plan, unit: ShardUnit) -> list[DepartmentBreaches]:
    """Returns the result of a relation for the rows of one shard: a unit of work, anywhere. Raises EngineError as `cut_rows` does."""
    import pyarrow.dataset as ds  # noqa: PLC0415 -- imports pandas, 0.25 s, unless pyarrow was told that there is none

    (relation, own, other, _), _ = open_plan(plan)[unit.relation]
    try:
        rows = ds.dataset(list(unit.own), format="parquet")
        others = ds.dataset(list(unit.other), format="parquet") if unit.other else _make_empty(other)
        return find_breaches(relation, own.contract, rows, others, _make_newest(relation, other, unit.newest))
    except OSError as wrong:
        raise make_unreachable_error(unit.own[0], wrong) from wrong


def _count_most_rows(workspace: Workspace, question: RelationQuestion) -> int:
    """Returns the number of rows of the larger dataset."""
    sides = (question.own, question.other)
    return max(sum(part.rows for part in _list_parts(workspace, side)) for side in sides)


def _count_shards(rows: int, least_rows: int) -> int:
    return min(1 + rows // least_rows, MOST_SHARDS)


def _list_parts(workspace: Workspace, dataset: AskedDataset) -> list[Part]:
    return workspace.lake.list_standing_parts(dataset.contract, dataset.version)


def _list_cuts(workspace: Workspace, question: RelationQuestion, rows: int, folder: Path) -> Iterator[CutUnit]:
    """Yields the units of both sides. A unit has whole parts: as many as it takes to have `rows` rows together."""
    for side, dataset in ((OWN, question.own), (OTHER, question.other)):
        table = workspace.layout.lake_folder(dataset.contract.name).absolute()
        held, count = list[str](), 0
        for part in _list_parts(workspace, dataset):
            held.append(str(table / part.path))
            count += part.rows
            if count >= rows:
                yield CutUnit(question.relation.id, side, tuple(held), str(folder))
                held, count = [], 0
        if held:
            yield CutUnit(question.relation.id, side, tuple(held), str(folder))


def _list_shards(relation: str, cut: Sequence[tuple[CutUnit, CutRows]]) -> Iterator[ShardUnit]:
    """Yields the shards of a relation that have rows to ask."""
    files: dict[Side, dict[int, list[str]]] = {OWN: {}, OTHER: {}}
    newest: list[tuple[str, int | None]] = []
    for unit, made in cut:
        if unit.relation == relation:
            newest += made.newest
            for number, written in made.shards.items():
                files[unit.side].setdefault(number, []).extend(written)
    for number, own in sorted(files[OWN].items()):
        yield ShardUnit(relation, tuple(own), tuple(files[OTHER].get(number, ())), tuple(newest))


def _make_empty(dataset: AskedDataset) -> pa.Table:
    """Returns no rows of a dataset, in the types of the lake."""
    return pa.schema([(name, arrow_type(dataset.contract.get_field(name))) for name in dataset.fields]).empty_table()


def _make_newest(
    relation: Relation, dataset: AskedDataset, newest: Sequence[tuple[str, int | None]]
) -> pa.Table | None:
    """Returns the table `NEWEST` of a relation; None if it does not compare with the newest year."""
    if not (isinstance(relation, Implication) and relation.to_newest):
        return None
    year = pa.field(relation.to_newest, arrow_type(dataset.contract.get_field(relation.to_newest)))
    schema = pa.schema([(SLICE_COLUMNS[0], pa.string()), year])
    return pa.Table.from_pylist([dict(zip(schema.names, one, strict=True)) for one in newest], schema=schema)
