"""Ten departments hand in at once while two runs work: nothing is lost or doubled. For longer: `tests/bench/soak.py`."""

from support.installed import installed
from support.soaked import soak


def test_ten_departments_two_runs_and_a_file_from_two_places(tmp_path, monkeypatch, record_property):
    settings = installed(tmp_path)
    monkeypatch.setenv("SPORTLAKE_HOME", str(settings.home))
    monkeypatch.setenv("SPORTLAKE_CONTRACTS", str(settings.contracts))
    done = soak(settings, tmp_path / "twice", 20)
    record_property("figure", f"{done.handed_in} files, {done.megabytes} MB")
    assert done.problems == ()
    assert done.recorded == done.handed_in
