"""Taking a dataset back and giving it back: what the ledger then says, and what is refused."""

from datetime import date

import pytest

from catalog.plan import Withdrawal
from pipelines.publication.publish import wanted_entries
from pipelines.publication.rollback import roll_back
from pipelines.publication.withdrawal import (
    LONGEST_REASON,
    list_withdrawals,
    restore_dataset,
    withdraw_dataset,
)
from schemas.errors import UsageError
from schemas.text import Text
from support.contracts import contract_with
from support.frozen import freeze_release
from support.workspaces import NOW, copied_workspace, workspace_with
from warehouse.releases.releases import list_releases

WHY = Text(zh="数据有误", en="The data were wrong")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    home = tmp_path_factory.mktemp("built")
    contracts = [contract_with(["id"], name=name, title=f"数据集 {name}") for name in ("a", "b", "c")]
    workspace = workspace_with(home, *contracts)
    freeze_release(workspace, "a", "1")
    freeze_release(workspace, "b", "1")
    return workspace


@pytest.fixture
def workspace(built, tmp_path):
    return copied_workspace(built, tmp_path)


def kinds(workspace):
    return [entry.kind for entry in workspace.ledger.read_entries()]


def test_a_withdrawal_is_an_entry_with_reason_successor_day_and_who(workspace):
    made = withdraw_dataset(workspace, "a", WHY, "b", NOW)
    assert made == Withdrawal(
        dataset="a", title=Text(zh="数据集 a", en="Sample"), reason=WHY, on=date(2026, 11, 25), at=NOW, release="2026.11.1",
        successor="b",
    )  # fmt: skip
    assert list_withdrawals(workspace) == [made]
    (entry,) = workspace.ledger.read_entries("withdrawal")
    assert (entry.who, entry.at) == ("tester", NOW)
    assert workspace.ledger.verify_chain() == []


def test_nothing_of_lake_and_releases_is_touched(workspace):
    before = sorted((path, path.stat().st_mtime_ns) for path in workspace.layout.releases.rglob("*"))
    withdraw_dataset(workspace, "a", WHY, None, NOW)
    assert sorted((path, path.stat().st_mtime_ns) for path in workspace.layout.releases.rglob("*")) == before


def test_a_restoration_ends_it_and_another_withdrawal_may_follow(workspace):
    withdraw_dataset(workspace, "a", WHY, None, NOW)
    restore_dataset(workspace, "a", Text(zh="已更正", en="mended"), NOW)
    assert list_withdrawals(workspace) == []
    assert withdraw_dataset(workspace, "a", Text(zh="又错了", en="wrong again"), None, NOW).reason.zh == "又错了"
    assert kinds(workspace) == ["withdrawal", "restoration", "withdrawal"]


def test_withdrawals_come_by_name(workspace):
    withdraw_dataset(workspace, "b", WHY, None, NOW)
    withdraw_dataset(workspace, "a", WHY, None, NOW)
    assert [one.dataset for one in list_withdrawals(workspace)] == ["a", "b"]


def test_spaces_around_a_reason_are_left_out(workspace):
    assert withdraw_dataset(workspace, "a", Text(zh="  有误 ", en="wrong\n"), None, NOW).reason == Text(
        zh="有误", en="wrong"
    )


@pytest.mark.parametrize(
    ("dataset", "reason", "successor", "said"),
    [
        ("nothing", WHY, None, "no dataset nothing"),
        ("a", WHY, "nothing", "no dataset nothing"),
        ("a", WHY, "a", "own successor"),
        ("a", Text(zh="", en="x"), None, "reason is empty"),
        ("a", Text(zh="有误", en="  "), None, "reason is empty"),
        ("a", Text(zh="错" * (LONGEST_REASON + 1), en="x"), None, f"{LONGEST_REASON + 1} characters"),
        ("a", Text(zh="一\n二", en="x"), None, "one line"),
        ("a", Text(zh="\x1b[2J", en="x"), None, "plain text"),
        ("c", WHY, None, "nothing of c has been released"),
    ],
)
def test_what_cannot_be_withdrawn_is_refused_and_leaves_no_entry(workspace, dataset, reason, successor, said):
    with pytest.raises(UsageError, match=said):
        withdraw_dataset(workspace, dataset, reason, successor, NOW)
    assert kinds(workspace) == []


def test_a_dataset_is_not_withdrawn_twice_and_no_successor_of_another(workspace):
    withdraw_dataset(workspace, "a", WHY, None, NOW)
    with pytest.raises(UsageError, match="withdrawn on 2026-11-25 already"):
        withdraw_dataset(workspace, "a", WHY, None, NOW)
    with pytest.raises(UsageError, match="itself withdrawn"):
        withdraw_dataset(workspace, "b", WHY, "a", NOW)
    assert kinds(workspace) == ["withdrawal"]


def test_what_is_not_withdrawn_cannot_be_restored_and_it_is_said_what_is(workspace):
    withdraw_dataset(workspace, "a", WHY, None, NOW)
    with pytest.raises(UsageError, match="b is not withdrawn; what is: a"):
        restore_dataset(workspace, "b", WHY, NOW)
    with pytest.raises(UsageError, match="reason is empty"):
        restore_dataset(workspace, "a", Text(zh=" ", en=" "), NOW)


def test_the_last_release_is_the_one_that_a_catalogue_showed(workspace):
    told = {"catalogue": "static", "dataset": "a", "release": "2026.11.1", "fingerprint": "f"}
    workspace.ledger.append_entry("publication", now=NOW, actor="t", reason="release published", facts=told)
    freeze_release(workspace, "a", "1", "2")
    assert withdraw_dataset(workspace, "a", WHY, None, NOW).release == "2026.11.1"


def test_a_withdrawn_dataset_whose_contract_went_keeps_its_name(workspace):
    made = withdraw_dataset(workspace, "a", WHY, None, NOW)
    later = workspace_with(workspace.layout.home, workspace.contracts["b"])
    assert list_withdrawals(later) == [made]


def test_a_withdrawal_for_personal_data_reaches_every_release_made_so_far(workspace):
    freeze_release(workspace, "a", "1", "2")
    for made in list_releases(workspace.layout, "a"):
        record_for_test(workspace, made)
    withdraw_dataset(workspace, "a", WHY, None, NOW, personal=True)
    with pytest.raises(UsageError, match="withdrawn for personal data"):
        restore_dataset(workspace, "a", WHY, NOW)
    freeze_release(workspace, "a", "2")
    restore_dataset(workspace, "a", WHY, NOW)
    [shown] = [entry for entry in wanted_entries(workspace) if entry.dataset == "a"]
    assert (shown.release, shown.history) == ("2026.11.3", ())
    with pytest.raises(UsageError, match="withdrawn for personal data"):
        roll_back(workspace, "a", "2026.11.1", None, NOW)


def test_a_release_from_which_the_data_were_erased_may_be_shown_again(workspace):
    record_for_test(workspace, list_releases(workspace.layout, "a")[0])
    withdraw_dataset(workspace, "a", WHY, None, NOW, personal=True)
    facts = {"erasure": "ERASE-AAAA-AAAA", "dataset": "a", "release": "2026.11.1"}
    workspace.ledger.append_entry("redaction", now=NOW, actor="t", reason="erased from a release", facts=facts)
    restore_dataset(workspace, "a", WHY, NOW)
    assert [entry.release for entry in wanted_entries(workspace) if entry.dataset == "a"] == ["2026.11.1"]


def record_for_test(workspace, made):
    facts = {"dataset": made.dataset, "number": made.number}
    workspace.ledger.append_entry("release", now=NOW, actor="t", reason="content changed", facts=facts)
