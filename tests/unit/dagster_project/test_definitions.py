"""The code location: six assets a dataset, words in both languages; at work from the start."""

import warnings

import dagster as dg
import pytest

from dagster_project import definitions
from dagster_project.definitions import build_defs
from dagster_project.metadata import STAGES
from dagster_project.partitions import asset_key, dataset_name, stage_name
from dagster_project.settings import Settings
from dagster_project.time_limit_checks import has_time_limits
from pipelines.submissions.timeliness import find_longest_gap
from schemas.contract import read_contracts
from support.installed import drop, installed

CONTRACTS = read_contracts()


@pytest.fixture(scope="module")
def defs(tmp_path_factory) -> dg.Definitions:
    return build_defs(Settings(home=tmp_path_factory.mktemp("home")))


def specs(defs: dg.Definitions) -> dict[dg.AssetKey, dg.AssetSpec]:
    return {spec.key: spec for spec in defs.resolve_all_asset_specs()}


def test_every_contract_gives_the_six_assets_of_the_walk(defs):
    keys = set(specs(defs))
    walk = {asset_key(name, stage) for name in CONTRACTS for stage in STAGES}
    assert keys == walk | {dg.AssetKey(name) for name in ("inbox", "static", "warehouse")}


def test_dataset_and_stage_can_be_read_off_a_key():
    key = asset_key("facility_opening", "accepted")
    assert (dataset_name(key), stage_name(key)) == ("facility_opening", "accepted")


def test_every_asset_speaks_both_languages_and_has_an_owner_a_group_and_kinds(defs):
    for key, spec in specs(defs).items():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in spec.description), key
        assert any(letter.isascii() and letter.isalpha() for letter in spec.description), key
        assert spec.kinds, key
    for name, contract in CONTRACTS.items():
        spec = specs(defs)[asset_key(name, "accepted")]
        assert spec.group_name == contract.policy.family
        assert spec.owners == [f"team:{contract.policy.owner}"]


def test_a_dataset_waits_for_the_tables_it_refers_to(defs):
    referring = {name: contract.references for name, contract in CONTRACTS.items() if contract.references}
    assert referring
    for name, references in referring.items():
        parents = {dep.asset_key for dep in specs(defs)[asset_key(name, "accepted")].deps}
        assert {asset_key(other, "table") for other in references} < parents


def test_the_gate_blocks_and_the_judges_do_not(defs):
    checks = {spec.key: spec for spec in _checks(defs)}
    for name in CONTRACTS:
        assert checks[dg.AssetCheckKey(asset_key(name, "candidate"), "gate")].blocking
        for judge in ("cells", "rows", "table"):
            assert not checks[dg.AssetCheckKey(asset_key(name, "accepted"), judge)].blocking


def _checks(defs: dg.Definitions) -> list[dg.AssetCheckSpec]:
    return [spec for asset in defs.assets for spec in asset.check_specs]


def test_a_table_is_stale_after_its_cycle_and_limit_and_only_the_checks_say_that_all_is_there(defs):
    policies = {key: spec.freshness_policy for key, spec in specs(defs).items() if spec.freshness_policy}
    assert set(policies) == {asset_key(name, "table") for name, one in CONTRACTS.items() if find_longest_gap(one)}
    keys = {key for definition in defs.asset_checks for key in definition.check_keys}
    named = {"freshness": CONTRACTS, "time_limits": [name for name, one in CONTRACTS.items() if has_time_limits(one)]}
    assert keys == {
        dg.AssetCheckKey(asset_key(name, "table"), check) for check, names in named.items() for name in names
    }


def test_sensor_and_schedules_run_from_the_start_in_the_time_of_the_bureau(defs):
    repository = defs.get_repository_def()
    assert {s.default_status.value for s in repository.schedule_defs} == {"RUNNING"}
    assert {s.default_status.value for s in repository.sensor_defs} == {"RUNNING"}
    assert {s.execution_timezone for s in repository.schedule_defs} == {"Asia/Shanghai"}


def test_steps_share_the_process_of_their_run(defs):
    assert defs.executor is dg.in_process_executor


def test_the_definitions_load_without_a_warning(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        build_defs(Settings(home=tmp_path)).get_repository_def()


def test_two_installations_can_be_defined_in_one_process(tmp_path):
    other = build_defs(installed(tmp_path))
    names = {dataset_name(key) for key in specs(other)} - {""}
    assert names == {"site", "visit"}


def test_the_sweep_removes_nothing_from_a_sound_house(tmp_path):
    settings = installed(tmp_path)
    drop(settings, "210100", "site_2026.csv", "code,area\nS1,1\n")
    with dg.DagsterInstance.ephemeral() as instance:
        assert build_defs(settings).resolve_job_def("sweep").execute_in_process(instance=instance).success


def test_tools_find_the_definitions_which_are_built_when_they_are_asked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("SPORTLAKE_HOME", str(tmp_path))
    assert "defs" in dir(definitions)
    assert definitions.defs is definitions.defs
    del definitions.defs
    with pytest.raises(AttributeError, match="other"):
        _ = definitions.other
