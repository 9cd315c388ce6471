"""Golden cases of the written relations: each of `relations.yaml` is broken by what is caught, and kept by what is near it."""

from pathlib import Path

import pytest
import yaml

from quality.relations.relation_judge import judge_relation
from schemas.contract import read_contracts
from schemas.relations import read_relations
from support.related import rows_of

CONTRACTS = read_contracts()
RELATIONS = {one.id: one for one in read_relations()}
GOLDEN = yaml.safe_load(Path(__file__).with_name("relations.yaml").read_text(encoding="utf-8"))
CASES = [
    pytest.param(golden, change, caught, id=f"{golden['relation']}-{'caught' if caught else 'passes'}-{at}")
    for golden in GOLDEN
    for caught, changes in ((True, golden["caught"]), (False, golden["passes"]))
    for at, change in enumerate(changes)
]


def test_every_written_relation_has_cases_that_are_caught_and_that_pass():
    assert [golden["relation"] for golden in GOLDEN] == list(RELATIONS)
    assert [golden["relation"] for golden in GOLDEN if not (golden["caught"] and golden["passes"])] == []


@pytest.mark.parametrize(("golden", "change", "caught"), CASES)
def test_a_relation_is_broken_by_what_is_caught_and_kept_by_what_passes(golden, change, caught):
    relation = RELATIONS[golden["relation"]]
    own, to = CONTRACTS[relation.dataset], CONTRACTS[relation.to]
    others = [] if change.get("other", {}) is None else [{**golden["other"], **change.get("other", {})}]
    found = judge_relation(
        relation, own, rows_of(own, [{**golden["own"], **change.get("own", {})}]), rows_of(to, others)
    )
    assert found.rows == (1 if caught else 0)
