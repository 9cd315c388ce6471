"""The same work in this process, in others and on a Spark Connect server (Sail) gives the same results, errors included."""

import json
import math
import shutil

import pytest
import yaml
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.installation import load_contracts
from dagster_project.spark_engine import open_spark_engine
from quality.conformance.blocks import BLOCK
from schemas.errors import EngineError, UsageError
from support.commands import ROOT, surroundings
from support.contracts import descriptor_with
from support.faulty_facilities import write_package
from support.installed import POLICY, installed
from support.sail import sail_server
from support.stored_homes import kept_tree
from support.trials import STRICT, installed_with_history, put_in_force, write_contract
from support.units_of_work import REFUSAL, fail, refuse
from support.workspaces import NOW


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    home = tmp_path_factory.mktemp("sail")
    with sail_server(surroundings(home) | {"PYTHONPATH": f"{ROOT}:{ROOT}/tests", "RUST_LOG": "off"}) as said:
        yield said


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


def trial(settings, file, monkeypatch, **environment):
    monkeypatch.setenv("SPORTLAKE_HOME", str(settings.home))
    monkeypatch.setenv("SPORTLAKE_CONTRACTS", str(settings.contracts))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    told = CliRunner().invoke(app, ["rejudge", "site", "--contract", str(file), "--json"], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    return json.loads(told.stdout)


def test_a_contract_is_tried_on_all_history_with_the_same_findings_on_every_engine(tmp_path, monkeypatch, address):
    settings = installed_with_history(tmp_path)
    entries = settings.home / "ledger" / "ledger.jsonl"
    before, file = entries.read_bytes(), write_contract(tmp_path)
    here = trial(settings, file, monkeypatch)
    pool = trial(settings, file, monkeypatch, SPORTLAKE_PROCESSES="2")
    spark = trial(settings, file, monkeypatch, SPORTLAKE_ENGINE="spark", SPARK_REMOTE=address)
    assert [one.pop("engine").partition(" ")[0] for one in (here, pool, spark)] == ["local", "local-2", "spark"]
    assert here == pool == spark
    assert (here["originals"], len(here["changed"]), len(here["digest"])) == (6, 3, 64)
    assert entries.read_bytes() == before


def test_people_read_who_would_fall_and_that_nothing_was_written(tmp_path, monkeypatch):
    settings = installed_with_history(tmp_path)
    monkeypatch.setenv("SPORTLAKE_HOME", str(settings.home))
    monkeypatch.setenv("SPORTLAKE_CONTRACTS", str(settings.contracts))
    told = CliRunner().invoke(app, ["rejudge", "site", "--contract", str(write_contract(tmp_path))])
    assert told.exit_code == 0
    for part in ("沈阳市体育局", "3 of 6 originals would change", "area-small", "nothing was written", "SHA-256"):
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


def test_a_contract_is_applied_with_the_same_files_on_every_engine(tmp_path, monkeypatch, address):
    """Whole homes are equal but for the name of the engine in the ledger, and the hashes that follow from it."""
    settings = installed_with_history(tmp_path / "base")
    file = write_contract(tmp_path)
    digest = trial(settings, file, monkeypatch)["digest"]
    chosen = {"local": {}, "local-2": {"SPORTLAKE_PROCESSES": "2"}}
    chosen["spark"] = {"SPORTLAKE_ENGINE": "spark", "SPARK_REMOTE": address}
    homes = {}
    for name, environment in chosen.items():
        shutil.copytree(tmp_path / "base", tmp_path / name)
        own = settings.model_copy(update={"home": tmp_path / name / "var", "contracts": tmp_path / name / "contracts"})
        put_in_force(own, file)
        with monkeypatch.context() as patch:
            told = apply(own, file, patch, "--expect", digest, **environment)
        assert (told["digest"], told["engine"].partition(" ")[0]) == (digest, name)
        assert [one["falls"] for one in told["receipts"]] == [False, True]
        homes[name] = kept_tree(own.home, with_log=False)
    lines = {name: read_lines(home.pop("ledger/ledger.jsonl")) for name, home in homes.items()}
    assert homes["local"] == homes["local-2"] == homes["spark"]
    assert lines["local"] == lines["local-2"] == lines["spark"]


def apply(settings, file, monkeypatch, *more, **environment):
    environment |= {"SPORTLAKE_HOME": str(settings.home), "SPORTLAKE_CONTRACTS": str(settings.contracts)}
    for name, value in {**environment, "SPORTLAKE_CLOCK": NOW.isoformat(), "SPORTLAKE_AS": "tester"}.items():
        monkeypatch.setenv(name, value)
    words = ["rejudge", "site", "--contract", str(file), "--apply", "--json", *more]
    told = CliRunner().invoke(app, words, catch_exceptions=False)
    assert told.exit_code == 0, told.output
    return json.loads(told.stdout)


def read_lines(ledger):
    """The entries without their hashes and without the name of an engine."""
    entries = [json.loads(line) for line in ledger.splitlines()]
    for entry in entries:
        entry["facts"].pop("engine", None)
    return [{name: value for name, value in entry.items() if name not in {"hash", "previous"}} for entry in entries]


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
        "to go back",
        "1.0.0",
    ):
        assert part in told.stdout
    again = CliRunner().invoke(app, ["rejudge", "site", "--contract", str(file), "--apply", "--as", "tester"])
    assert (again.exit_code, "nothing that stands changes" in again.stdout) == (0, True)


