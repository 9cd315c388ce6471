"""Small files whose cells are written as people and their programs write them, through the whole of validation."""

import csv
import io

import pytest

from pipelines.submissions.validation import HandInFacts, validate_submission
from pipelines.workspace import open_workspace
from schemas.contract import read_contracts
from schemas.slices import SliceKey

CONTRACTS = read_contracts()
EVENT = {
    "event_id": "EV-2026-210100-0001", "event_name": "2026年沈阳市健步走", "level": "city", "category": "mass", "sport_code": "walking",
    "start_date": "2026-09-12", "end_date": "2026-09-12", "place": "沈阳市和平区体育公园", "admin_code": "210102", "host_name": "沈阳市体育局",
    "planned_participants": "500", "actual_participants": "400", "at_night": "0", "circuit_breaker": "1", "status": "completed", "updated_at": "2026-09-20",
}  # fmt: skip
OPENING = {
    "opening_id": "OP-210102-BB01-00142-001", "facility_id": "LN-210102-BB01-00142", "opening_kind": "regular", "day_of_week": "1", "opens": "06:00",
    "closes": "21:00", "valid_from": "2026-07-01", "valid_to": "2026-09-30", "audience": "everyone", "charge_type": "free", "price_cny": "0",
    "booking": "0", "notice_url": "https://example.org/opening", "updated_at": "2026-06-25",
}  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return open_workspace(tmp_path_factory.mktemp("home"), "tester")


def validated(workspace, folder, dataset, row, department="210100"):
    made = io.StringIO()
    writer = csv.DictWriter(made, list(row))
    writer.writeheader()
    writer.writerow(row)
    path = folder / f"{dataset}.csv"
    path.write_text(made.getvalue(), encoding="utf-8")
    period = {"event": "2026", "facility_opening": "2026-Q3"}[dataset]
    slice_ = SliceKey(dataset=dataset, department=department, period=period)
    return validate_submission(workspace, path, CONTRACTS[dataset], HandInFacts(slice_))


def cell_findings(validation):
    return [f for f in validation.findings if f.row and f.type not in {"facility-known", "completed-has-numbers"}]


def test_a_row_of_labels_lands_as_codes(workspace, tmp_path):
    labels = {
        "level": "市级",
        "category": "全民健身赛事活动",
        "sport_code": "健步走",
        "admin_code": "铁西区",
        "at_night": "否",
        "status": "已完成",
    }
    validation = validated(workspace, tmp_path, "event", EVENT | labels)
    assert (validation.verdict.outcome, cell_findings(validation)) == ("accept", [])
    landed = validation.accepted.to_pylist()[0]
    assert [landed[name] for name in labels] == ["city", "mass", "walking", "210106", "0", "completed"]
    assert {rewrite.field: rewrite.why for rewrite in validation.rewrites} == dict.fromkeys(labels, "label") | {
        "at_night": "answer"
    }


def test_a_district_of_two_cities_is_named_twice_to_a_third_city(workspace, tmp_path):
    (found,) = cell_findings(
        validated(workspace, tmp_path, "event", EVENT | {"admin_code": "铁西区"}, department="210200")
    )
    assert "210106（沈阳市铁西区）、210303（鞍山市铁西区）" in found.message.zh


def test_a_label_that_is_in_no_list_gets_a_proposal_whatever_its_field_looks_like(workspace, tmp_path):
    found = {
        f.field: f.fix
        for f in cell_findings(validated(workspace, tmp_path, "event", EVENT | {"sport_code": "健步走活动"}))
    }
    assert found == {"sport_code": "walking"}
    found = {
        f.field: f.fix for f in cell_findings(validated(workspace, tmp_path, "event", EVENT | {"level": "市级赛事"}))
    }
    assert found == {"level": "city"}


def test_guards_escapes_and_radicals_leave_the_text_that_was_meant(workspace, tmp_path):
    written = {
        "event_id": '="EV-2026-210100-0001"',
        "admin_code": "'210102",
        "host_name": '="沈阳市体育局"',
        "place": "⼤连&amp;沈阳_x000D_\n后院",
        "updated_at": "2026-09-20\t",
    }
    validation = validated(workspace, tmp_path, "event", EVENT | written)
    assert (validation.verdict.outcome, cell_findings(validation)) == ("accept", [])
    landed = validation.accepted.to_pylist()[0]
    assert [landed[name] for name in ("event_id", "admin_code", "host_name", "place")] == [
        "EV-2026-210100-0001",
        "210102",
        "沈阳市体育局",
        "大连&沈阳\n后院",
    ]
    assert {rewrite.field for rewrite in validation.rewrites} == set(written)


def test_damaged_text_and_formulas_are_errors_on_their_cells(workspace, tmp_path):
    (found,) = cell_findings(validated(workspace, tmp_path, "event", EVENT | {"place": "娌堥槼甯傚拰骞冲尯浣撹偛棣?"}))
    assert (found.type, found.field, found.fix) == ("damaged-text", "place", "沈阳市和平区体育馆")
    (found,) = cell_findings(validated(workspace, tmp_path, "event", EVENT | {"place": '=CONCATENATE("a","b")'}))
    assert (found.type, found.field) == ("formula-in-text", "place")
    (found,) = cell_findings(validated(workspace, tmp_path, "event", EVENT | {"place": "同上"}))
    assert (found.type, found.severity, found.field) == ("ditto", "error", "place")


@pytest.mark.parametrize(
    ("closes", "landed", "fix"),
    [("24:00", "23:59:00", None), ("24:00:00", "23:59:00", None), ("21：30", "21:30:00", None), ("下午9:00", "21:00:00", None), ("00:00", None, "24:00"), ("2400", None, "24:00"), ("次日1:00", None, None)],
)  # fmt: skip
def test_midnight_can_be_written_and_messages_say_how(workspace, tmp_path, closes, landed, fix):
    validation = validated(workspace, tmp_path, "facility_opening", OPENING | {"closes": closes})
    found = cell_findings(validation)
    assert ([f.fix for f in found], all("24:00" in f.mend.zh for f in found)) == ([] if landed else [fix], True)
    assert landed is None or {rewrite.field for rewrite in validation.rewrites} == {"closes"}


def test_a_date_of_nothing_is_a_warning_and_a_moment_is_told_from_a_date(workspace, tmp_path):
    (found,) = cell_findings(validated(workspace, tmp_path, "event", EVENT | {"status_date": "1900-01-01"}))
    assert (found.type, found.severity) == ("nothing-date", "warning")
    (found,) = cell_findings(validated(workspace, tmp_path, "event", EVENT | {"status_date": "2026-09-12 08:30:00"}))
    assert (found.type, found.fix, "不是有效日期" in found.message.zh) == ("type-error", "2026-09-12", False)
