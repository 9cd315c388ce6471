"""Problem data: each kind told by the table itself or by what the lake holds, and honest tables that a contract waives."""

import pyarrow as pa
import pytest

from pipelines.intake import take_arrival
from pipelines.submissions.checks.plausibility import check_table, check_twin
from pipelines.submissions.inbox.inbox import list_arrivals
from schemas.slices import SliceKey
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with
from warehouse.types import arrow_schema

FIELDS = [
    {"name": "id", "title": "编号", "constraints": {"required": True}},
    {"name": "area", "title": "区划", "sportlake": {"codelist": "admin_division"}},
    {"name": "name", "title": "名称"},
    {"name": "note", "title": "备注"},
]
WAIVER = {"zh": "每单位一行", "en": "one row a unit"}
PARAGRAPH = "本市体育场地建设情况如下。" * 20


def contract(**policy):
    fields = [{**field, "sportlake": {}} for field in FIELDS]
    return contract_with(fields, [{"kind": "in_area", "field": "area"}], policy={"waived_problems": {}, **policy})


def kinds(*rows, **policy):
    of = contract(**policy)
    names = [field.name for field in of.fields]
    texts = pa.table([pa.array(column, pa.string()) for column in zip(*rows, strict=True)], names=names)
    typed = texts.cast(arrow_schema(of))
    found = check_table(texts, typed, pa.array(range(2, len(rows) + 2)), of)
    return [(finding.type, finding.severity) for finding in found]


def full(count, **cells):
    row = {"id": "1", "area": "210102", "name": "甲", "note": "x", **cells}
    return [tuple({**row, "id": str(at)}.values()) for at in range(count)]


def test_a_full_table_is_no_problem():
    assert kinds(*full(4)) == []


def test_three_rows_are_few_and_a_contract_may_say_that_this_is_honest():
    assert kinds(*full(3)) == [("few-rows", "warning")]
    assert kinds(*full(3), waived_problems={"few-rows": WAIVER}) == []


@pytest.mark.parametrize(("empty", "found"), [(2, []), (3, [("mostly-empty", "warning")])])
def test_sixty_in_a_hundred_empty_cells_are_too_many(empty, found):
    row = ["1", "210102", "甲", "x", "y"]
    for at in range(empty):
        row[-1 - at] = None if at % 2 else ""
    of = contract_with([*(field["name"] for field in FIELDS), "more"], policy={"waived_problems": {}})
    texts = pa.table([pa.array([cell] * 5, pa.string()) for cell in row], names=[field.name for field in of.fields])
    assert [(f.type, f.severity) for f in check_table(texts, texts, pa.array(range(2, 7)), of)] == found


def test_one_text_column_is_a_poured_document():
    rows = [(f"第{at}段", None, None, None) for at in range(6)]
    assert ("poured-document", "error") in kinds(*rows)


def test_paragraphs_beside_hardly_anything_are_a_poured_document():
    rows = [(str(at), None, PARAGRAPH, None) for at in range(3)] + full(2)
    assert ("poured-document", "error") in kinds(*rows)
    assert ("poured-document", "error") not in kinds(*full(5, name=PARAGRAPH))


def test_many_rows_on_one_point_are_told_with_their_number():
    of = contract_with(
        ["id", "lon:number", "lat:number"],
        policy={"coordinates": {"lon": "lon", "lat": "lat", "most_on_a_point": 3}},
    )
    typed = pa.table(
        {"id": list("abcdefg"), "lon": [123.4] * 4 + [123.5, None, None], "lat": [41.8] * 4 + [41.9, None, 41.8]}
    )
    texts = pa.table({name: typed.column(name).cast(pa.string()) for name in typed.column_names})
    found = check_table(texts, typed, pa.array([2, 3, 5, 6, 7, 8, 9]), of)
    assert [(f.type, f.severity, f.row, f.value) for f in found] == [("stacked-points", "warning", 2, "123.4, 41.8")]
    assert "4 rows share one point" in found[0].message.en


HEADER = "id,area,name,note\n"


