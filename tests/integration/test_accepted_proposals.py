"""Templates filled by a person with slips of every kind of field: whoever leaves all proposals of the marked workbook is done."""

import io

import openpyxl
import pytest

from pipelines.intake import take_arrival
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.template.template_workbook import DATA, build_template
from pipelines.workspace import open_workspace
from support.sample_rows import good_slices
from support.workspaces import NOW, put

DATASETS = ("facility", "lottery_fund", "association", "budget_line")
"""Datasets whose rows refer to no other dataset."""


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    return {
        slice_.dataset: (slice_, rows) for slice_, rows in good_slices(tmp_path_factory.mktemp("sample"), *DATASETS)
    }


def spoil(field, code, codelists):
    """What a person may write in the cell: a name with a letter too many, about so much, a short year, letters for digits."""
    if field.type in {"integer", "number"}:
        return f"约{code}"
    if field.type == "date":
        return f"{code[2:4]}/{int(code[5:7])}/{int(code[8:])}"
    if field.policy.codelist:
        (label,) = (one.zh for one in codelists[field.policy.codelist].codes if one.code == code)
        return f"{label}x"
    if field.type == "time":
        return code[:5].replace(":", "")
    return code.replace("0", "O", 1) if field.name.endswith("uscc") else code


def filled_with_slips(template, contract, rows, codelists):
    """The template with the rows, and one slip in each column, each in a row of its own while there are rows."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    for column, field in enumerate(contract.fields, 1):
        for at, row in enumerate(rows):
            code = row[field.name]
            slip = code and at == column % len(rows)
            book[DATA].cell(at + 2, column).value = spoil(field, code, codelists) if slip else code or None
    return saved(book)


def saved(book):
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize("dataset", DATASETS)
def test_all_proposals_of_a_template_that_are_left_are_accepted(samples, tmp_path, dataset):
    workspace, (slice_, rows) = open_workspace(tmp_path, "tester"), samples[dataset]
    contract, department = workspace.contracts[dataset], workspace.departments[slice_.department]

    def sent(content):
        put(workspace, department.code, f"{dataset}_{slice_.period}.xlsx", content)
        return [take_arrival(workspace, arrival, NOW) for arrival in list_arrivals(workspace)][-1]

    first = sent(
        filled_with_slips(build_template(workspace, contract, department), contract, rows, workspace.codelists)
    )
    proposed = {finding.cell for finding in first.findings if finding.fix}
    assert len(proposed) >= 10
    book = openpyxl.load_workbook(workspace.layout.receipt_file(first.number, "xlsx"))
    again = sent(saved(book))
    assert (again.outcome, {one.cell for one in again.accepted_proposals}) == ("accept", proposed)
    assert [finding for finding in again.findings if finding.severity == "error"] == []
