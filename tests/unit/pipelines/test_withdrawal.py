"""Taking a dataset back and giving it back: what the ledger then says, and what is refused."""

from datetime import date

import pytest

from catalog.plan import Withdrawal
from pipelines.publication.withdrawal import LONGEST_REASON, restore, withdraw, withdrawals
from schemas.errors import UsageError
from schemas.text import Text
from support.contracts import contract_with
from support.frozen import freeze_release
from support.houses import NOW, house_with

WHY = Text(zh="数据有误", en="The data were wrong")


@pytest.fixture
def house(tmp_path):
    contracts = [contract_with(["id"], name=name, title=f"数据集 {name}") for name in ("a", "b", "c")]
    house = house_with(tmp_path, *contracts)
    freeze_release(house, "a", "1")
    freeze_release(house, "b", "1")
    return house


def kinds(house):
    return [entry.kind for entry in house.ledger.entries()]


def test_a_withdrawal_is_an_entry_with_reason_successor_day_and_who(house):
    made = withdraw(house, "a", WHY, "b", NOW)
    assert made == Withdrawal(
        dataset="a", title=Text(zh="数据集 a", en="Sample"), reason=WHY, on=date(2026, 11, 25), release="2026.11.1", successor="b"
    )  # fmt: skip
    assert withdrawals(house) == [made]
    (entry,) = house.ledger.entries("withdrawal")
    assert (entry.who, entry.at) == ("tester", NOW)
    assert house.ledger.verify() == []


def test_nothing_of_lake_and_releases_is_touched(house):
    before = sorted((path, path.stat().st_mtime_ns) for path in house.layout.releases.rglob("*"))
    withdraw(house, "a", WHY, None, NOW)
    assert sorted((path, path.stat().st_mtime_ns) for path in house.layout.releases.rglob("*")) == before


def test_a_restoration_ends_it_and_another_withdrawal_may_follow(house):
    withdraw(house, "a", WHY, None, NOW)
    restore(house, "a", Text(zh="已更正", en="mended"), NOW)
    assert withdrawals(house) == []
    assert withdraw(house, "a", Text(zh="又错了", en="wrong again"), None, NOW).reason.zh == "又错了"
    assert kinds(house) == ["withdrawal", "restoration", "withdrawal"]


def test_withdrawals_come_by_name(house):
    withdraw(house, "b", WHY, None, NOW)
    withdraw(house, "a", WHY, None, NOW)
    assert [one.dataset for one in withdrawals(house)] == ["a", "b"]


def test_spaces_around_a_reason_are_left_out(house):
    assert withdraw(house, "a", Text(zh="  有误 ", en="wrong\n"), None, NOW).reason == Text(zh="有误", en="wrong")


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
def test_what_cannot_be_withdrawn_is_refused_and_leaves_no_entry(house, dataset, reason, successor, said):
    with pytest.raises(UsageError, match=said):
        withdraw(house, dataset, reason, successor, NOW)
    assert kinds(house) == []


def test_a_dataset_is_not_withdrawn_twice_and_no_successor_of_another(house):
    withdraw(house, "a", WHY, None, NOW)
    with pytest.raises(UsageError, match="withdrawn on 2026-11-25 already"):
        withdraw(house, "a", WHY, None, NOW)
    with pytest.raises(UsageError, match="itself withdrawn"):
        withdraw(house, "b", WHY, "a", NOW)
    assert kinds(house) == ["withdrawal"]


def test_what_is_not_withdrawn_cannot_be_restored_and_it_is_said_what_is(house):
    withdraw(house, "a", WHY, None, NOW)
    with pytest.raises(UsageError, match="b is not withdrawn; what is: a"):
        restore(house, "b", WHY, NOW)
    with pytest.raises(UsageError, match="reason is empty"):
        restore(house, "a", Text(zh=" ", en=" "), NOW)


def test_the_last_release_is_the_one_that_a_catalogue_showed(house):
    told = {"catalogue": "static", "dataset": "a", "release": "2026.11.1", "fingerprint": "f"}
    house.ledger.append("publication", now=NOW, who="t", why="release published", facts=told)
    freeze_release(house, "a", "1", "2")
    assert withdraw(house, "a", WHY, None, NOW).release == "2026.11.1"


def test_a_withdrawn_dataset_whose_contract_went_keeps_its_name(house):
    made = withdraw(house, "a", WHY, None, NOW)
    later = house_with(house.layout.home, house.contracts["b"])
    assert withdrawals(later) == [made]
