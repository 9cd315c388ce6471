"""The `built` key of a contract: what it names must be there, and nobody but its owner hands it in."""

import pytest
from pydantic import ValidationError

from schemas.built import Built
from schemas.contract import read_contracts
from schemas.errors import ContractError
from support.contracts import contract_with, descriptor_with

BUILT = {"datasets": ["venue"], "query": "SELECT name FROM venue"}


def test_a_table_of_the_platform_that_there_is_not_is_refused():
    with pytest.raises(ValidationError):
        Built(platform=("people",), query="SELECT 1")


def test_only_its_owner_hands_in_a_built_dataset():
    with pytest.raises(ValueError, match="handed in by its owner alone"):
        contract_with(["name"], policy={"submitters": ["city_bureau"], "owner": "lnsports", "built": BUILT})


def test_it_comes_after_the_datasets_that_it_is_built_from(tmp_path):
    import yaml

    policy = {"submitters": ["lnsports"], "owner": "lnsports", "built": BUILT}
    for name, own in (("a_count", policy), ("venue", {})):
        descriptor = descriptor_with(["name"], name=name, policy=own)
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(descriptor, allow_unicode=True), encoding="utf-8")
    assert list(read_contracts(tmp_path)) == ["venue", "a_count"]
    (tmp_path / "venue.yaml").unlink()
    with pytest.raises(ContractError, match="datasets that are not there"):
        read_contracts(tmp_path)
