"""A template of every contract that somebody hands in, filled in and handed in, goes through intake unchanged."""

import datetime as dt
import io
import json

import openpyxl
import pytest

from pipelines.columns import column_matching
from pipelines.intake import take_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.template.template_workbook import DATA, build_template, template_filename
from pipelines.workspace import open_workspace
from schemas.contract import read_contracts
from schemas.errors import UsageError
from support.workspaces import NOW, put

CONTRACTS = {name: contract for name, contract in read_contracts().items() if contract.policy.built is None}


@pytest.fixture(scope="module")
def walked(tmp_path_factory, templates):
    """Good sample files typed into templates and walked: the receipt of each by dataset."""
    workspace = open_workspace(tmp_path_factory.mktemp("home"), "tester")
    for key, rows, workbook in templates:
        contract = workspace.contracts[key.dataset]
        put(workspace, key.department, f"{contract.name}_{key.period}.xlsx", filled(workbook, contract, rows))
    return {arrival.slice.dataset: take_arrival(workspace, arrival, NOW) for arrival in list_arrivals(workspace)}


def filled(workbook, contract, rows):
    """The template with these rows typed in as a person would: numbers, days, times, percentages and yes as what they are."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book[DATA]
    for at, row in enumerate(rows, 2):
        for column, field in enumerate(contract.fields, 1):
            cell = sheet.cell(at, column)
            cell.value = typed(field, row[field.name])
            if cell.value is not None and field.policy.unit == "%":
                cell.value, cell.number_format = round(cell.value / 100, 8), "0.0%"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def typed(field, text):
    if not text:
        return None
    if field.type in {"number", "integer"}:
        return json.loads(text)
    if field.policy.codelist == "tri_state" and text in {"0", "1"}:
        return text == "1"
    if field.policy.codelist and text.isdecimal() and not text.startswith("0"):
        return int(text)
    if field.type == "time":
        return dt.datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - opening hours have no zone
    return dt.datetime.fromisoformat(text) if field.type == "date" else text


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_filled_template_is_accepted_unchanged(walked, name):
    receipt = walked[name]
    assert (receipt.outcome, receipt.sheet) == ("accept", DATA)
    assert {finding.type for finding in receipt.findings if finding.severity == "error"} == set()
    assert not [decision for decision in receipt.decisions if "没有以下选填列" in decision.zh]


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_header_of_a_template_is_a_field_in_its_own_unit(tmp_path, name):
    workspace, contract = open_workspace(tmp_path, "tester"), CONTRACTS[name]
    sheet = openpyxl.load_workbook(io.BytesIO(build_template(workspace, contract)))[DATA]
    matching = column_matching.match_columns([cell.value for cell in sheet[1]], contract)
    assert (matching.order, matching.findings, dict(matching.units)) == (tuple(range(len(contract.fields))), (), {})
    assert all(
        cell.comment and field.description in cell.comment.text
        for cell, field in zip(sheet[1], contract.fields, strict=True)
    )


def test_a_template_is_always_the_same_bytes(tmp_path):
    workspace = open_workspace(tmp_path, "tester")
    assert build_template(workspace, CONTRACTS["event"]) == build_template(workspace, CONTRACTS["event"])


def test_a_city_is_offered_its_own_divisions_only(tmp_path):
    workspace = open_workspace(tmp_path, "tester")
    contract = CONTRACTS["facility"]
    book = openpyxl.load_workbook(io.BytesIO(build_template(workspace, contract, workspace.departments["210200"])))
    limit = next(limit for limit in book[DATA].data_validations.dataValidation if str(limit.sqref).startswith("F2"))
    offered = limit.formula1.strip('"').split(",")
    dalian = {code.zh for code in workspace.codelists["admin_division"].codes if code.code.startswith("2102")}
    assert offered
    assert set(offered) <= dalian


def test_the_name_of_a_template_is_what_the_inbox_asks_for():
    assert [template_filename(CONTRACTS[name]) for name in ("facility", "event_permit")] == [
        "facility_YYYY.xlsx",
        f"event_permit_{'YYYY-MM' if CONTRACTS['event_permit'].policy.slice.period == 'month' else 'YYYY-Qn' if CONTRACTS['event_permit'].policy.slice.period == 'quarter' else 'YYYY'}.xlsx",
    ]


def stamped(path, version=None, subject=None):
    book = openpyxl.load_workbook(path)
    for row in book["_sportlake"]:
        if row[0].value == "version" and version:
            row[1].value = version
        if row[0].value == "subject" and subject:
            row[1].value = subject
    book.save(path)


def one_event(tmp_path, **stamp):
    workspace = open_workspace(tmp_path, "tester")
    contract = workspace.contracts["association"]
    template = build_template(workspace, contract, workspace.departments["210100"])
    row = {field.name: field.policy.example for field in contract.fields}
    path = put(workspace, "210100", "association_2026.xlsx", filled(template, contract, [row]))
    stamped(path, **stamp)
    return next(take_arrival(workspace, arrival, NOW) for arrival in list_arrivals(workspace))


def test_an_older_template_is_taken_and_said(tmp_path):
    (found,) = (f for f in one_event(tmp_path, version="0.9.0").findings if f.type == "other-template-version")
    assert (found.severity, found.value) == ("info", "0.9.0")
    assert "旧版采集模板（0.9.0）" in found.message.zh


def test_the_template_of_another_dataset_is_refused_by_name(tmp_path):
    receipt = one_event(tmp_path, subject="event")
    assert (receipt.outcome, list(receipt.counts)) == ("refused", ["other-template"])
    assert "数据集 event 的采集模板" in receipt.reason.zh


def test_what_a_template_says_of_its_columns_stays_when_it_comes_back_marked(tmp_path):
    workspace = open_workspace(tmp_path, "tester")
    contract, department = workspace.contracts["association"], workspace.departments["210100"]
    row = {field.name: field.policy.example for field in contract.fields} | {"uscc": "不详"}
    template = build_template(workspace, contract, department)
    put(workspace, "210100", "association_2026.xlsx", filled(template, contract, [row]))
    (receipt,) = (take_arrival(workspace, arrival, NOW) for arrival in list_arrivals(workspace))
    book = openpyxl.load_workbook(workspace.layout.receipt_file(receipt.number, "xlsx"))
    assert book.sheetnames[1:] == ["填报说明", DATA, "代码表", "_sportlake"]
    assert (book["_sportlake"].sheet_state, book[DATA].data_validations.count > 5) == ("hidden", True)
    assert contract.fields[0].description in book[DATA]["A1"].comment.text


def test_a_dataset_that_the_platform_builds_has_no_template(tmp_path):
    workspace = open_workspace(tmp_path, "tester")
    built = [contract for contract in workspace.contracts.values() if contract.name not in CONTRACTS]
    assert "operator_credit" in {contract.name for contract in built}
    for contract in built:
        with pytest.raises(UsageError, match="由平台生成"):
            build_template(workspace, contract)
