"""Effects of a contract that is tried: which files would be sent back, which cells are found wrong, which releases would have other rows.

Made of the verdicts on all originals, in their order, so the same on every engine. Not here: judging (`trial_verdict.py`), printing.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

from pipelines.contract_trial.trial_plan import TrialPlan, TrialUnit, cut_chunks
from pipelines.contract_trial.trial_verdict import OriginalDigest, TrialVerdict, judge_chunk
from pipelines.workspace import Workspace
from schemas.contract import Contract, parse_contract_text
from schemas.execution.engine import Engine
from schemas.slices import SliceKey, select_current
from schemas.text import Text
from warehouse.lake.commits import Commit
from warehouse.ledger.ledger import LedgerHead
from warehouse.releases.releases import list_releases


class DepartmentEffect(NamedTuple):
    """What the contract would mean to one department. `originals`: of the dataset; `falling`: taken now, would be sent back; `rising`: the other way round.

    `rows`: rows taken more or fewer, of all originals; `new`, `gone`: findings more and fewer.
    """

    department: str
    name: Text
    originals: int
    changed: int
    falling: int
    rising: int
    rows: int
    new: int
    gone: int


class ReleaseEffect(NamedTuple):
    """A release that was made of originals with other rows under the contract; the release itself does not change."""

    number: str
    created: date
    originals: int
    rows: int


class TrialEffects(NamedTuple):
    """The effects of a contract on everything that was handed in for its dataset.

    `digest`: SHA-256 (hex) over verdict and findings of every original, in their order. `head`: the ledger's newest entry when
    the originals were listed.
    """

    contract: Contract
    engine: str
    verdicts: tuple[TrialVerdict, ...]
    departments: tuple[DepartmentEffect, ...]
    releases: tuple[ReleaseEffect, ...]
    digest: str
    head: LedgerHead | None

    @property
    def changed(self) -> tuple[TrialVerdict, ...]:
        """The verdicts that differ from what is said now."""
        return tuple(one for one in self.verdicts if one.changed)

    @property
    def lost(self) -> tuple[str, ...]:
        """The numbers whose originals are not there."""
        return tuple(one.unit.number for one in self.verdicts if one.lost)

    @property
    def findings(self) -> int:
        """The number of findings under the contract."""
        return sum(one.findings for one in self.verdicts)


def try_contract(
    workspace: Workspace, plan: TrialPlan, units: Sequence[TrialUnit], engine: Engine, tell: Callable[[int], None]
) -> TrialEffects:
    """Returns what the planned contract makes of all units; `tell` is called with how many more are done. Raises as `Engine.map_units` does."""
    head = workspace.ledger.read_head()
    verdicts: list[TrialVerdict] = []
    for some in engine.map_units(partial(judge_chunk, plan), cut_chunks(units)):
        verdicts += some
        tell(len(some))
    contract = parse_contract_text(plan.text, plan.file)
    return TrialEffects(
        contract=contract,
        engine=engine.label,
        verdicts=tuple(verdicts),
        departments=tuple(_sum_departments(workspace, verdicts)),
        releases=tuple(_find_releases(workspace, contract.name, verdicts)),
        digest=hash_verdicts(verdicts),
        head=head,
    )


def hash_verdicts(verdicts: Iterable[TrialVerdict | OriginalDigest]) -> str:
    """Returns the SHA-256 (hex) over numbers and digests of verdicts, in their order."""
    lines = "".join(f"{one.unit.number} {one.digest}\n" for one in verdicts)
    return hashlib.sha256(lines.encode()).hexdigest()


def _sum_departments(workspace: Workspace, verdicts: Sequence[TrialVerdict]) -> Iterator[DepartmentEffect]:
    for code in sorted({one.unit.department for one in verdicts}):
        mine = [one for one in verdicts if one.unit.department == code]
        yield DepartmentEffect(
            department=code,
            name=workspace.departments[code].name,
            originals=len(mine),
            changed=sum(one.changed for one in mine),
            falling=sum(one.falls for one in mine),
            rising=sum(one.before.accepted == 0 < one.after.accepted for one in mine),
            rows=sum(one.after.accepted - one.before.accepted for one in mine),
            new=sum(one.new for one in mine),
            gone=sum(one.gone for one in mine),
        )


def _find_releases(workspace: Workspace, dataset: str, verdicts: Sequence[TrialVerdict]) -> Iterator[ReleaseEffect]:
    """Yields the releases with rows of originals whose accepted rows would be others, oldest first."""
    other = {number: one for one in verdicts if one.other_rows for number in one.unit.numbers}
    if not other:
        return
    contract = workspace.contracts[dataset]
    commits = workspace.lake.read_history(contract)
    for release in list_releases(workspace.layout, dataset):
        made_of = _find_numbers([one for one in commits if one.version <= release.lake_version], contract)
        mine = [other[number] for number in made_of if number in other]
        if mine:
            rows = sum(one.after.accepted - one.before.accepted for one in mine)
            yield ReleaseEffect(release.number, release.created.date(), len(mine), rows)


def _find_numbers(commits: Sequence[Commit], contract: Contract) -> list[str]:
    """Returns the submissions whose rows stand after those commits."""
    there: dict[SliceKey, str] = {}
    for commit in commits:
        there |= dict.fromkeys(commit.slices, commit.why.get("submission", ""))
    held = {key: number for key, number in there.items() if number}
    return [held[key] for key in select_current(held, contract.policy.mode)]
