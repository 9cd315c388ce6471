"""The table of time limits fits the contracts: what a limit names of a dataset that exists is there, and is a date."""

import pytest

from schemas.contract import read_contracts
from schemas.time_limits.time_limits import PERIOD, read_time_limits

CONTRACTS = read_contracts()
APPLIED = [
    (rule.id, applied)
    for rule in read_time_limits().values()
    for applied in rule.applies
    if applied.dataset in CONTRACTS
]


@pytest.mark.parametrize(("rule", "applied"), APPLIED, ids=[f"{rule}-{one.dataset}" for rule, one in APPLIED])
def test_the_fields_of_a_limit_are_public_dates_of_the_dataset(rule, applied):
    fields = {field.name: field for field in CONTRACTS[applied.dataset].public_fields()}
    assert set(applied.fields) <= set(fields), f"{rule}: {applied.dataset} lacks {set(applied.fields) - set(fields)}"
    assert {fields[name].type for name in (applied.trigger, applied.event) if name != PERIOD} == {"date"}
    assert CONTRACTS[applied.dataset].primary_key
