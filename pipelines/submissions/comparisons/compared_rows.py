"""The rows of a hand-in, ready to be compared with the slices that stand in the lake.

Here: which fields are compared, the hand-in's fingerprints, and what another slice is called to a clerk. Nothing is hashed or read
before it is asked for. Not here: the comparisons (`overlaps.py`, `other_datasets.py`, `fragments.py`, `shared_keys.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from pipelines.workspace import Workspace
from schemas.content_fields import MOMENTS, content_fields
from schemas.contract import Contract, Field
from schemas.slices import SliceKey, select_current
from schemas.text import Text
from warehouse.lake.row_fingerprints import (
    Bools,
    FingerprintSets,
    Hashes,
    Projection,
    RowFingerprints,
    collect_sets,
    fingerprint_rows,
)
from warehouse.lake.slice_fingerprints import SliceFingerprints, is_small
from warehouse.lake.standing import StandingSubmission, find_standing, hand_in_order

SAME = 0.95
"""Share of the rows from which a file is a copy: a few rows are mended in a copy before it is handed in."""
LEAST_SAME = 10
"""Distinct rows from which a table is compared: in smaller ones a few standard rows are an honest coincidence."""
TOLD_APART = 0.5
"""Share of the rows that must be distinct by content; else content is not what tells rows apart."""
FIRST_FIELDS = 6
"""Fields of content that are hashed before all are: they tell most tables apart. Source: measured, a sixth of the time of all."""
MOST_RANGES = 3


@dataclass(frozen=True)
class ComparedRows:
    """All typed rows of one hand-in (`rows`: their numbers in the file) for `slice`; `number`: of its submission, if it has one."""

    workspace: Workspace
    contract: Contract
    slice: SliceKey
    typed: pa.Table
    rows: pa.Array
    number: str | None = None

    @cached_property
    def prints(self) -> RowFingerprints:
        """The fingerprints of the rows."""
        return fingerprint_rows(self.typed, project_contract(self.contract))

    @cached_property
    def keys(self) -> Hashes:
        """The fingerprints of the rows' keys, which cost a fraction of all fingerprints."""
        return self.prints.keys if "prints" in self.__dict__ else self.key_prints.keys

    @cached_property
    def key_prints(self) -> RowFingerprints:
        """The fingerprints of the rows' keys, and nothing else."""
        return fingerprint_rows(self.typed, project_contract(self.contract).key_alone)

    @cached_property
    def first_prints(self) -> RowFingerprints:
        """The fingerprints of the rows by the first fields of their content (`project_first_fields`)."""
        return fingerprint_rows(self.typed, project_first_fields(self.contract))

    @cached_property
    def sets(self) -> FingerprintSets:
        """The distinct fingerprints of the rows."""
        return collect_sets(self.prints)

    def list_sets_at_hand(self) -> list[tuple[Projection, FingerprintSets]]:
        """Returns the distinct fingerprints for which comparisons have asked, each with its projection; keys alone of many rows only."""
        made, whole = self.__dict__, project_contract(self.contract)
        found = [(whole, self.sets)] if "sets" in made else []
        if not found and "key_prints" in made and not is_small(self.typed.num_rows):
            found = [(whole.key_alone, collect_sets(self.key_prints))]
        if "first_prints" in made:
            found.append((project_first_fields(self.contract), collect_sets(self.first_prints)))
        return found

    @cached_property
    def standing(self) -> SliceFingerprints:
        """The slices of the dataset that stand in the lake."""
        return self.workspace.lake.open_fingerprints(self.contract, project_contract(self.contract))

    @cached_property
    def standing_first(self) -> SliceFingerprints:
        """The same slices by the first fields of their content."""
        return self.workspace.lake.open_fingerprints(self.contract, project_first_fields(self.contract))

    def find_earlier(self, key: SliceKey | str) -> StandingSubmission | None:
        """Returns what stands for a slice if it was handed in before these rows; a copy that came later says nothing of them."""
        ledger = self.workspace.ledger
        standing = find_standing(ledger, str(key))
        if standing is None or self.number is None:
            return standing
        return standing if hand_in_order(ledger, standing.number) < hand_in_order(ledger, self.number) else None

    def list_comparable(self) -> list[SliceKey]:
        """Returns the other standing slices of the dataset that are released together with this one: of a snapshot the newest of each department."""
        mine, mode = self.slice, self.contract.policy.mode
        current = select_current(self.standing.parts, mode)
        if mode == "append":
            return [key for key in current if key != mine]
        return [key for key in current if key.department != mine.department]

    def describe_slice(self, key: SliceKey, number: str) -> Text:
        """Returns who handed a slice in, for which dataset and period, and its receipt."""
        title, name = self.workspace.contracts[key.dataset].title, self.workspace.departments[key.department].name
        return Text(
            zh=f"{name.zh}报送的“{title.zh}”{key.period}（回执 {number}）",
            en=f"{title.en} {key.period} of {name.en} (receipt {number})",
        )

    def describe_rows(self, chosen: Bools) -> Text:
        """Returns the numbers of the chosen rows, as ranges; the first few of them."""
        numbers = np.asarray(self.rows.to_numpy())[chosen]
        if not len(numbers):
            return Text(zh="", en="")
        ranges = np.split(numbers, np.flatnonzero(np.diff(numbers) != 1) + 1)
        spans = [f"{each[0]}" if len(each) == 1 else f"{each[0]}–{each[-1]}" for each in ranges[:MOST_RANGES]]
        more = len(ranges) > MOST_RANGES
        return Text(
            zh=f"第 {'、'.join(spans)} 行{'等' if more else ''}",
            en=f"rows {', '.join(spans)}{' and others' if more else ''}",
        )


def tells_apart(distinct: Hashes, rows: int) -> bool:
    """Whether content distinguishes the rows of a table that is large enough to be compared."""
    return len(distinct) >= max(LEAST_SAME, TOLD_APART * rows)


def project_contract(contract: Contract) -> Projection:
    """Returns what is compared within one dataset: its key, all other fields, and which of them are content."""
    others = tuple(field for field in contract.fields if field.name not in contract.primary_key)
    return _make_projection(
        tuple(contract.get_field(name) for name in contract.primary_key), others, content_fields(contract)
    )


def project_fields(fields: Sequence[Field]) -> Projection:
    """Returns what is compared between datasets: fields that both have."""
    return _make_projection((), tuple(fields), fields)


def project_first_fields(contract: Contract) -> Projection:
    """Returns what is compared first within one dataset: the first fields of content that are no days, `FIRST_FIELDS` of them."""
    telling = [field for field in content_fields(contract) if field.type not in MOMENTS]
    return project_fields(telling[:FIRST_FIELDS])


def _make_projection(key: tuple[Field, ...], others: tuple[Field, ...], content: Sequence[Field]) -> Projection:
    moments = frozenset(field.name for field in content if field.type in MOMENTS)
    return Projection(key, others, frozenset(field.name for field in content), moments)
