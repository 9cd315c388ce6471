import pytest

from schemas.execution.read_on_demand import ReadOnDemand


def values_of(names, order=tuple):
    """Values that note which names were read."""
    read = []

    def length_of(name):
        read.append(name)
        if name == "wrong":
            raise ValueError(name)
        return len(name)

    return ReadOnDemand(names, length_of, order), read


def test_only_what_is_looked_up_is_read_and_only_once():
    values, read = values_of(["one", "three"])
    assert "three" in values
    assert "four" not in values
    assert len(values) == 2
    assert read == []
    assert values["three"] == values["three"] == 5
    assert read == ["three"]


def test_an_unknown_name_is_a_key_error_as_in_a_dictionary():
    values, read = values_of(["one"])
    with pytest.raises(KeyError):
        values["two"]
    assert values.get("two") is None
    assert read == []


def test_going_through_reads_all_and_keeps_the_order_that_was_asked_for():
    values, read = values_of(["three", "four", "x"], lambda known: sorted(known, key=known.__getitem__))
    assert dict(values) == {"x": 1, "four": 4, "three": 5}
    assert list(values) == ["x", "four", "three"]
    assert sorted(read) == ["four", "three", "x"]


def test_what_is_wrong_with_one_name_is_no_error_for_another():
    values, _ = values_of(["one", "wrong"])
    assert values["one"] == 3
    with pytest.raises(ValueError, match="wrong"):
        list(values)
    with pytest.raises(ValueError, match="wrong"):
        values["wrong"]
