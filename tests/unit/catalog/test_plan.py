import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.entry import build_entry
from catalog.plan import PlanOutcome, complete_outcome, make_plan
from schemas.errors import CatalogueError
from support.contracts import contract_with
from support.releases import DEPARTMENTS, write_release


@pytest.fixture(scope="module")
def entries(tmp_path_factory):
    releases = tmp_path_factory.mktemp("releases")
    contracts = [contract_with(["id"], name=name) for name in ("a", "b", "c")]
    return [build_entry(c, write_release(releases, c, []), DEPARTMENTS) for c in contracts]


def test_the_difference_is_create_update_keep_and_retire(entries):
    planned = make_plan(entries, {"b": "older", "c": entries[2].fingerprint, "gone": "f" * 64})
    assert [(step.action, step.dataset) for step in planned.steps] == [
        ("create", "a"), ("update", "b"), ("keep", "c"), ("retire", "gone"),
    ]  # fmt: skip
    assert planned.writes == 3


def test_what_is_shown_as_wanted_plans_no_write(entries):
    assert make_plan(entries, {entry.dataset: entry.fingerprint for entry in entries}).writes == 0
    assert make_plan([], {}).writes == 0


def test_nothing_wanted_retires_everything():
    assert [step.action for step in make_plan([], {"a": "1", "b": "2"}).steps] == ["retire", "retire"]


def test_a_dataset_wanted_twice_is_refused(entries):
    with pytest.raises(CatalogueError, match="twice"):
        make_plan([entries[0], entries[0]], {})


def test_the_rows_to_print_say_what_and_from_where_to_where(entries):
    rows = make_plan(entries[:1], {"gone": "0123456789"}).plan_rows()
    assert rows == [
        ("create", "a", "2026.11.1", f"— → {entries[0].fingerprint[:8]}"),
        ("retire", "gone", "—", "01234567 → —"),
    ]


@given(actual=st.dictionaries(st.sampled_from(["a", "b", "c", "d", "e"]), st.sampled_from(["right", "wrong"])))
def test_carrying_out_any_plan_leads_to_what_is_wanted(entries, actual):
    wanted = {entry.dataset: entry.fingerprint for entry in entries}
    shown = {name: wanted.get(name, "stray") if how == "right" else "stale" for name, how in actual.items()}
    for step in make_plan(entries, shown).steps:
        if step.action == "retire":
            del shown[step.dataset]
        elif step.action != "keep":
            shown[step.dataset] = step.fingerprint
    assert shown == wanted
    assert make_plan(entries, shown).writes == 0


def test_the_outcome_counts_the_steps(entries):
    planned = make_plan(entries, {"b": "older", "c": entries[2].fingerprint, "gone": "f"})
    assert complete_outcome(planned, writes=7) == PlanOutcome(created=1, updated=1, retired=1, kept=1, writes=7)
