"""Publication plans: the difference between what a catalogue should show and what it shows, computed before any write.

Pure functions and models. Every catalogue (static, CKAN) implements `Catalogue` and applies the same plan.
Not here: how a catalogue applies it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal, Protocol

from catalog.entry import CatalogueEntry
from schemas.errors import CatalogueError
from schemas.frozen_model import FrozenModel
from schemas.text import Text

Action = Literal["create", "update", "retire", "keep"]
DAMAGED = "damaged"
"""Replaces the fingerprint of a dataset not served as released; it is then repaired byte by byte, row by row."""
OUTDATED = "outdated"
"""Stands before the fingerprint of a dataset whose files are sound and whose pages are those of another version of the platform."""


class PlanStep(FrozenModel):
    """The action for one dataset. `fingerprint` is the wanted one (None: retire), `before` the current one or None."""

    action: Action
    dataset: str
    release: str | None
    fingerprint: str | None
    before: str | None


class PublicationPlan(FrozenModel):
    """One step per dataset: the wanted datasets in their order, then those to retire, sorted by name."""

    steps: tuple[PlanStep, ...]

    @property
    def writes(self) -> int:
        """Number of datasets that would change; 0 if the plan keeps every dataset."""
        return sum(step.action != "keep" for step in self.steps)

    @property
    def wanted(self) -> tuple[PlanStep, ...]:
        """The steps of the datasets that are to be shown, whether they change or not."""
        return tuple(step for step in self.steps if step.action != "retire")

    def plan_rows(self) -> list[tuple[str, str, str, str]]:
        """Rows for a printed table: action, dataset, release, and the first eight hex digits of before → after."""
        return [
            (
                step.action,
                step.dataset,
                step.release or "—",
                f"{_short_fingerprint(step.before)} → {_short_fingerprint(step.fingerprint)}",
            )
            for step in self.steps
        ]


class PlanOutcome(FrozenModel):
    """Number of datasets created, updated, retired and kept; `writes` counts the files written or calls made."""

    created: int = 0
    updated: int = 0
    retired: int = 0
    kept: int = 0
    writes: int = 0


class Withdrawal(FrozenModel):
    """A dataset withdrawn by decision: the content of its tombstone. Key: `dataset`.

    `at` is when it was decided, `on` the day of it. `release` is the last visible release; `successor` is the dataset to use instead,
    None if there is none.
    """

    dataset: str
    title: Text
    reason: Text
    on: date | None = None
    at: datetime | None = None
    release: str
    successor: str | None = None
    synthetic: bool = False


class Difference(FrozenModel):
    """One item that a catalogue serves otherwise than released.

    `what` names it (`file facility.csv`, `rows`, `metadata title`); `wanted` and `found` are short enough for a table.
    """

    dataset: str
    what: str
    wanted: str
    found: str


class OrphanItem(FrozenModel):
    """An item in a catalogue that no visible dataset needs: a file, a table, or a dataset without a contract."""

    kind: Literal["file", "table", "dataset"]
    name: str


class Catalogue(Protocol):
    """A catalogue that reports what it shows and applies plans."""

    @property
    def name(self) -> str:
        """Name in the ledger, such as `static` or `ckan`."""
        ...

    def read_published(self) -> Mapping[str, str]:
        """Fingerprint of every visible dataset; a damaged one gets a value that matches no entry. Read-only."""
        ...

    def apply(
        self, plan: PublicationPlan, entries: Sequence[CatalogueEntry], withdrawn: Sequence[Withdrawal] = ()
    ) -> PlanOutcome:
        """Applies the plan with the entries it was made from; CatalogueError if that fails. May be repeated.

        A retired dataset leaves a tombstone, with the reason if `withdrawn` gives one.
        """
        ...

    def find_drift(self, entries: Sequence[CatalogueEntry]) -> Sequence[Difference]:
        """Differences between what is served and these entries with their files, by byte and by row. Read-only."""
        ...

    def find_orphans(self) -> Sequence[OrphanItem]:
        """Items in the catalogue that no visible dataset needs. Read-only."""
        ...


def make_plan(wanted: Sequence[CatalogueEntry], actual: Mapping[str, str]) -> PublicationPlan:
    """The steps from the current state (`actual`: fingerprints by dataset) to the wanted entries.

    An empty `wanted` retires every dataset. CatalogueError if a dataset is wanted twice.
    """
    names = [entry.dataset for entry in wanted]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CatalogueError(
            Text(
                zh=f"数据集 {twice} 出现了两次，每个只能有一个条目",
                en=f"datasets {twice} are wanted twice; give one entry each",
            )
        )
    steps = [_plan_step(entry, actual.get(entry.dataset)) for entry in wanted]
    unwanted = sorted(actual.keys() - set(names))
    steps += [PlanStep(action="retire", dataset=n, release=None, fingerprint=None, before=actual[n]) for n in unwanted]
    return PublicationPlan(steps=tuple(steps))


def _plan_step(entry: CatalogueEntry, before: str | None) -> PlanStep:
    action: Action = "create" if before is None else "keep" if before == entry.fingerprint else "update"
    return PlanStep(
        action=action, dataset=entry.dataset, release=entry.release, fingerprint=entry.fingerprint, before=before
    )


def _short_fingerprint(fingerprint: str | None) -> str:
    return fingerprint[:8] if fingerprint else "—"


def find_entry(step: PlanStep, entries: Mapping[str, CatalogueEntry]) -> CatalogueEntry:
    """The entry that the step was planned from; CatalogueError if it is missing or its fingerprint differs."""
    entry = entries.get(step.dataset)
    if entry is None or entry.fingerprint != step.fingerprint:
        raise CatalogueError(
            Text(
                zh=f"计划与条目不符：{step.action} {step.dataset}。请重新制定计划后再发布",
                en=f"the plan was made from other entries: {step.action} {step.dataset}; plan again and publish then",
            )
        )
    return entry


def complete_outcome(plan: PublicationPlan, writes: int) -> PlanOutcome:
    """The outcome of a plan that was applied completely, with `writes` files written or calls made."""
    counts = {
        action: sum(step.action == action for step in plan.steps) for action in ("create", "update", "retire", "keep")
    }
    return PlanOutcome(
        created=counts["create"], updated=counts["update"], retired=counts["retire"], kept=counts["keep"], writes=writes
    )
