"""Which files of a home are kept in its bucket: what cannot be made again, and nothing with a password."""

from warehouse.layout import Layout
from warehouse.storage.kept_files import list_kept_files, list_named_files, list_tables, measure_file, read_edited_files

KEPT = (
    "corrections/facility.csv",
    "evidence/评估.pdf",
    "ledger/timestamps/7-ab.tsr",
    "people.yaml",
    "quarantine/RCPT-2/verdict.json",
    "receipts/RCPT-1.json",
    "releases/facility/2026.11.1/facility.csv",
    "submissions/RCPT-1/accepted.parquet",
    "submissions/RCPT-1/original.parquet",
    "submissions/RCPT-1/submission.json",
    "示例数据-synthetic.txt",
)
LEFT_OUT = (
    "alerts.yaml",
    "catalogue/index.html",
    "dagster/history.db",
    "desk/index.html",
    "erasures/E-1.json",
    "inbox/210100/facility_2026.csv",
    "lake/_current/facility.parquet",
    "lake/facility/_delta_log/00000000000000000000.json",
    "ledger/ledger.jsonl",
    "ledger/.index.sqlite",
    "receipts/index.html",
    "releases/facility/.freezing-x/facility.csv",
    "releases/facility/.lock",
    "submissions/.working/x/bytes",
    "warehouse.duckdb",
)


def home_with(tmp_path, *names):
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    return Layout(tmp_path)


def named(layout, paths):
    return sorted(path.relative_to(layout.home).as_posix() for path in paths)


def test_what_cannot_be_made_again_is_kept(tmp_path):
    layout = home_with(tmp_path, *KEPT, *LEFT_OUT)
    assert named(layout, list_kept_files(layout)) == sorted(KEPT)
    assert list_tables(layout) == ["facility"]


def test_what_people_write_is_looked_at_by_itself(tmp_path):
    layout = home_with(tmp_path, *KEPT, *LEFT_OUT)
    assert sorted(read_edited_files(layout)) == [
        "corrections/facility.csv",
        "people.yaml",
        "示例数据-synthetic.txt",
    ]


def test_an_entry_names_the_files_that_come_with_it(tmp_path):
    layout = home_with(tmp_path, *KEPT, *LEFT_OUT)
    asked = {
        "submission": {"number": "RCPT-1"},
        "verdict": {"number": "RCPT-1"},
        "release": {"dataset": "facility", "number": "2026.11.1"},
        "assessment": {"file": {"name": "评估.pdf"}},
        "approval": {"dataset": "facility"},
    }
    assert {kind: named(layout, list_named_files(layout, kind, facts)) for kind, facts in asked.items()} == {
        "submission": [name for name in KEPT if name.startswith("submissions/RCPT-1/")],
        "verdict": ["receipts/RCPT-1.json", "submissions/RCPT-1/accepted.parquet"],
        "release": ["releases/facility/2026.11.1/facility.csv"],
        "assessment": ["evidence/评估.pdf"],
        "approval": [],
    }
    assert named(layout, list_named_files(layout, "verdict", {"number": "RCPT-2"})) == [
        "quarantine/RCPT-2/verdict.json"
    ]


def test_a_file_is_named_by_its_path_below_the_home(tmp_path):
    layout = home_with(tmp_path, "people.yaml")
    measured = measure_file(layout, layout.people)
    assert (measured.path, measured.size) == ("people.yaml", 11)
