"""JSON that announces more rows than it holds, in the envelopes of common programs; complete answers are not complained of."""

import json

import pytest

from pipelines.read import read_file
from support.files import text, venues

ROWS = [{"编号": f"LN-{at}", "名称": "公园"} for at in range(3)]


def found(folder, document, name="venues.json"):
    reading = read_file(text(folder, json.dumps(document, ensure_ascii=False), name=name), venues())
    assert reading.table.num_rows == 3
    return [(f.type, f.severity, f.row) for f in reading.findings], [f.message for f in reading.findings]


@pytest.mark.parametrize(
    "envelope",
    [
        {"code": 200, "total": 3401, "page": 1, "pageSize": 20},
        {"total": "3401"},
        {"totalCount": 3401},
        {"total_count": 3401},
        {"recordsTotal": 3401},
        {"总条数": 3401},
        {"page": {"totalElements": 3401, "size": 20}},
        {"meta": {"pagination": 1, "total": 3401}},
    ],
)
def test_a_page_of_a_longer_list_is_a_finding_with_both_numbers(tmp_path, envelope):
    kinds, messages = found(tmp_path, {**envelope, "data": ROWS})
    assert kinds == [("fewer-rows", "error", None)]
    assert "3401" in messages[0].zh
    assert "只有 3 行" in messages[0].zh
    assert "3401" in messages[0].en
    assert "holds 3" in messages[0].en


@pytest.mark.parametrize("envelope", [{"hasNextPage": True}, {"pageInfo": {"has_more": True}}])
def test_a_page_that_says_that_more_follow_is_a_finding(tmp_path, envelope):
    kinds, _ = found(tmp_path, {**envelope, "data": ROWS})
    assert kinds == [("fewer-rows", "error", None)]


def test_features_of_a_map_server_that_stopped_at_its_limit_are_a_finding(tmp_path):
    features = [{"type": "Feature", "properties": row, "geometry": None} for row in ROWS]
    for more in ({"numberMatched": 3401}, {"totalFeatures": 3401}, {"exceededTransferLimit": True}):
        document = {"type": "FeatureCollection", "features": features, **more}
        assert found(tmp_path, document, "venues.geojson")[0] == [("fewer-rows", "error", None)]


@pytest.mark.parametrize(
    "envelope",
    [
        {},
        {"total": 3},
        {"total": 2},
        {"total": None},
        {"total": "unknown"},
        {"total": True},
        {"numberMatched": "unknown"},
        {"hasNextPage": False},
        {"code": 3401, "version": 20260101, "pages": 171},
    ],
)
def test_a_complete_list_is_no_finding(tmp_path, envelope):
    assert found(tmp_path, {**envelope, "data": ROWS})[0] == []
