"""Queries as clauses: the module runs inside CKAN, is pure, and so is loaded here from its file."""

import runpy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import catalog.ckan

PLUGIN = Path(catalog.ckan.__file__).parent / "portal" / "ckanext-zhportal" / "ckanext" / "zhportal"
clauses = runpy.run_path(str(PLUGIN / "clauses.py"))["clauses"]


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("体育馆", "体育 育馆"),
        ("馆", "馆"),
        ("沈阳 体育馆", "沈阳 体育 育馆"),
        ("体育 facility 2026", "体育 facility 2026"),
        ("沈阳哪里可以游泳", "沈阳 游泳"),
        ("沈阳体育馆几点开门", "沈阳 阳体 体育 育馆 开门"),
        ("哪里", "哪里"),
        ("facility", "facility"),
        ("体育馆 AND", "体育 育馆"),
        ("gym AND pool", "gym pool"),
        ("-", ""),
        ("gym -pool", "gym -pool"),
        ("", ""),
    ],
)
def test_a_query_becomes_clauses_that_can_be_counted(query, asked):
    assert " ".join(clauses(query).split()) == asked


def test_a_short_form_is_asked_as_its_long_form():
    assert clauses("体彩", [("体彩", "体育彩票")]).split() == ["体育", "育彩", "彩票"]


@given(st.text(alphabet="体育馆沈阳的可以哪里 abc-AND", max_size=20))
def test_every_clause_of_han_is_a_pair_or_a_lone_character(query):
    for clause in clauses(query).split():
        han = [character for character in clause if character > "\u3400"]
        assert len(han) <= 2 or han == list(clause)


@given(st.lists(st.sampled_from(["体育馆", "facility", "2026"]), min_size=1, max_size=4))
def test_a_query_of_plain_words_keeps_its_order(words):
    whole = clauses(" ".join(words)).split()
    assert whole == [clause for word in words for clause in clauses(word).split()]
