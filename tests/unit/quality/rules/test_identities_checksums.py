"""Check digits in SQL against a plain Python reference, on thousands of numbers and on every way to mistype one character."""

from functools import cache

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.rules.identities import credit_code_condition, is_credit_code

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PLAIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
KNOWN = ["91110000600037341L", "11110108000057752U", "91110108551385082Q", "91440300708461136T"]


def organisation_check(body):
    """GB 11714: the ninth character for the first eight."""
    rest = 11 - sum(PLAIN.index(c) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def last_check(body):
    """GB 32100: the eighteenth character for the first seventeen; the weights are the powers of 3 modulo 31."""
    return ALPHABET[-sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body)) % 31]


def credit_code_of(head, organisation):
    body = head + organisation + organisation_check(organisation)
    return body + last_check(body)


def issued(text):
    if len(text) != 18 or not set(text) <= set(ALPHABET) or not (text[2:8].isascii() and text[2:8].isdigit()):
        return False
    return text[16] == organisation_check(text[8:16]) and text[17] == last_check(text[:17])


HEADS = st.tuples(st.text(ALPHABET, min_size=2, max_size=2), st.text("0123456789", min_size=6, max_size=6)).map("".join)
CREDIT_CODES = st.builds(credit_code_of, HEADS, st.text(ALPHABET, min_size=8, max_size=8))


@cache
def connection():
    return duckdb.connect()


def holds(predicate, texts):
    table = pa.table({"place": range(len(texts)), "text": pa.array(texts, pa.string())})
    connection().register("numbers", table)
    return [
        row[0] for row in connection().execute(f"SELECT {predicate('text')} FROM numbers ORDER BY place").fetchall()
    ]


def one_character_off(text, alphabet):
    return [text[:at] + c + text[at + 1 :] for at in range(len(text)) for c in alphabet if c != text[at]]


def test_known_credit_codes_hold():
    assert holds(credit_code_condition, KNOWN) == [True] * len(KNOWN)


@pytest.mark.parametrize("head", ["N2210102", "A1210000", "Y1210200"])
def test_a_credit_code_may_begin_with_a_letter(head):
    assert holds(credit_code_condition, [credit_code_of(head, "MA0ABCD1")]) == [True]


@settings(max_examples=20, deadline=None)
@given(st.lists(CREDIT_CODES, min_size=100, max_size=200))
def test_whatever_the_reference_issues_holds(codes):
    assert all(holds(credit_code_condition, codes))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.one_of(CREDIT_CODES, st.text(ALPHABET + "IOSVZ", min_size=18, max_size=18), st.text(max_size=20)), max_size=100),
       st.integers(0, 17), st.sampled_from(PLAIN))  # fmt: skip
def test_credit_codes_are_judged_as_by_the_reference(texts, at, character):
    changed = texts + [text[:at] + character + text[at + 1 :] for text in texts]
    assert holds(credit_code_condition, changed) == [issued(text) for text in changed]
    assert [is_credit_code(text) for text in changed] == [issued(text) for text in changed]


@settings(max_examples=10, deadline=None)
@given(CREDIT_CODES)
def test_no_credit_code_survives_one_wrong_character(code):
    assert not any(holds(credit_code_condition, one_character_off(code, PLAIN + "ｘ-甲")))


@pytest.mark.parametrize(
    "text", ["", " ", KNOWN[0].lower(), KNOWN[0] + " ", " " + KNOWN[0], KNOWN[0][:-1], KNOWN[0] + "\n", "\x00" * 18]
)
def test_what_is_no_credit_code_does_not_hold(text):
    assert holds(credit_code_condition, [text]) == [False]


def test_an_empty_credit_code_is_neither_right_nor_wrong():
    assert holds(credit_code_condition, [None]) == [None]
