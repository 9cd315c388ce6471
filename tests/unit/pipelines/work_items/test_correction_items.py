"""A file of corrections that cannot be read is something that the steward must mend."""

from pipelines.work_items.correction_items import find_correction_items
from support.contracts import contract_with
from support.workspaces import NOW, workspace_with


def test_only_a_wrong_file_of_corrections_is_an_item_of_the_steward_and_says_what_is_wrong(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["id", "area:number"]))
    assert list(find_correction_items(workspace, NOW)) == []
    file = workspace.layout.corrections_file("sample")
    file.parent.mkdir(parents=True)
    file.write_bytes("编号,面积\n1,2\n".encode("gbk"))
    (item,) = find_correction_items(workspace, NOW)
    assert (item.kind, item.role, item.dataset) == ("corrections", "steward", "sample")
    assert "sample.csv" in item.text.zh