def taken(workspace, department, name, content):
    put(workspace, department, name, content)
    arrival = next(
        one for one in list_arrivals(workspace) if one.path.name == name and one.path.parent.name == department
    )
    receipt = take_arrival(workspace, arrival, NOW)
    return receipt.outcome, [finding.type for finding in receipt.findings]


def areas(rows, area):
    first = 1 if area == "210102" else 10
    return HEADER + "".join(f"{first + at},{area},名{at},x\n" for at in range(rows))


def test_a_piece_that_would_replace_another_piece_waits(tmp_path):
    workspace = workspace_with(tmp_path, contract())
    assert taken(workspace, "210100", "sample_2026_1.csv", areas(5, "210102")) == ("accept", [])
    outcome, found = taken(workspace, "210100", "sample_2026_2.csv", areas(6, "210103"))
    assert (outcome, found) == ("quarantine", ["fragment"])


def test_the_whole_table_may_follow_a_piece_and_another_period_is_no_piece(tmp_path):
    workspace = workspace_with(tmp_path, contract())
    whole = areas(5, "210102") + areas(6, "210103").removeprefix(HEADER)
    assert taken(workspace, "210100", "sample_2026_1.csv", areas(5, "210102")) == ("accept", [])
    assert taken(workspace, "210100", "sample_2026_2.csv", whole) == ("accept", [])
    assert taken(workspace, "210100", "sample_2025.csv", areas(6, "210103")) == ("accept", [])


def test_the_same_rows_in_another_area_are_no_piece_of_a_table(tmp_path):
    workspace = workspace_with(tmp_path, contract())
    assert taken(workspace, "210100", "sample_2026_1.csv", areas(5, "210102")) == ("accept", [])
    moved = areas(5, "210102").replace("210102", "210103")
    assert taken(workspace, "210100", "sample_2026_2.csv", moved) == ("accept", [])


def test_a_contract_may_waive_pieces(tmp_path):
    workspace = workspace_with(tmp_path, contract(waived_problems={"fragment": WAIVER}))
    taken(workspace, "210100", "sample_2026_1.csv", areas(5, "210102"))
    assert taken(workspace, "210100", "sample_2026_2.csv", areas(6, "210103"))[0] == "accept"


def test_the_file_of_another_department_is_refused_a_second_time(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["id", "name", "note"]))
    content = "id,name,note\n" + "".join(f"{at},甲,x\n" for at in range(5))
    assert taken(workspace, "210100", "sample_2026.csv", content) == ("accept", [])
    assert taken(workspace, "210200", "sample_2026.csv", content) == ("quarantine", ["same-as-another"])


@pytest.mark.parametrize(("mode", "outcome"), [("snapshot", "accept"), ("append", "quarantine")])
def test_the_same_file_for_another_period_is_odd_for_a_snapshot_and_wrong_where_periods_add_up(tmp_path, mode, outcome):
    workspace = workspace_with(tmp_path, contract_with(["id", "name", "note"], policy={"mode": mode}))
    content = "id,name,note\n" + "".join(f"{at},甲,x\n" for at in range(5))
    taken(workspace, "210100", "sample_2025.csv", content)
    assert taken(workspace, "210100", "sample_2026.csv", content) == (outcome, ["same-as-another"])


def test_what_the_platform_builds_may_be_the_same_in_the_next_period():
    policy = {"mode": "snapshot", "submitters": ["lnsports"], "owner": "lnsports"}
    built = {"datasets": ["venue"], "query": "SELECT name FROM venue"}
    slice_ = SliceKey(dataset="sample", department="lnsports", period="2026")
    assert check_twin(contract_with(["name"], policy=policy), slice_, ["sample/lnsports/2025"])
    assert (
        check_twin(contract_with(["name"], policy={**policy, "built": built}), slice_, ["sample/lnsports/2025"]) == []
    )


def test_a_file_that_was_refused_elsewhere_may_be_put_into_the_right_place(tmp_path):
    workspace = workspace_with(tmp_path, contract_with(["id", "name", "note"], policy={"submitters": ["210100"]}))
    content = "id,name,note\n" + "".join(f"{at},甲,x\n" for at in range(5))
    assert taken(workspace, "210200", "sample_2026.csv", content)[0] == "refused"
    assert taken(workspace, "210100", "sample_2026.csv", content) == ("accept", [])
