"""Proposals: pairs of records that are likely one venue and about which nobody has decided.

Records are compared on demand, because loading splink alone takes longer than a run without new data; pairs that are kept are not
compared again. Not here: the score (`quality/venues/scoring.py`), decisions (`venue_decisions.py`).
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from importlib.metadata import version
from typing import NamedTuple

from pipelines.venues.identities import group_numbers, number_records, open_venue_ledger, register_records
from pipelines.venues.pair_cache import KeptPair, PairCache, read_pair_cache, write_pair_cache
from pipelines.venues.venue_records import read_versions
from pipelines.workspace import Workspace
from quality.venues.venue_record import VenueRecord
from schemas.execution.code_version import read_code_version
from schemas.text import Text
from schemas.venues import read_venue_rules
from warehouse.ledger.venue_ledger import VenueDecision

DIVISIONS = "admin_division"


class VenueProposal(NamedTuple):
    """A pair to decide about: the ids and what the records say, the score, and why in words.

    `before`: an earlier decision that they are different, made when one of the records had other contents; None if there is none.
    """

    left_id: str
    right_id: str
    left: VenueRecord
    right: VenueRecord
    probability: float
    reasons: tuple[Text, ...]
    before: VenueDecision | None


class ProposalState(NamedTuple):
    """How many pairs are open, when records were last compared, and whether some have changed since."""

    open: int
    compared_on: date
    is_stale: bool


def propose_venues(workspace: Workspace, now: datetime) -> int:
    """Compares what is new or changed since the last time, and returns the number of records that were compared anew.

    Returns 0, without loading splink, if lake, rules and code have not changed. Records without a number get one first.
    """
    kept = _read_fitting_cache(workspace)
    versions = read_versions(workspace)
    if kept is not None and kept.versions == versions:
        return 0
    register_records(workspace, now)
    records = number_records(workspace)
    contents = {number: one.content for number, one in records.items()}
    before: Mapping[int, str] = kept.contents if kept else {}
    fresh = {number for number, content in contents.items() if before.get(number) != content}
    pairs = [one for one in kept.pairs if _still_says(one, contents)] if kept else []
    pairs += _score_fresh(workspace, records, fresh)
    cache = PairCache(
        rules=_fingerprint_rules(),
        versions=versions,
        compared_at=now,
        contents=contents,
        pairs=tuple(sorted(set(pairs))),
    )
    write_pair_cache(workspace.layout.venue_pairs, cache)
    return len(fresh)


def find_state(workspace: Workspace) -> ProposalState | None:
    """Returns the state from the kept pairs and the ledger alone; None if records were never compared."""
    kept = read_pair_cache(workspace.layout.venue_pairs)
    if kept is None:
        return None
    is_stale = kept.versions != read_versions(workspace)
    return ProposalState(len(_select_open(workspace, kept)), kept.compared_at.date(), is_stale)


def list_proposals(workspace: Workspace) -> list[VenueProposal]:
    """Returns the open pairs, the most probable first; a pair of which a record has changed since is left out until it is compared."""
    kept = read_pair_cache(workspace.layout.venue_pairs)
    chosen = _select_open(workspace, kept) if kept else []
    if not chosen:
        return []
    records, separations = number_records(workspace), _list_separations(workspace)
    contents = {number: one.content for number, one in records.items()}
    form = read_venue_rules().format_id
    return [
        VenueProposal(
            left_id=form(one.left),
            right_id=form(one.right),
            left=records[one.left],
            right=records[one.right],
            probability=one.probability,
            reasons=_describe_levels(one.levels),
            before=separations.get((one.left, one.right)),
        )
        for one in chosen
        if _still_says(one, contents)
    ]


def _select_open(workspace: Workspace, kept: PairCache) -> list[KeptPair]:
    """Returns one pair for each two venues about which nobody has decided, the most probable pair first.

    A decision that two records are different holds for their contents at that time, and for all records of both venues.
    """
    venue = group_numbers(open_venue_ledger(workspace).list_decisions())
    settled = {
        frozenset((venue.get(one.left, one.left), venue.get(one.right, one.right)))
        for one in _list_separations(workspace).values()
        if (kept.contents.get(one.left), kept.contents.get(one.right)) == one.contents
    }
    found: dict[frozenset[int], KeptPair] = {}
    for one in sorted(kept.pairs, key=lambda pair: (-pair.probability, pair)):
        sides = frozenset((venue.get(one.left, one.left), venue.get(one.right, one.right)))
        if len(sides) > 1 and sides not in settled:
            found.setdefault(sides, one)
    return list(found.values())


def _list_separations(workspace: Workspace) -> dict[tuple[int, int], VenueDecision]:
    """Returns the newest decision of each pair that is said to be different."""
    decisions = open_venue_ledger(workspace).list_decisions()
    return {(one.left, one.right): one for one in decisions if not one.is_same}


def _still_says(pair: KeptPair, contents: Mapping[int, str]) -> bool:
    return (contents.get(pair.left), contents.get(pair.right)) == pair.contents


def _score_fresh(workspace: Workspace, records: Mapping[int, VenueRecord], fresh: set[int]) -> list[KeptPair]:
    if not fresh:
        return []
    from quality.venues.scoring import score_pairs  # noqa: PLC0415 -- loading splink takes seconds

    numbers = {one.place: number for number, one in records.items()}
    places = [records[number].place for number in fresh]
    pairs = score_pairs(list(records.values()), places, read_venue_rules(), workspace.codelists[DIVISIONS])
    found = []
    for pair in pairs:
        left, right = sorted((pair.left, pair.right), key=lambda one: numbers[one.place])
        sides = (numbers[left.place], numbers[right.place])
        found.append(KeptPair(*sides, pair.probability, pair.levels, (left.content, right.content)))
    return found


def _describe_levels(levels: Sequence[int]) -> tuple[Text, ...]:
    """Returns the result of each comparison in words, without comparisons for which a value was missing."""
    found = [one.levels[at] for one, at in zip(read_venue_rules().matching.comparisons, levels, strict=True)]
    return tuple(level.text for level in found if not level.silent)


def _read_fitting_cache(workspace: Workspace) -> PairCache | None:
    kept = read_pair_cache(workspace.layout.venue_pairs)
    return kept if kept is not None and kept.rules == _fingerprint_rules() else None


def _fingerprint_rules() -> str:
    """Returns what scores depend on besides the records: the rules, this project's code and splink."""
    state = f"{read_venue_rules().model_dump_json()}\n{read_code_version()}\n{version('splink')}"
    return hashlib.sha256(state.encode()).hexdigest()
