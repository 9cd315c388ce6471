"""Keys of caches: the very same object, not one that is equal."""

from schemas.execution.same_object import SameObject


def test_a_key_is_equal_to_a_key_of_the_same_object_only():
    first, second = [1], [1]
    assert SameObject(first) == SameObject(first)
    assert SameObject(first) != SameObject(second)
    assert SameObject(first) != first
    assert {SameObject(first): "found"}.get(SameObject(first)) == "found"
    assert {SameObject(first): "found"}.get(SameObject(second)) is None
