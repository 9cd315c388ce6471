"""The same work in this process, in others and on a Spark Connect server (Sail) gives the same results, errors included."""

import json
import math

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.spark_engine import open_spark_engine
from quality.conformance.blocks import BLOCK
from schemas.errors import EngineError, UsageError
from support.commands import ROOT, surroundings
from support.engine_walks import (
    call_command,
    install_related,
    try_contract,
    walk_applications,
    walk_large_hand_ins,
    walk_relations,
    walk_releases,
)
from support.faulty_facilities import write_package
from support.sail import sail_server
from support.trials import installed_with_history, put_in_force, write_contract
from support.units_of_work import REFUSAL, fail, refuse
from support.workspaces import NOW


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    home = tmp_path_factory.mktemp("sail")
    with sail_server(surroundings(home) | {"PYTHONPATH": f"{ROOT}:{ROOT}/tests", "RUST_LOG": "off"}) as said:
        yield said


def engines(address):
    """What the environment says of each engine."""
    spark = {"SPORTLAKE_ENGINE": "spark", "SPARK_REMOTE": address}
    return {"local": {}, "local-2": {"SPORTLAKE_PROCESSES": "2"}, "spark": spark}


@pytest.fixture
def engine(address):
    with open_spark_engine(address) as opened:
        yield opened


def test_results_come_in_the_order_of_the_units(engine):
    units = [float(number) for number in range(600)]
    assert list(engine.map_units(math.sqrt, units)) == [math.sqrt(unit) for unit in units]
    assert list(engine.map_units(math.sqrt, [])) == []
    assert engine.label.startswith("spark ")


def test_an_error_of_ours_on_a_worker_is_raised_here_as_what_it_is(engine):
    with pytest.raises(UsageError) as caught:
        list(engine.map_units(refuse, [1, 1]))
    assert caught.value.text == REFUSAL


def test_any_other_error_on_a_worker_says_what_spark_says(engine):
    with pytest.raises(EngineError, match="ZeroDivisionError"):
        list(engine.map_units(fail, [1]))


def test_a_contract_is_tried_on_all_history_with_the_same_findings_on_every_engine(tmp_path, address):
    settings = installed_with_history(tmp_path)
    entries = settings.home / "ledger" / "ledger.jsonl"
    before, file = entries.read_bytes(), write_contract(tmp_path)
    here, pool, spark = (try_contract(settings, file, engine) for engine in engines(address).values())
    assert [one.pop("engine").partition(" ")[0] for one in (here, pool, spark)] == ["local", "local-2", "spark"]
    assert here == pool == spark
    assert (here["originals"], len(here["changed"]), len(here["digest"]), here["required_version"]) == (6, 3, 64, None)
    assert entries.read_bytes() == before


def test_people_read_who_would_fall_and_that_nothing_was_written(tmp_path, monkeypatch):
    settings = installed_with_history(tmp_path)
    monkeypatch.setenv("SPORTLAKE_HOME", str(settings.home))
    monkeypatch.setenv("SPORTLAKE_CONTRACTS", str(settings.contracts))
    told = CliRunner().invoke(app, ["rejudge", "site", "--contract", str(write_contract(tmp_path, "1.1.0"))])
    assert told.exit_code == 0
    for part in (
        "沈阳市体育局",
        "3 of 6 originals would change",
        "area-small",
        "nothing was written",
        "SHA-256",
        "2.0.0 at least",
    ):
        assert part in told.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["site", "--contract", "{new}", "--apply", "--as", "tester"], "start Dagster anew"),
        (["site", "--contract", "{new}", "--apply"], "must decide"),
        (["RCPT-2222-2222-2222-2222", "--contract", "new.yaml"], "--contract goes with DATASET"),
        (["site", "--json"], "go with --contract"),
        (["site", "--engine", "local"], "go with --contract"),
        (["site", "--expect", "00"], "go with --contract"),
        (["site", "--contract", "new.yaml", "--expect", "00"], "--expect goes with --apply"),
        (["site", "--contract", "none.yaml"], "there is no file"),
    ],
)
def test_what_does_not_go_together_is_refused_and_says_why(tmp_path, monkeypatch, words, says):
    settings = installed_with_history(tmp_path)
    monkeypatch.setenv("SPORTLAKE_HOME", str(settings.home))
    monkeypatch.setenv("SPORTLAKE_CONTRACTS", str(settings.contracts))
    new = write_contract(tmp_path)
    told = CliRunner().invoke(app, ["rejudge", *(word.format(new=new) for word in words)])
    assert (told.exit_code, says in told.stderr) == (2, True), told.output


