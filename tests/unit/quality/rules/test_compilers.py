"""Every rule of every contract of the bureau can be judged: its fields are of types it can work on, its lists are there."""

import pytest

from schemas.codelists import open_codelists
from schemas.contract import read_contracts
from support.judged import context_with, judged
from warehouse.types import arrow_schema

CONTRACTS = read_contracts()


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_rule_of_the_contract_can_be_judged(name):
    contract = CONTRACTS[name]
    period = {"year": "2026", "quarter": "2026-Q3", "month": "2026-11"}[contract.policy.slice.period]
    accepted = {other: arrow_schema(CONTRACTS[other]).empty_table() for other in contract.references}
    judged(contract, [{}, {}], context_with(period=period, codelists=open_codelists(), datasets=accepted))
