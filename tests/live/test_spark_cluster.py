"""A Spark cluster of two workers, started and stopped here, does the work that one process does, also when an executor is killed meanwhile.

Needs Java and the Spark of `make spark`; without them it is skipped and says so, and fails where live tests are required (CI).
"""

import json
import os
import signal
import time
from functools import partial

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.spark_engine import SparkEngine, open_spark_engine
from support.engine_walks import walk_applications, walk_large_hand_ins, walk_relations, walk_releases
from support.faulty_facilities import write_package
from support.portal import is_required
from support.spark_cluster import reason_without_spark, spark_cluster
from support.trials import installed_with_history, write_contract
from support.units_of_work import die_once, own_process, square_slowly


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    if (reason := reason_without_spark()) is not None:
        (pytest.fail if is_required() else pytest.skip)(reason)
    with spark_cluster(tmp_path_factory.mktemp("spark")) as started:
        yield started


def answer(environment, *words):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        told = CliRunner().invoke(app, [*map(str, words)], catch_exceptions=False)
    assert told.exit_code < 2, told.output
    return json.loads(told.stdout)


def test_both_workers_do_the_work(cluster):
    with open_spark_engine(cluster.address) as engine:
        assert engine.label.startswith("spark 4.")
        assert list(engine.map_units(partial(pow, 2), range(300))) == [2**unit for unit in range(300)]
        end = time.monotonic() + 180
        while (
            len(set(engine.map_units(own_process, range(60)))) < 2
        ):  # the second worker's begins later than the first's
            assert time.monotonic() < end
    assert len(cluster.list_executors()) == 2


def test_an_executor_that_is_killed_meanwhile_changes_no_result(cluster):
    with open_spark_engine(cluster.address) as engine:
        results = engine.map_units(square_slowly, range(40))
        found = [next(results)]
        os.kill(cluster.list_executors()[0], signal.SIGKILL)
        found += results
        assert found == [unit * unit for unit in range(40)]
        assert list(engine.map_units(square_slowly, range(40))) == found


def test_a_contract_is_tried_with_the_same_findings_as_in_one_process(cluster, tmp_path):
    settings = installed_with_history(tmp_path)
    home = {"SPORTLAKE_HOME": str(settings.home), "SPORTLAKE_CONTRACTS": str(settings.contracts)}
    words = ["rejudge", "site", "--contract", write_contract(tmp_path), "--json"]
    here = answer(home, *words)
    there = answer({**home, "SPORTLAKE_ENGINE": "spark", "SPARK_REMOTE": cluster.address}, *words)
    assert (here.pop("engine"), there.pop("engine").partition(".")[0]) == ("local", "spark 4")
    assert here == there
    assert here["changed"]


def test_a_large_file_is_checked_in_ranges_with_the_same_answer(cluster, tmp_path):
    file, descriptor = write_package(tmp_path, 60_000)
    words = ["check", file, "--contract", descriptor, "--format", "json"]
    ranges = {"SPORTLAKE_RANGES_FROM": str(1 << 20)}
    assert answer(ranges, *words) == answer(
        {**ranges, "SPORTLAKE_ENGINE": "spark", "SPARK_REMOTE": cluster.address}, *words
    )


def test_a_contract_is_applied_with_the_same_files_as_in_one_process(cluster, tmp_path):
    walked = walk_applications(tmp_path, engines(cluster))
    assert walked["spark"].told["engine"].startswith("spark 4.")
    assert (walked["spark"].files, walked["spark"].entries) == (walked["local"].files, walked["local"].entries)


def test_a_release_in_parts_has_the_same_bytes_as_in_one_process(cluster, tmp_path):
    walked = walk_releases(tmp_path, engines(cluster))
    assert (walked["local"].told, walked["spark"].told) == (7, 7)
    assert (walked["spark"].files, walked["spark"].entries) == (walked["local"].files, walked["local"].entries)


def test_a_large_hand_in_leaves_the_same_home_as_in_one_process(cluster, tmp_path):
    walked = walk_large_hand_ins(tmp_path, engines(cluster))
    assert (walked["local"].told, walked["spark"].told) == (0, 2)
    assert (walked["spark"].files, walked["spark"].entries) == (walked["local"].files, walked["local"].entries)


def test_relations_of_large_datasets_are_broken_by_the_same_rows_as_in_one_process(cluster, tmp_path):
    walked = walk_relations(tmp_path, engines(cluster))
    assert (walked["local"].told, walked["spark"].told) == (0, 1)
    assert (walked["spark"].files, walked["spark"].entries) == (walked["local"].files, walked["local"].entries)
    assert b'"rows":3' in walked["spark"].files["lake/_relations/visit.json"]


def test_a_worker_that_is_killed_meanwhile_changes_no_relation(cluster, tmp_path, monkeypatch):
    mark, map_units = tmp_path / "died", SparkEngine.map_units
    monkeypatch.setattr(
        SparkEngine, "map_units", lambda self, work, units: map_units(self, partial(die_once, str(mark), work), units)
    )
    walked = walk_relations(tmp_path, engines(cluster))
    assert mark.exists()
    assert (walked["spark"].files, walked["spark"].entries) == (walked["local"].files, walked["local"].entries)


def engines(cluster):
    """What the environment says of this process, and of the cluster."""
    return {"local": {}, "spark": {"SPORTLAKE_ENGINE": "spark", "SPARK_REMOTE": cluster.address}}