def test_a_contract_is_applied_with_the_same_files_on_every_engine(tmp_path, address):
    """Whole homes are equal but for the name of the engine in the ledger, and the hashes that follow from it."""
    walked = walk_applications(tmp_path, engines(address))
    for name, home in walked.items():
        assert home.told["engine"].partition(" ")[0] == name
        assert [one["falls"] for one in home.told["receipts"]] == [False, True]
        assert (home.files, home.entries) == (walked["local"].files, walked["local"].entries)


def test_people_read_what_fell_and_how_to_go_back(tmp_path, monkeypatch):
    settings, file = installed_with_history(tmp_path), write_contract(tmp_path)
    put_in_force(settings, file)
    for name, value in {"HOME": settings.home, "CONTRACTS": settings.contracts, "CLOCK": NOW.isoformat()}.items():
        monkeypatch.setenv(f"SPORTLAKE_{name}", str(value))
    told = CliRunner().invoke(app, ["rejudge", "site", "--contract", str(file), "--apply", "--as", "tester"])
    assert told.exit_code == 0, told.output
    for part in (
        "大连市体育局",
        "its rows stand until the department mends it",
        "2 judged again",
        "run sportlake run",
        "to go back",
        "1.0.0",
    ):
        assert part in told.stdout
    again = CliRunner().invoke(app, ["rejudge", "site", "--contract", str(file), "--apply", "--as", "tester"])
    assert (again.exit_code, "nothing that stands changes" in again.stdout) == (0, True)


def test_a_large_file_is_checked_in_ranges_with_the_same_answer_on_every_engine(tmp_path, monkeypatch, address):
    file, descriptor = write_package(tmp_path, 25_000)
    monkeypatch.setenv("SPORTLAKE_RANGES_FROM", str(1 << 20))
    assert file.stat().st_size > BLOCK

    def check(**environment):
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            patch.setattr("quality.conformance.byte_ranges.RANGE", 1)
            told = CliRunner().invoke(app, ["check", str(file), "--contract", str(descriptor), "--format", "json"])
        assert told.exit_code == 1, told.output
        return json.loads(told.stdout)

    here = check()
    assert here == check(SPORTLAKE_PROCESSES="2") == check(SPORTLAKE_ENGINE="spark", SPARK_REMOTE=address)
    assert {"primary-key", "unique-error", "foreign-key", "blank-row", "type-error"} < set(here["counts"])


def test_an_engine_that_is_not_there_is_no_verdict_on_the_file(tmp_path, monkeypatch):
    file, descriptor = write_package(tmp_path, 10_000)
    monkeypatch.setenv("SPORTLAKE_RANGES_FROM", str(1 << 20))
    monkeypatch.setenv("SPORTLAKE_ENGINE", "spark")
    monkeypatch.setenv("SPARK_REMOTE", "sc://127.0.0.1:1")
    monkeypatch.setattr("dagster_project.spark_engine.SECONDS", 0.5)
    told = CliRunner().invoke(app, ["check", str(file), "--contract", str(descriptor), "--format", "json"])
    assert (told.exit_code, told.stdout, "within 0.5 seconds" in told.stderr) == (2, "", True)


