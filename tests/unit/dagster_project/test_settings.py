"""Settings: what the environment decides, and how it is told that it is wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from dagster_project.resources import WorkspaceResource
from dagster_project.settings import SHANGHAI, Settings, read_settings
from schemas.errors import UsageError


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    for name in (
        "HOME",
        "CLOCK",
        "AS",
        "WHO",
        "CONTRACTS",
        "CKAN",
        "CKAN_TOKEN",
        "SITE_URL",
        "BROWSER_PACKAGES",
        "TIMESTAMP_URL",
        "TIMESTAMP_ROOT",
    ):
        monkeypatch.delenv(f"SPORTLAKE_{name}", raising=False)


def test_the_home_is_var_below_the_working_directory(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert read_settings().home == tmp_path / "var"


def test_a_relative_home_becomes_absolute_once(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPORTLAKE_HOME", "elsewhere")
    settings = read_settings()
    monkeypatch.chdir("/")
    assert settings.home == tmp_path / "elsewhere"


def test_a_stopped_clock_shows_the_time_of_the_house(monkeypatch):
    monkeypatch.setenv("SPORTLAKE_CLOCK", "2026-11-25T01:30:00Z")
    now = read_settings().current_time()
    assert now == datetime(2026, 11, 25, 9, 30, tzinfo=SHANGHAI)
    assert now.utcoffset() == timedelta(hours=8)


def test_a_running_clock_shows_now_in_the_time_of_the_house():
    now = Settings().current_time()
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
    assert now.tzinfo is SHANGHAI


@pytest.mark.parametrize("wrong", ["2026-11-25T09:30:00", "yesterday"])
def test_a_clock_without_a_zone_is_refused_by_name(monkeypatch, wrong):
    monkeypatch.setenv("SPORTLAKE_CLOCK", wrong)
    with pytest.raises(UsageError, match="SPORTLAKE_CLOCK"):
        read_settings()


def test_nobody_acts_unless_somebody_is_named_and_the_command_comes_before_the_environment(monkeypatch):
    assert read_settings().who is None
    monkeypatch.setenv("SPORTLAKE_WHO", "甲")
    assert read_settings().who == "甲"
    monkeypatch.setenv("SPORTLAKE_AS", "乙")
    assert (read_settings().who, read_settings("丙").who) == ("乙", "丙")
    assert Settings(who=None).who is None


def test_a_time_stamp_authority_is_an_address_and_its_certificate_a_file(monkeypatch, tmp_path):
    assert (read_settings().timestamp_url, read_settings().timestamp_root) == (None, None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPORTLAKE_TIMESTAMP_URL", "https://stamps.example.org/tsr")
    monkeypatch.setenv("SPORTLAKE_TIMESTAMP_ROOT", "root.pem")
    assert read_settings().timestamp_root == tmp_path / "root.pem"
    monkeypatch.setenv("SPORTLAKE_TIMESTAMP_URL", "file:///etc/passwd")
    with pytest.raises(UsageError, match="SPORTLAKE_TIMESTAMP_URL"):
        read_settings()


def test_an_empty_name_is_refused_by_the_name_of_its_variable(monkeypatch):
    monkeypatch.setenv("SPORTLAKE_AS", "")
    with pytest.raises(UsageError, match="SPORTLAKE_AS"):
        read_settings()


def test_great_expectations_is_kept_from_calling_home():
    import os

    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"


def test_a_ckan_is_used_where_its_connection_file_lies_and_a_named_one_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("SPORTLAKE_HOME", str(tmp_path))
    assert read_settings().connection_file is None
    (tmp_path / "ckan").mkdir()
    (tmp_path / "ckan" / "connection.json").write_text("{}", encoding="utf-8")
    assert read_settings().connection_file == tmp_path / "ckan" / "connection.json"
    monkeypatch.setenv("SPORTLAKE_CKAN", str(tmp_path / "other.json"))
    assert read_settings().connection_file == tmp_path / "other.json"


def test_the_token_of_a_ckan_shows_itself_nowhere_and_is_no_part_of_dagsters_resource(monkeypatch):
    monkeypatch.setenv("SPORTLAKE_CKAN_TOKEN", "s3kr1t")
    settings = read_settings()
    resource = WorkspaceResource.from_settings(settings)
    assert settings.ckan_token.get_secret_value() == "s3kr1t"
    assert (
        "s3kr1t"
        not in f"{settings!r} {settings} {settings.model_dump_json()} {resource!r} {resource.model_dump_json()}"
    )
    assert resource.read_settings() == settings


def test_without_a_token_there_is_none_to_give_to_the_resource():
    assert WorkspaceResource.from_settings(read_settings()).read_settings().ckan_token is None


def test_the_address_of_the_site_is_one_of_the_web_and_has_no_query(monkeypatch):
    monkeypatch.setenv("SPORTLAKE_SITE_URL", "https://data.example.org/sports")
    assert read_settings().site_url == "https://data.example.org/sports"
    for wrong in ("data.example.org", "file:///srv/site", "https://", "https://data.example.org/?a=1"):
        monkeypatch.setenv("SPORTLAKE_SITE_URL", wrong)
        with pytest.raises(UsageError, match="SPORTLAKE_SITE_URL"):
            read_settings()


def test_a_broker_whose_password_would_be_read_as_a_port_is_refused_and_not_told(monkeypatch):
    monkeypatch.setenv("SPORTLAKE_BROKER_URL", "redis://:ge/heim@127.0.0.1:6379/0")
    with pytest.raises(UsageError, match=r"SPORTLAKE_BROKER_URL.*%2F") as wrong:
        read_settings()
    assert "heim" not in str(wrong.value)
    monkeypatch.setenv("SPORTLAKE_BROKER_URL", "redis://:ge%2Fheim@127.0.0.1:6379/0")
    assert read_settings().broker_url is not None


@pytest.mark.parametrize("sign", ["*", "?", "[", "\\", "%2"])
def test_a_home_whose_path_would_be_read_as_a_pattern_or_an_address_is_refused(monkeypatch, tmp_path, sign):
    monkeypatch.setenv("SPORTLAKE_HOME", str(tmp_path / f"lake{sign}1" / "var"))
    with pytest.raises(UsageError, match="SPORTLAKE_HOME"):
        read_settings()


def test_other_signs_may_stand_in_the_path_of_the_home(monkeypatch, tmp_path):
    home = tmp_path / 'it\'s "a" {lake},;$HOME]' / "C#" / "100% 湖"
    monkeypatch.setenv("SPORTLAKE_HOME", str(home))
    assert read_settings().home == home
