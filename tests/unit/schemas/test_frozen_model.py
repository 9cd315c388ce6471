"""`FrozenModel`: values stay as they are, unknown keys are refused, and the validator is made at the first use."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import ValidationError

from schemas.frozen_model import FrozenModel


class Place(FrozenModel):
    """A model of this test."""

    name: str


class Journey(FrozenModel):
    """A model of this test that holds another."""

    places: tuple[Place, ...]


def test_values_cannot_be_changed_and_unknown_keys_are_refused() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Place(name="沈阳").name = "大连"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        Place.model_validate({"name": "沈阳", "size": 1})


def test_a_model_is_built_at_its_first_use_by_whichever_thread_comes_first() -> None:
    class Later(FrozenModel):
        journey: Journey

    assert not Later.__pydantic_complete__
    text = '{"journey": {"places": [{"name": "沈阳"}]}}'
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(Later.model_validate_json, [text] * 32))
    assert Later.__pydantic_complete__
    assert {one.journey for one in found} == {Journey(places=(Place(name="沈阳"),))}
