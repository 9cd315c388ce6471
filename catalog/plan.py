"""What a catalogue should show against what it shows: the difference as a value, decided before anything is written.

Pure. Every catalogue (static, CKAN) answers to `Catalogue` and carries out the same plan. Not here: how.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from catalog.entry import CatalogueEntry
from schemas.errors import CatalogueError
from schemas.text import Text

Action = Literal["create", "update", "retire", "keep"]
DAMAGED = "damaged"
"""In place of the fingerprint of a dataset that is not served as it was released: it is then mended byte by byte, row by row."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlanStep(_Frozen):
    """What to do about one dataset. `fingerprint` is wanted (None: retire), `before` is shown now (None: nothing)."""

    action: Action
    dataset: str
    release: str | None
    fingerprint: str | None
    before: str | None


class PublicationPlan(_Frozen):
    """One step a dataset: the wanted ones in their order, then those to retire by name."""

    steps: tuple[PlanStep, ...]

    @property
    def writes(self) -> int:
        """How many datasets would change; 0 means that carrying the plan out writes nothing."""
        return sum(step.action != "keep" for step in self.steps)

    def plan_rows(self) -> list[tuple[str, str, str, str]]:
        """For a table to print: action, dataset, release, and the first eight digits of before → after."""
        return [
            (
                step.action,
                step.dataset,
                step.release or "—",
                f"{_short_fingerprint(step.before)} → {_short_fingerprint(step.fingerprint)}",
            )
            for step in self.steps
        ]


class PlanOutcome(_Frozen):
    """How many datasets were created, updated, retired and kept, and how many files or calls were written."""

    created: int = 0
    updated: int = 0
    retired: int = 0
    kept: int = 0
    writes: int = 0


class Withdrawal(_Frozen):
    """A dataset taken back by decision: what its tombstone says. Key: `dataset`.

    `release` is the last one that was on show; `successor` the dataset to use instead, None if there is none.
    """

    dataset: str
    title: Text
    reason: Text
    on: date | None = None
    release: str
    successor: str | None = None
    synthetic: bool = False


class Difference(_Frozen):
    """One thing that a catalogue serves otherwise than it was released.

    `what` names it (`file facility.csv`, `rows`, `metadata title`); `wanted` and `found` are short enough for a table.
    """

    dataset: str
    what: str
    wanted: str
    found: str


class OrphanItem(_Frozen):
    """Something that lies in a catalogue and belongs to nothing it shows: a file, a table, a dataset without a contract."""

    kind: Literal["file", "table", "dataset"]
    name: str


class Catalogue(Protocol):
    """A shop window that can say what it shows and can carry out a plan."""

    @property
    def name(self) -> str:
        """Its name in the ledger, such as `static` or `ckan`."""
        ...

    def read_published(self) -> Mapping[str, str]:
        """Fingerprint of every dataset that is shown whole; a damaged one has another fingerprint. Writes nothing."""
        ...

    def apply(
        self, plan: PublicationPlan, entries: Sequence[CatalogueEntry], withdrawn: Sequence[Withdrawal] = ()
    ) -> PlanOutcome:
        """Do what the plan says with the entries it was made from; CatalogueError if it cannot. May be repeated.

        What is retired leaves a tombstone; it says why where `withdrawn` tells.
        """
        ...

    def find_drift(self, entries: Sequence[CatalogueEntry]) -> Sequence[Difference]:
        """Where what is served differs from these entries and their files, byte by byte and row by row. Writes nothing."""
        ...

    def find_orphans(self) -> Sequence[OrphanItem]:
        """What lies in the catalogue and belongs to nothing it shows. Writes nothing."""
        ...


def make_plan(wanted: Sequence[CatalogueEntry], actual: Mapping[str, str]) -> PublicationPlan:
    """The steps from what is shown (fingerprints by dataset) to what is wanted.

    CatalogueError if a dataset is wanted twice. Nothing wanted means that all is retired.
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
    gone = sorted(actual.keys() - set(names))
    steps += [PlanStep(action="retire", dataset=n, release=None, fingerprint=None, before=actual[n]) for n in gone]
    return PublicationPlan(steps=tuple(steps))


def _plan_step(entry: CatalogueEntry, before: str | None) -> PlanStep:
    action: Action = "create" if before is None else "keep" if before == entry.fingerprint else "update"
    return PlanStep(
        action=action, dataset=entry.dataset, release=entry.release, fingerprint=entry.fingerprint, before=before
    )


def _short_fingerprint(fingerprint: str | None) -> str:
    return fingerprint[:8] if fingerprint else "—"


def find_entry(step: PlanStep, entries: Mapping[str, CatalogueEntry]) -> CatalogueEntry:
    """The entry that the step was planned from; CatalogueError if the entries have changed since."""
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
    """The outcome of a plan that was carried out whole."""
    counts = {
        action: sum(step.action == action for step in plan.steps) for action in ("create", "update", "retire", "keep")
    }
    return PlanOutcome(
        created=counts["create"], updated=counts["update"], retired=counts["retire"], kept=counts["keep"], writes=writes
    )
