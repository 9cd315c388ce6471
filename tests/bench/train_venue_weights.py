"""Prints the weights of `schemas/venues.yaml` as the tuned part of the labelled records gives them, and how well they do on it.

Run it by hand after a change of names, blocking or comparisons, write the weights into the file, and only then run the test on the
unseen part. It never reads the unseen part.
"""

from collections import Counter
from itertools import combinations

from quality.venues.scoring import ScoredPair, score_pairs
from schemas.codelists import read_codelist
from schemas.venues import read_venue_rules
from support.labelled_venues import LabelledVenue, read_labelled

SMOOTHING = 0.5
"""Added to each count, since no outcome is impossible that did not come up among a hundred records."""
EVERYTHING = 1e-12


def say(text: str) -> None:
    """Prints one line."""
    print(text)  # noqa: T201 -- what this is run for


def print_weights() -> None:
    """Prints `m` and `u` of each level, and the faults at the threshold in force."""
    labelled, rules = read_labelled("tuned"), read_venue_rules()
    label = {one.record.place: one for one in labelled}
    records = [one.record for one in labelled]
    pairs = score_pairs(records, set(label), rules, read_codelist("admin_division"), EVERYTHING)
    same = {pair[:2] for pair in pairs if _is_one(label, pair)}
    for at, comparison in enumerate(rules.matching.comparisons):
        say(comparison.name)
        weighted = [number for number, level in enumerate(comparison.levels) if not level.silent]
        for number in weighted:
            shares = []
            for wanted in (True, False):
                counts = Counter(pair.levels[at] for pair in pairs if (pair[:2] in same) is wanted)
                total = sum(counts[one] for one in weighted) + SMOOTHING * len(weighted)
                shares.append((counts[number] + SMOOTHING) / total)
            say(f"  m: {shares[0]:.3f}, u: {shares[1]:.3f}  {comparison.levels[number].text.en}")
    wanted = sum(one.venue == other.venue for one, other in combinations(labelled, 2))
    say(f"candidate pairs {len(pairs)}, one venue {len(same)} of {wanted}")
    for pair in pairs:
        if (pair[:2] in same) is not (pair.probability >= rules.matching.propose_from):
            told = [
                one.levels[level].text.en for one, level in zip(rules.matching.comparisons, pair.levels, strict=True)
            ]
            say(
                f"{'missed' if pair[:2] in same else 'wrong'} {pair.probability} {pair.left.name} | {pair.right.name} | {told}"
            )
    found = {pair[:2] for pair in pairs}
    for one, other in combinations(sorted(labelled, key=lambda one: one.record.place), 2):
        if one.venue == other.venue and (one.record, other.record) not in found:
            say(f"not a candidate {one.record.name} | {other.record.name}")


def _is_one(label: dict[tuple[str, str], LabelledVenue], pair: ScoredPair) -> bool:
    return label[pair.left.place].venue == label[pair.right.place].venue


if __name__ == "__main__":
    print_weights()
