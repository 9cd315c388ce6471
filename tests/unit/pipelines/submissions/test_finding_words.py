"""People read titles and names of codes; a heading over several rows quotes the cells of none."""

import json
from dataclasses import replace

from pipelines.intake import take_arrival
from pipelines.submissions.finding_words import FindingWords
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.receipts.receipt_page import group_findings
from pipelines.workspace import open_workspace
from schemas.codelists import name_code
from support.contracts import contract_with
from support.workspaces import NOW, put

WHEN = {
    "kind": "required_when",
    "id": "closed-needs-day",
    "when": {"field": "status", "is_in": ["closed_permanently", "removed"]},
    "fields": ["day"],
    "message": {"zh": "状态为 {status} 时须填日期", "en": "with the status {status} a day is needed"},
}
STATUS = {"name": "status", "title": "状态", "sportlake": {"codelist": "facility_status", "title_en": "status"}}


def receipt_of(tmp_path):
    workspace = open_workspace(tmp_path, "tester")
    contract = contract_with(["id", STATUS, "day:date"], [WHEN])
    workspace = replace(workspace, contracts={"sample": contract})
    put(workspace, "210100", "sample_2026.csv", "id,status,day\n1,closed_permanently,\n2,removed,\n")
    return workspace, contract, take_arrival(workspace, list_arrivals(workspace)[0], NOW)


def test_a_receipt_names_codes_and_its_json_keeps_them(tmp_path):
    workspace, _, receipt = receipt_of(tmp_path)
    labels = workspace.codelists["facility_status"].labels
    said = [one.message.zh for one in receipt.findings]
    assert said == [f"状态为 {labels[code].zh} 时须填日期" for code in ("closed_permanently", "removed")]
    page = workspace.layout.receipt_file(receipt.number, "html").read_text(encoding="utf-8")
    zh = page[: page.index('lang="en"', page.index("<h1>"))]
    assert "closed_permanently" not in zh
    kept = json.loads(workspace.layout.receipt_file(receipt.number, "json").read_text(encoding="utf-8"))
    assert {one["type"] for one in kept["findings"]} == {"closed-needs-day"}


def test_the_heading_of_different_rows_quotes_none_of_them_and_that_of_equal_ones_is_their_message(tmp_path):
    workspace, contract, receipt = receipt_of(tmp_path)
    words = FindingWords(contract, workspace.codelists)
    (group,) = group_findings(receipt, words)
    assert group.heading.zh == "状态为 … 时须填日期"
    (alone,) = group_findings(receipt.model_copy(update={"findings": receipt.findings[:1]}), words)
    assert alone.heading == receipt.findings[0].message


def test_a_code_that_people_type_stands_beside_its_name_and_a_word_of_programs_does_not(tmp_path):
    lists = open_workspace(tmp_path, "tester").codelists
    assert name_code(lists["admin_division"], "210102").zh == "和平区（210102）"
    assert name_code(lists["facility_status"], "active").zh == lists["facility_status"].labels["active"].zh
    assert name_code(lists["facility_status"], "nonsense").zh == "nonsense"
    assert name_code(None, "active").zh == "active"
