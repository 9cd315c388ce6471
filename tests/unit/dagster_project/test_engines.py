"""Which engine the settings choose, and what is said where it cannot be had."""

import socket
import sys

import pytest

from dagster_project.engine_kind import EngineChoice, EngineKind
from dagster_project.engines import SILENCE, RememberedEngine, open_engine
from dagster_project.installation import load_workspace
from dagster_project.settings import Settings, read_settings
from schemas.errors import EngineError, UsageError
from schemas.text import Text


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    for name in ("SPORTLAKE_ENGINE", "SPORTLAKE_PROCESSES", "SPARK_REMOTE"):
        monkeypatch.delenv(name, raising=False)


def label_of(settings, chosen=None):
    with open_engine(settings, chosen) as engine:
        return engine.label


def test_without_a_word_work_is_done_in_this_process(monkeypatch):
    assert label_of(Settings()) == "local"
    monkeypatch.setenv("SPORTLAKE_PROCESSES", "3")
    assert label_of(read_settings()) == "local-3"


def test_large_work_is_given_away_only_where_the_settings_name_more_than_this_process(tmp_path):
    assert load_workspace(Settings(home=tmp_path)).large_work is None
    chosen = Settings(home=tmp_path, processes=2, ranges_from=1 << 20, relations_from=5000)
    large = load_workspace(chosen).large_work
    with large.open_engine() as engine:
        assert (large.least_bytes, large.least_rows, engine.label) == (1 << 20, 5000, "local-2")


def test_a_command_may_choose_another_engine_than_the_settings(monkeypatch):
    monkeypatch.setenv("SPORTLAKE_ENGINE", "spark")
    assert label_of(read_settings(), EngineKind.local) == "local"


def test_an_unknown_engine_is_refused_with_those_that_there_are(monkeypatch):
    monkeypatch.setenv("SPORTLAKE_ENGINE", "ray")
    with pytest.raises(UsageError, match=r"SPORTLAKE_ENGINE.*'local' or 'spark'"):
        read_settings()


@pytest.mark.parametrize("rows", ["999", "-1", "many", "1e6"])
def test_fewer_than_a_thousand_rows_or_no_number_is_refused_with_the_name_of_the_setting(monkeypatch, rows):
    monkeypatch.setenv("SPORTLAKE_RELATIONS_FROM", rows)
    with pytest.raises(UsageError, match="SPORTLAKE_RELATIONS_FROM cannot be used"):
        read_settings()


@pytest.mark.parametrize("address", [None, "local[2]", "spark://h:7077"])
def test_spark_needs_the_address_of_a_connect_server(monkeypatch, address):
    if address:
        monkeypatch.setenv("SPARK_REMOTE", address)
    with pytest.raises(UsageError, match=r"SPARK_REMOTE=sc://"):
        label_of(read_settings(), EngineKind.spark)
    assert label_of(read_settings()) == "local"


def test_spark_needs_its_client(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(UsageError, match=r"sportlake\[spark\]"):
        label_of(Settings(spark_remote="sc://127.0.0.1:1"), EngineKind.spark)


@pytest.mark.parametrize(
    "address", ["https://h:1/;token=geheim", "sc://h:1/path;token=geheim", "sc://127.0.0.1:1/;token=geheim"]
)
def test_the_token_of_an_address_is_not_told(monkeypatch, address):
    monkeypatch.setattr("dagster_project.spark_engine.SECONDS", 0.2)
    with pytest.raises((UsageError, EngineError)) as wrong:
        label_of(Settings(spark_remote=address), EngineKind.spark)
    assert "geheim" not in str(wrong.value)


def test_no_server_at_the_address_is_said_in_time():
    from dagster_project.spark_engine import SECONDS, open_spark_engine

    assert SECONDS < 60
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # it does not listen
        with (
            pytest.raises(EngineError, match="no Spark Connect server answers"),
            open_spark_engine(f"sc://127.0.0.1:{taken.getsockname()[1]}", seconds=0.5),
        ):
            pass


def test_an_engine_that_did_not_answer_is_tried_again_after_a_while_and_not_at_once(monkeypatch):
    monkeypatch.setattr("dagster_project.spark_engine.SECONDS", 0.1)
    clock, tries = [0.0], []
    engine = RememberedEngine(EngineChoice(EngineKind.spark, 1, "sc://127.0.0.1:1", 0, 0, 0, 0), lambda: clock[0])
    opened = open_engine

    def noted(choice):
        tries.append(clock[0])
        return opened(choice)

    monkeypatch.setattr("dagster_project.engines.open_engine", noted)
    for at in (0.0, 1.0, SILENCE - 1, SILENCE, SILENCE + 1):
        clock[0] = at
        with pytest.raises(EngineError, match=r"within 0\.1 seconds"), engine.open_engine():
            pass
    assert tries == [0.0, SILENCE]


def test_an_error_of_the_work_is_not_taken_for_an_engine_that_is_away():
    engine = RememberedEngine(EngineChoice(EngineKind.local, 1, None, 0, 0, 0, 0))
    with pytest.raises(EngineError), engine.open_engine():
        raise EngineError(Text(zh="字", en="words"))
    with engine.open_engine() as opened:
        assert opened.label == "local"
