"""What a command says at its end about the installation itself."""

import pyarrow as pa
import pytest

from dagster_project.cli.report import print_entry_points, print_lacking_programs
from schemas.slices import SliceKey
from support.browser_packages import PACKAGES
from support.contracts import contract_with
from support.installed import installed
from support.workspaces import NOW, workspace_with
from warehouse.types import arrow_schema

FACILITY = contract_with(["id", "admin_code"], name="facility")
EVENT = contract_with(["id"], name="event")


def test_a_site_without_pages_with_whole_tables_is_said_in_one_line(tmp_path, capsys):
    settings = installed(tmp_path)
    print_lacking_programs(settings.model_copy(update={"browser_packages": PACKAGES}))
    assert capsys.readouterr().out == ""
    print_lacking_programs(settings.model_copy(update={"browser_packages": tmp_path}))
    assert "make setup" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("filled", "query"),
    [
        (["facility", "event"], "select admin_code, count(*) as n from facility"),
        (["event"], "from event limit 5"),
        ([], None),
    ],
)
def test_only_a_query_that_gives_rows_is_suggested(tmp_path, capsys, filled, query):
    workspace = workspace_with(tmp_path, EVENT, FACILITY)
    for contract in (EVENT, FACILITY):
        rows = [{field.name: "1" for field in contract.fields}] if contract.name in filled else []
        key = SliceKey(dataset=contract.name, department="210100", period="2026")
        workspace.lake.replace_slices(
            contract, {key: pa.Table.from_pylist(rows, arrow_schema(contract).remove_metadata())}, {}, NOW
        )
    print_entry_points(workspace, tmp_path)
    shown = capsys.readouterr().out
    assert ("limit 5" in shown) == bool(query)
    assert (query or "") in shown
