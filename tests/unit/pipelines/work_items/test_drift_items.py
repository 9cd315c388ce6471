"""A catalogue that serves something else than was released is work of the operators until a comparison is clean."""

from datetime import timedelta

from catalog.plan import Difference
from pipelines.desk.desk_pages import refresh_pages
from pipelines.publication.comparisons import record_comparison
from pipelines.work_items.drift_items import find_drift_items
from support.contracts import contract_with
from support.workspaces import NOW, workspace_with

FOUND = [Difference(dataset="sample", what="rows", wanted="2", found="1")]


def first_page(workspace):
    return refresh_pages(workspace, NOW).read_text(encoding="utf-8")


def test_a_difference_is_an_item_and_on_the_desk_until_a_clean_comparison(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["code"]))
    assert "尚未核对" in first_page(workspace)
    record_comparison(workspace, "static", FOUND, NOW - timedelta(days=2))
    record_comparison(workspace, "static", FOUND, NOW)
    (item,) = find_drift_items(workspace, NOW)
    assert (item.role, item.subject, item.since) == ("operator", "static", (NOW - timedelta(days=2)).date())
    assert item.command == "sportlake drift --mend --to static"
    assert "有 1 处与已发布的版本不一致" in first_page(workspace)
    record_comparison(workspace, "static", [], NOW)
    assert list(find_drift_items(workspace, NOW)) == []
    assert "开放目录 static 与已发布的版本一致" in first_page(workspace)
