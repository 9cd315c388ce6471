"""A template of every contract that somebody hands in, filled as a person fills it in Excel: labels from the drop-downs, days, times and numbers as cells
of their own types. What comes back is accepted, with the codes that the sample has.
"""

import datetime as dt
import io
import json
from collections import Counter

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries

from pipelines.intake import read_accepted_rows, take_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.template.template_workbook import DATA
from pipelines.workspace import open_workspace
from schemas.contract import read_contracts
from support.workspaces import NOW, put

CONTRACTS = {name: contract for name, contract in read_contracts().items() if contract.policy.built is None}


@pytest.fixture(scope="module")
def walked(tmp_path_factory, templates):
    """(workspace, receipts by dataset, rows of the sample by dataset) of one good sample file of each dataset."""
    workspace, rows = open_workspace(tmp_path_factory.mktemp("home"), "tester"), {}
    for key, given, workbook in templates:
        contract = workspace.contracts[key.dataset]
        rows[contract.name] = given
        put(workspace, key.department, f"{contract.name}_{key.period}.xlsx", filled(workbook, contract, given))
    receipts = {arrival.slice.dataset: take_arrival(workspace, arrival, NOW) for arrival in list_arrivals(workspace)}
    return workspace, receipts, rows


def filled(workbook, contract, rows):
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book[DATA]
    for column, field in enumerate(contract.fields, 1):
        chosen = labels_by_code(book, sheet, get_column_letter(column))
        for at, row in enumerate(rows, 2):
            fill_cell(sheet.cell(at, column), field, row[field.name], chosen)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def labels_by_code(book, sheet, letter):
    """What the drop-down of a column shows, by the code that the sheet of code lists has for it; {} without a drop-down."""
    limits = [
        limit
        for limit in sheet.data_validations.dataValidation
        if limit.type == "list" and str(limit.sqref).startswith(f"{letter}2:")
    ]
    if not limits:
        return {}
    offered = limits[0].formula1
    codes = book["代码表"] if "代码表" in book.sheetnames else None
    if not offered.startswith('"'):
        first, top, _, bottom = range_boundaries(offered.rpartition("!")[2].replace("$", ""))
        return {codes.cell(row, first + 1).value: codes.cell(row, first).value for row in range(top, bottom + 1)}
    labels = offered.strip('"').split(",")
    for column in range(1, codes.max_column if codes else 1):
        if [codes.cell(row, column).value for row in range(3, 3 + len(labels))] == labels:
            return {
                codes.cell(row, column + 1).value: codes.cell(row, column).value for row in range(3, 3 + len(labels))
            }
    return {}


def fill_cell(cell, field, text, chosen):
    if not text:
        return
    if text in chosen:
        cell.value = chosen[text]
    elif field.type in {"number", "integer", "year"}:
        cell.value = json.loads(text)
    elif field.type == "boolean":
        cell.value = text == "true"
    elif field.type == "date":
        cell.value, cell.number_format = dt.datetime.fromisoformat(text), "yyyy/m/d"
    elif field.type == "datetime":
        cell.value = dt.datetime.fromisoformat(text)
    elif field.type == "time":
        cell.value, cell.number_format = dt.time.fromisoformat(text), "h:mm"
    else:
        cell.value = text


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_template_filled_in_excel_is_accepted_with_the_codes_of_its_labels(walked, name):
    workspace, receipts, rows = walked
    receipt = receipts[name]
    assert (receipt.outcome, receipt.sheet) == ("accept", DATA)
    assert {finding.type for finding in receipt.findings if finding.severity == "error"} == set()
    coded = [field.name for field in CONTRACTS[name].fields if field.policy.codelist and field.policy.codelist != "crs"]
    rewritten = receipt.rewrites.get("label", 0) + receipt.rewrites.get("answer", 0)
    assert rewritten >= sum(bool(row[field]) for row in rows[name] for field in coded) > 0
    landed = read_accepted_rows(workspace, receipt.number).select(coded)
    given = Counter(tuple(row[field] or None for field in coded) for row in rows[name])
    assert Counter(zip(*landed.to_pydict().values(), strict=True)) == given


def test_times_arrive_as_times(walked):
    workspace, receipts, rows = walked
    landed = read_accepted_rows(workspace, receipts["facility_opening"].number)
    given = [row["opens"] and dt.time.fromisoformat(row["opens"]) for row in rows["facility_opening"]]
    assert Counter(landed.column("opens").to_pylist()) == Counter(time or None for time in given)
