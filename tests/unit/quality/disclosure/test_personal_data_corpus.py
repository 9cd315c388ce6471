"""The labelled corpus: everything with a check digit is found, and what only looks alike is blocked in less than one row of a thousand."""

from collections import Counter

import pyarrow as pa
import pytest

from quality.disclosure.personal_data import FINDING_TYPES, find_personal_data
from support.contracts import contract_with
from support.personal_corpus import CHECKSUMMED, LOOK_ALIKES, OTHERS, WHOLE_CELLS, look_alikes, positives

CONTRACT = contract_with(["id", "note"])


def judged(texts):
    rows = pa.array(range(len(texts)), pa.int64())
    return list(find_personal_data(pa.table({"note": texts}), rows, CONTRACT))


@pytest.fixture(scope="module")
def labelled():
    return list(positives(200))


def test_everything_personal_of_the_corpus_is_found_as_what_it_is(labelled):
    found = {(f.row, f.type) for f in judged([text for text, _ in labelled])}
    missed = [(text, kind) for at, (text, kind) in enumerate(labelled) if (at, FINDING_TYPES[kind]) not in found]
    assert missed == []
    assert (
        len({kind for _, kind in labelled}) == len(CHECKSUMMED) + len(OTHERS) + len(WHOLE_CELLS) == len(FINDING_TYPES)
    )


def test_no_finding_repeats_what_it_found(labelled):
    for finding in judged([text for text, _ in labelled]):
        assert finding.value not in labelled[finding.row][0]
        assert "*" in finding.value


def test_of_look_alikes_less_than_one_in_a_thousand_is_blocked():
    texts = look_alikes(15_000)
    blocked = [(f.type, texts[f.row]) for f in judged(texts) if f.severity == "error"]
    assert len(blocked) < len(texts) / 1000, Counter(type_ for type_, _ in blocked)
    assert blocked == []


def test_remarks_about_look_alikes_are_rare_too():
    texts = look_alikes(15_000)
    assert len([f for f in judged(texts) if f.severity == "warning"]) < len(texts) / 1000


def test_the_corpus_has_many_kinds_of_look_alikes():
    assert len(LOOK_ALIKES) >= 30
