"""Every contract of the bureau: its example row goes into the lake, out as a release that frictionless takes, and into the warehouse."""

from datetime import datetime
from zoneinfo import ZoneInfo

import frictionless
import pyarrow as pa
import pytest

from schemas.codelists import open_codelists
from schemas.contract import Contract, read_contracts
from schemas.departments import read_departments
from schemas.slices import SliceKey
from support.frozen_rows import rows_of
from support.typed import typed
from warehouse.analyst_file.database import WarehouseInputs, rebuild_database
from warehouse.lake.lake import Lake
from warehouse.layout import Layout
from warehouse.ledger.ledger import Ledger
from warehouse.releases.freezing import StatedFacts, freeze
from warehouse.releases.releases import verify_release

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
CONTRACTS = read_contracts()
CODELISTS = open_codelists()
DEPARTMENTS = read_departments()
PERIODS = {"year": "2026", "quarter": "2026-Q3", "month": "2026-10"}


def example(contract: Contract) -> pa.Table:
    """One row of the examples that stand at the fields; fields without one are empty."""
    return typed(pa.table({f.name: pa.array([f.policy.example or ""]) for f in contract.fields}), contract)


def landed(lake: Lake, contract: Contract) -> SliceKey:
    key = SliceKey(dataset=contract.name, department="lnsports", period=PERIODS[contract.policy.slice.period])
    lake.replace_slices(contract, {key: example(contract)}, {"submission": "S-1"}, NOW)
    return key


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_contract_goes_through_the_lake_into_a_release_that_frictionless_takes(name, tmp_path):
    contract, layout = CONTRACTS[name], Layout(tmp_path)
    lake = Lake(layout)
    key = landed(lake, contract)
    slices = [{"department": key.department, "period": key.period, "rows": 1, "submission": "S-1", "sha256": "a" * 64,
               "received": "2026-11-24"}]  # fmt: skip
    quality = {"rows_submitted": 1, "rows_held_back": 0, "findings": {}}
    rows = rows_of(lake.read_current(contract), contract, CODELISTS, DEPARTMENTS)
    release = freeze(
        layout, contract, rows, StatedFacts(1, quality, slices), now=NOW, previous=None, codelists=CODELISTS
    )
    folder = layout.release_folder(name, release.number)
    assert verify_release(folder) == []
    report = frictionless.validate(str(folder / "datapackage.json"))
    without_example = {field.name for field in contract.public_fields() if not field.policy.example}
    found = report.flatten(["rowNumber", "fieldName", "type", "message"])
    assert [each for each in found if each[1] not in without_example] == []
    assert [task.type for task in report.tasks][:2] == ["table", "file"]


def test_all_contracts_together_make_one_warehouse(tmp_path):
    layout = Layout(tmp_path)
    lake = Lake(layout)
    for contract in CONTRACTS.values():
        landed(lake, contract)
    stock = WarehouseInputs(CONTRACTS, CODELISTS, read_departments(), lake, Ledger(layout))
    built = rebuild_database(layout, stock, NOW)
    assert dict(built.rows) == dict.fromkeys(CONTRACTS, 1)
    assert not rebuild_database(layout, stock, NOW).written
