"""Relations asked in shards of their rows: the same results as of all rows at once, whatever the rows, the parts and the engine."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from pipelines.relations.relation_questions import AskedDataset, RelationQuestion
from pipelines.relations.relation_units import CutUnit, ShardUnit, ask_in_units, ask_shard, cut_rows, is_large
from quality.relations.relation_judge import judge_relation, key_fields
from schemas.errors import ContractError, EngineError
from schemas.execution.engine import LargeWork, LocalEngine
from schemas.execution.worker_plan import WorkerPlan
from schemas.relations import Relation
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.related import rows_of
from support.units_of_work import die_once
from support.workspaces import workspace_with
from warehouse.sql import open_small_connection

TEXT = {"zh": "字", "en": "words"}
BASE = {
    "id": "one-two", "title": TEXT, "message": TEXT, "mend": TEXT, "source": "a law", "severity": "error",
    "valid_from": "2026-01-01", "dataset": "one", "fields": ["k"], "to": "two", "to_fields": ["k"],
}  # fmt: skip
FIELDS = ["id", "k", "n:number", "m:integer", "day:date", "until:date", "kind", "year:year", "at:time"]
ONE, TWO = (contract_with(FIELDS, name=name, primary_key=["id"]) for name in ("one", "two"))
READER: TypeAdapter[Relation] = TypeAdapter(Relation)
SWIM = [{"field": "kind", "is_in": ["swim"]}]
RELATIONS = [
    {"kind": "reference"},
    {"kind": "reference", "when": SWIM, "to_when": [{"field": "n"}]},
    {"kind": "reference", "as_of": "day", "to_from": "day", "to_until": "until"},
    {"kind": "reference", "fields": ["n"], "to_fields": ["n"]},
    {"kind": "reference", "fields": ["year"], "to_fields": ["m"]},
    {"kind": "reference", "fields": ["at", "day"], "to_fields": ["at", "day"]},
    {"kind": "exclusion", "day": "day", "valid_from": "2026-01-02", "valid_to": "2026-01-03"},
    {"kind": "exclusion", "fields": ["k", "year"], "to_fields": ["k", "year"], "offsets": {"year": -1}},
    {"kind": "exclusion", "to": "one", "fields": ["k", "year"], "to_fields": ["k", "year"], "offsets": {"year": 1}},
    {"kind": "implication", "when": SWIM},
    {"kind": "implication", "when": SWIM, "to_newest": "year"},
    {"kind": "implication", "when": SWIM, "to_newest": "year", "since": "day", "year_day": "06-30"},
    {"kind": "membership", "value": "kind", "to_value": "kind"},
    {"kind": "comparison", "value": "n", "op": "<=", "to_value": "n"},
    {"kind": "comparison", "value": "year", "year_day": "06-30", "op": ">=", "to_value": "day"},
    {"kind": "sums", "sums": ["n", "m"], "op": "=", "to_sums": ["n"]},
    {"kind": "sums", "fields": ["k", "kind"], "to_fields": ["k", "kind"], "sums": ["n"], "op": "<=", "to_sums": ["n"], "tolerance": 0.5},
]  # fmt: skip
DAYS = st.sampled_from([None, date(2025, 7, 1), date(2026, 1, 2), date(2026, 1, 3), date(2026, 6, 30)])
NOW = datetime(2026, 11, 1, tzinfo=UTC)
DEPARTMENTS = ["210100", "210200", "210300"]
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "department": st.sampled_from(DEPARTMENTS),
            "k": st.sampled_from([None, "", "a", "b", "沈阳", "a/b", "'"]),
            "n": st.sampled_from([None, 0.0, -0.0, 0.1, 0.2, 0.3, 0.6, 1e16, -1e16]),
            "m": st.sampled_from([None, 0, 2025, 2026]),
            "day": DAYS,
            "until": DAYS,
            "kind": st.sampled_from([None, "swim", "run"]),
            "year": st.sampled_from([None, 2024, 2025, 2026]),
            "at": st.sampled_from([None, time(8, 30), time(20)]),
        }
    ),
    max_size=12,
)  # fmt: skip


def large_work(least_rows, engine=None):
    return LargeWork(1 << 40, least_rows, lambda: nullcontext(engine or LocalEngine()))


def landed(home, **rows):
    """An installation in which rows of both datasets stand, a slice a department."""
    workspace = workspace_with(home, ONE, TWO)
    for contract in (ONE, TWO):
        table = rows_of(contract, [{"id": f"{at:03}", **row} for at, row in enumerate(rows[contract.name])])
        codes = sorted({*table.column("department").to_pylist(), "210100"})
        slices = {
            SliceKey(dataset=contract.name, department=code, period="2026"): table.filter(
                pc.equal(table.column("department"), code)
            )
            for code in codes
        }
        workspace.lake.replace_slices(contract, slices, {}, NOW)
    return workspace


def question_of(workspace, said):
    relation = READER.validate_python({**BASE, **said})
    own, other = workspace.contracts["one"], workspace.contracts[relation.to]
    versions = [workspace.lake.current_version(one) for one in (own, other)]
    return RelationQuestion(
        relation,
        AskedDataset(own, versions[0], (*relation.own_fields, *key_fields(own))),
        AskedDataset(other, versions[1], relation.other_fields),
        "",
    )


def ask_here(workspace, question):
    tables = [workspace.lake.read_current(one.contract) for one in (question.own, question.other)]
    return judge_relation(question.relation, question.own.contract, *tables)


def questions_of(workspace, relations):
    """A question for each, with an id of its own."""
    return [
        question._replace(relation=question.relation.model_copy(update={"id": f"{question.relation.id}-{at}"}))
        for at, question in enumerate(question_of(workspace, said) for said in relations)
    ]


# Landing the rows costs as much as asking four relations of them.
@settings(max_examples=15, deadline=None)
@given(
    one=ROWS,
    two=ROWS,
    relations=st.lists(st.sampled_from(range(len(RELATIONS))), min_size=3, max_size=6, unique=True),
    least=st.integers(1, 30),
)
def test_random_rows_have_the_same_result_in_one_piece_and_in_units(one, two, relations, least):
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        # A database of its own for each unit would be most of what an example costs; the tests below have them.
        patch.setattr("warehouse.releases.row_shards.sql.open_connection", lambda _spill: open_small_connection())
        workspace = landed(Path(folder), one=one, two=two)
        questions = questions_of(workspace, [RELATIONS[at] for at in relations])
        here = {one.relation.id: ask_here(workspace, one) for one in questions}
        assert ask_in_units(workspace, large_work(least), questions) == here


ONE_ROWS = [
    {"k": "x", "kind": "swim", "n": 1.5, "year": 2025, "department": code, "day": date(2026, 1, 2)}
    for code in DEPARTMENTS * 30
]
TWO_ROWS = [{"k": "y", "kind": "run", "n": 0.5, "year": 2026}, {"k": "x", "kind": "run", "n": 1.0, "year": 2024}]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return landed(tmp_path_factory.mktemp("home"), one=ONE_ROWS, two=TWO_ROWS)


def test_every_kind_of_relation_is_asked_in_two_processes_as_in_one(workspace):
    questions = questions_of(workspace, RELATIONS)
    found = ask_in_units(workspace, large_work(40, LocalEngine(2)), questions)
    assert found == {one.relation.id: ask_here(workspace, one) for one in questions}
    assert {one.relation.kind for one in questions if found[one.relation.id].rows} >= {
        "reference",
        "sums",
        "membership",
    }
    assert [path for path in workspace.layout.working.iterdir() if path.is_dir()] == []


class DeadlyEngine(LocalEngine):
    """Two processes, of which the first to begin is killed; not again while the file `mark` is there."""

    def __init__(self, mark):
        super().__init__(2)
        self._mark = mark

    def map_units(self, work, units):
        return super().map_units(partial(die_once, str(self._mark), work), units)


def test_the_same_relation_again_after_a_worker_was_killed_has_the_same_result(workspace, tmp_path):
    question = question_of(workspace, RELATIONS[0])
    large = large_work(40, DeadlyEngine(tmp_path / "died"))
    with pytest.raises(EngineError, match="a worker process was killed"):
        ask_in_units(workspace, large, [question])
    assert [path for path in workspace.layout.working.iterdir() if path.is_dir()] == []
    assert ask_in_units(workspace, large, [question]) == {question.relation.id: ask_here(workspace, question)}


def test_a_relation_is_large_where_one_of_its_datasets_is(workspace):
    question = question_of(workspace, RELATIONS[0])
    assert [is_large(workspace, large_work(least), question) for least in (90, 91)] == [True, False]
    assert is_large(workspace, large_work(90), question._replace(own=question.other, other=question.own))


def test_a_relation_that_cannot_be_asked_is_a_fault_of_the_table_on_workers_too(workspace):
    question = question_of(workspace, RELATIONS[0])
    wrong = question.relation.model_copy(update={"fields": ("day",), "to_fields": ("kind",)})
    with pytest.raises(ContractError, match="one-two cannot be asked"):
        ask_in_units(workspace, large_work(10), [question._replace(relation=wrong, own=question.own._replace(fields=("day",)), other=question.other._replace(fields=("kind",)))])  # fmt: skip


def test_a_worker_with_other_code_refuses_the_work():
    other = WorkerPlan(b"", "0.1.0+0000")
    with pytest.raises(EngineError, match="install the same on all machines"):
        cut_rows(other, CutUnit("", "own", (), ""))
    with pytest.raises(EngineError, match="install the same on all machines"):
        ask_shard(other, ShardUnit("", (), (), ()))
