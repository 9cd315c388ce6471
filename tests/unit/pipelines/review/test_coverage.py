"""How complete a candidate is: each department that may hand in, with the periods that are there and those that are not."""

from pipelines.release import assemble_candidate, freeze_candidate
from pipelines.review.coverage import measure_coverage
from pipelines.submissions.decisions.retraction import retract_submission
from schemas.contract import read_contracts
from support.contracts import contract_with
from support.walked import take_all
from support.workspaces import DEPARTMENTS, NOW, put, workspace_with

KNOWN = {department.code: department for department in DEPARTMENTS}
SNAPSHOT = contract_with(["code"], policy={"submitters": ["city_bureau"]})
APPENDED = contract_with(["code"], policy={"submitters": ["city_bureau"], "mode": "append"})


def slices(*pairs):
    return [{"department": department, "period": period} for department, period in pairs]


def test_of_a_snapshot_a_department_counts_once():
    found = measure_coverage(SNAPSHOT, KNOWN, slices(("210100", "2025")))
    assert (found.present, found.expected, found.share) == (1, 2, 0.5)
    assert [(one.code, one.present, one.missing) for one in found.departments] == [
        ("210200", (), ("2025",)),
        ("210100", ("2025",), ()),
    ]


def test_of_appended_data_every_period_that_is_there_is_asked_of_every_department():
    found = measure_coverage(APPENDED, KNOWN, slices(("210100", "2025"), ("210100", "2026"), ("210200", "2026")))
    assert (found.present, found.expected) == (3, 4)
    assert found.departments[0].missing == ("2025",)


def test_a_department_that_may_no_longer_submit_counts_with_what_it_has():
    found = measure_coverage(SNAPSHOT, KNOWN, slices(("lnsports", "2025")))
    assert (found.present, found.expected) == (1, 3)


def test_nothing_expected_is_complete():
    nobody = contract_with(["code"], policy={"submitters": ["ln-x"]})
    assert measure_coverage(nobody, KNOWN, []).share == 1


def test_a_first_release_waits_for_its_coverage_and_later_ones_do_not(tmp_path):
    contract = contract_with(["code", "area:number"], policy={"submitters": ["city_bureau"], "coverage": 0.6})
    workspace = workspace_with(tmp_path, contract)
    put(workspace, "210100", "sample_2026.csv", "code,area\nS1,10\n")
    take_all(workspace)
    candidate = assemble_candidate(workspace, "sample")
    (objection,) = candidate.objections
    assert objection.type == "low-coverage"
    assert "大连市体育局" in objection.message.zh
    assert "1 of 2" in objection.message.en
    assert freeze_candidate(workspace, candidate, NOW) is None
    put(workspace, "210200", "sample_2026.csv", "code,area\nS2,20\n")
    take_all(workspace)
    assert freeze_candidate(workspace, assemble_candidate(workspace, "sample"), NOW) is not None
    (late,) = [
        number for number in workspace.ledger.read_entries("landing") if number.facts["slice"].endswith("210200/2026")
    ]
    retract_submission(workspace, late.facts["number"], "错报", NOW)
    assert assemble_candidate(workspace, "sample").objections == ()


def test_the_bureau_asks_for_half_of_the_hand_ins_where_its_contracts_say_nothing_else():
    asked = {name: contract.policy.coverage for name, contract in read_contracts().items()}
    assert {asked[name] for name in ("facility", "event", "budget_line", "association")} == {0.5}
    assert set(asked.values()) <= {0, 0.05, 0.5}
