"""The order of the findings on a receipt: what concerns the whole file first, errors before warnings of the same type; and their number."""

from catalog.pages.formats import format_figure
from pipelines.intake import take_arrival
from pipelines.submissions.finding_words import FindingWords
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.receipts.receipt_page import group_findings
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with


def groups(tmp_path, content):
    contract = contract_with(["id", {"name": "area", "title": "面积", "type": "number"}, "name"])
    workspace = workspace_with(tmp_path, contract)
    put(workspace, "210100", "sample_2026.csv", content)
    receipt = take_arrival(workspace, list_arrivals(workspace)[0], NOW)
    return [(group.type, group.signal, group.listed) for group in group_findings(receipt, FindingWords(None, {}))]


def test_a_column_that_is_left_out_does_not_hide_one_that_must_be_renamed(tmp_path):
    found = groups(tmp_path, "id,备注,面枳,name\n" + "".join(f"{at},x,1,甲\n" for at in range(5)))
    assert found == [("extra-label", "mend", 1), ("extra-label", "look", 1)]


def test_what_concerns_the_whole_file_stands_before_many_cells(tmp_path):
    found = groups(tmp_path, "id,area,name\n" + "".join(f"{at},多,甲\n" for at in range(5)) + "共 9 条记录\n")
    assert found == [("fewer-rows", "mend", 1), ("type-error", "mend", 5)]


def test_the_page_says_how_many_remarks_there_are_and_not_how_many_are_listed(tmp_path):
    rule = {"kind": "compare", "id": "order", "left": "low", "op": "<=", "right": "high", "severity": "warning"}
    workspace = workspace_with(tmp_path, contract_with(["id", "low:integer", "high:integer"], [rule]))
    put(workspace, "210100", "sample_2026.csv", "id,low,high\n" + "".join(f"{at},9,1\n" for at in range(1_050)))
    receipt = take_arrival(workspace, list_arrivals(workspace)[0], NOW)
    page = workspace.layout.receipt_file(receipt.number, "html").read_text(encoding="utf-8")
    assert (receipt.outcome, len(receipt.findings)) == ("accept", 1_000)
    assert f"Please look at {format_figure(1_050)} remarks" in page