def test_a_large_hand_in_has_the_same_receipt_and_rows_on_every_engine(tmp_path, address):
    """Whole homes are equal, ledger, receipts, lake; also of a file that is held back for faults of many kinds."""
    walked = walk_large_hand_ins(tmp_path, engines(address))
    assert {name: home.told for name, home in walked.items()} == {"local": 0, "local-2": 2, "spark": 2}
    for home in walked.values():
        assert (home.files, home.entries) == (walked["local"].files, walked["local"].entries)
    kept = walked["local"].files
    (receipt,) = [kept[path] for path in kept if path.startswith("receipts/") and path.endswith(".json")]
    assert {"type-error", "formula-in-text", "no-mobile-number", "primary-key"} < set(json.loads(receipt)["counts"])


def test_relations_of_large_datasets_are_broken_by_the_same_rows_on_every_engine(tmp_path, address):
    """Whole homes are equal, with the refusal in the ledger and the kept results."""
    walked = walk_relations(tmp_path, engines(address))
    assert {name: home.told for name, home in walked.items()} == {"local": 0, "local-2": 1, "spark": 1}
    for home in walked.values():
        assert (home.files, home.entries) == (walked["local"].files, walked["local"].entries)
    (results,) = [text for path, text in walked["local"].files.items() if path.startswith("lake/_relations/")]
    (kept,) = json.loads(results)["results"].values()
    (broken,) = kept["result"]["broken"]
    assert (kept["result"]["asked"], broken["rows"]) == (3000, 3)
    assert [one["key"] for one in broken["examples"]] == ["V1000", "V1001", "V1002"]
    assert "V1000; V1001; V1002" in json.dumps(walked["local"].entries[-1])


def test_an_engine_that_is_not_there_gives_no_candidate_and_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("dagster_project.spark_engine.SECONDS", 0.5)
    absent = {"SPORTLAKE_ENGINE": "spark", "SPARK_REMOTE": "sc://127.0.0.1:1"}
    with pytest.raises(AssertionError, match=r"within 0\.5 seconds"):
        walk_relations(tmp_path, {"absent": absent})


def test_everything_else_is_told_while_the_engine_is_away(tmp_path, monkeypatch):
    monkeypatch.setattr("dagster_project.spark_engine.SECONDS", 0.5)
    settings = install_related(tmp_path)
    absent = {"SPORTLAKE_RELATIONS_FROM": "1000", "SPORTLAKE_ENGINE": "spark", "SPARK_REMOTE": "sc://127.0.0.1:1"}
    said = {name: call_command(settings, absent, name) for name in ("status", "work")}
    assert [told.exit_code for told in said.values()] == [0, 0]
    assert all("关联关系尚未核对" in told.output for told in said.values())
    for part in (
        "within 0.5 seconds",
        "SPORTLAKE_ENGINE=local sportlake status",
        "有效数据 What stands",
        "sportlake work lists who must do what",
    ):
        assert part in " ".join(said["status"].output.split())
    file = tmp_path / "other.csv"
    file.write_text("code,area\nS1,1\n", encoding="utf-8")
    words = ["submit", str(file), "--dataset", "site", "--department", "210200", "--period", "2026"]
    assert call_command(settings, absent, *words).exit_code == 0
    assert "关联关系尚未核对" in (settings.home / "desk" / "index.html").read_text(encoding="utf-8")
    here = call_command(settings, absent | {"SPORTLAKE_ENGINE": "local"}, "status").output
    assert ("尚未核对" in here, "与其他数据集不符" in here) == (False, True)


def test_a_release_in_parts_has_the_same_bytes_on_every_engine(tmp_path, address):
    walked = walk_releases(tmp_path, engines(address))
    assert {name: home.told for name, home in walked.items()} == {"local": 7, "local-2": 7, "spark": 7}
    for home in walked.values():
        assert (home.files, home.entries) == (walked["local"].files, walked["local"].entries)
