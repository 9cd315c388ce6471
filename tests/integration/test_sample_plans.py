"""Every sample plan: its files are accepted without a finding, beside the sample that they refer to; together they keep every relation."""

from collections.abc import Iterator

import pytest

from pipelines.built_datasets.hand_in import build_datasets
from pipelines.intake import take_arrival
from pipelines.relations.judged_relations import judge_relations
from pipelines.sample.plans import read_plans
from pipelines.submissions.receipts.receipt import Receipt
from support.workspaces import NOW

PLANS = read_plans()
BUILT = "operator_credit"
UNASKED = {
    "abroad-covers-its-lines", "swimming-venue-has-licence", "climbing-venue-has-licence", "ski-venue-has-licence",
    "commissioned-climbing-venue-has-licence", "commissioned-ski-venue-has-licence", "lottery-project-names-facility", "policy-evaluation-document-known",
    "planned-event-has-venue-in-use", "participants-within-capacity",
}  # fmt: skip
"""Relations of which the sample has no rows; their golden cases ask them."""
KNOWN_WARNINGS = {"few-rows", "mostly-empty"}
"""Said of the sample because it is small."""


def complaints(receipts: list[Receipt]) -> Iterator[str]:
    for receipt in receipts:
        yield from (
            f"{receipt.department} {receipt.filename}: row {line.row} {line.field}: {line.type}: {line.message.en}"
            for line in receipt.findings
            if line.type not in KNOWN_WARNINGS
        )


@pytest.mark.parametrize("dataset", PLANS)
def test_the_files_of_a_plan_are_accepted_without_a_finding(judged_sample, dataset):
    made = judged_sample.judge(dataset)
    assert len(made) == len(PLANS[dataset].submitters) * len(PLANS[dataset].periods)
    assert list(complaints(made)) == []
    assert {receipt.outcome for receipt in made} == {"accept"}


def test_the_sample_keeps_every_relation(judged_sample):
    workspace = judged_sample.workspace
    asked = {name: one for one in workspace.relations for name in (one.dataset, one.to)}
    for dataset in asked.keys() - {BUILT}:
        judged_sample.judge(dataset)
    arrivals = [built.arrival for built in build_datasets(workspace, NOW) if built.slice.dataset == BUILT]
    assert [take_arrival(workspace, one, NOW).outcome for one in arrivals if one] == ["accept"]
    judged = [one for dataset in asked for one in judge_relations(workspace, dataset, NOW.date())]
    assert [one.finding.message.en for one in judged if one.finding] == []
    assert {one.relation.id for one in judged} == {one.id for one in workspace.relations}
    assert {one.relation.id for one in judged if not one.result.asked} <= UNASKED