def test_a_large_file_is_checked_in_ranges_with_the_same_answer_on_every_engine(tmp_path, monkeypatch, address):
    file, descriptor = write_package(tmp_path, 20_000)
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


def test_a_large_hand_in_has_the_same_receipt_and_rows_on_every_engine(tmp_path, monkeypatch, address):
    """Whole homes are equal, byte for byte: ledger, receipts, lake; also of a file that is held back for faults of many kinds."""
    fields = ["code", "area:number", "note", "opened:date"]
    described = descriptor_with(fields, [STRICT], name="site", policy=POLICY, version="2.0.0")
    settings = installed(tmp_path / "base")
    (tmp_path / "new.yaml").write_text(yaml.safe_dump(described, allow_unicode=True), encoding="utf-8")
    put_in_force(settings, tmp_path / "new.yaml")
    lines = [f"A{at},{at % 90},好,2026-01-02" for at in range(70_000)]
    lines[100::700] = ["A5,x,=A1,1900-01-01", "A6,1e400,13912345678,2026-02-30"] * 50
    lines[50_001] = ",,,"
    file = tmp_path / "large.csv"
    file.write_text("\n".join(["code,area,note,opened", *lines, "A7"]) + "\n", encoding="utf-8")
    chosen = {"local": {}, "local-2": {"SPORTLAKE_PROCESSES": "2"}}
    chosen["spark"] = {"SPORTLAKE_ENGINE": "spark", "SPARK_REMOTE": address}
    homes, counts = {}, {}
    monkeypatch.setattr("quality.conformance.row_ranges.RANGE", 1)
    for name, environment in chosen.items():
        shutil.copytree(tmp_path / "base", tmp_path / name)
        names = {"HOME": tmp_path / name / "var", "CONTRACTS": tmp_path / name / "contracts", "AS": "tester"}
        names |= {"CLOCK": NOW.isoformat(), "RANGES_FROM": str(1 << 20)}
        load_contracts.cache_clear()
        with monkeypatch.context() as patch:
            count_ranges(patch, counts, name)
            for key, value in {
                **{f"SPORTLAKE_{key}": str(value) for key, value in names.items()},
                **environment,
            }.items():
                patch.setenv(key, value)
            words = ["submit", str(file), "--dataset", "site", "--department", "210100", "--period", "2026"]
            told = CliRunner().invoke(app, words, catch_exceptions=False)
        assert (told.exit_code, "70000" in told.stdout or "70001" in told.stdout) == (1, True), told.output
        homes[name] = kept_tree(tmp_path / name / "var", with_log=False)
    assert counts == {"local-2": 2, "spark": 2}
    assert homes["local"] == homes["local-2"] == homes["spark"]
    (receipt,) = [
        content for path, content in homes["local"].items() if path.startswith("receipts/") and path.endswith(".json")
    ]
    assert {"type-error", "formula-in-text", "no-mobile-number", "primary-key"} < set(json.loads(receipt)["counts"])


def count_ranges(patch, counts, name):
    """Notes how many ranges were given away."""
    from pipelines.submissions import ranged_checks

    write = ranged_checks.write_row_ranges

    def counted(*words, **named):
        parts = list(write(*words, **named))
        counts[name] = len(parts)
        return iter(parts)

    patch.setattr(ranged_checks, "write_row_ranges", counted)
