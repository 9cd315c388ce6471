"""Alerts by command and by Dagster: a real file sent back, a real mail server, a run that really fails."""

import dagster as dg
import pytest
from typer.testing import CliRunner

from dagster_project.alert_jobs import ALERTS, DRIFT, watch_failed_runs
from dagster_project.cli import app
from dagster_project.definitions import build_defs
from support.installed import SITES, drop, installed_for_commands
from support.mail import receiving_mail


@pytest.fixture
def settings(tmp_path, monkeypatch):
    return installed_for_commands(tmp_path, monkeypatch)


def sportlake(*arguments):
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def write_addresses(settings, text):
    (settings.home / "alerts.yaml").write_text(text, encoding="utf-8")


def test_from_no_addresses_to_one_mail_a_day(settings):
    assert "sportlake alerts init" in sportlake("alerts").stdout
    assert sportlake("alerts", "init").exit_code == 0
    assert (settings.home / "alerts.yaml").stat().st_mode & 0o777 == 0o600
    assert sportlake("alerts", "init").exit_code == 2
    drop(settings, "210200", "site_2026.csv", "code,area\nS8,much\n")
    sportlake("run")
    assert "退回修改" in sportlake("alerts", "send", "--plan").stdout
    assert "没有地址" in sportlake("alerts", "send").stdout
    with receiving_mail() as (address, mails):
        write_addresses(settings, f'departments: {{"210200": ["{address}&to=office@example.cn"]}}')
        assert sportlake("alerts", "test", "210200").exit_code == 0
        assert "1/1" in sportlake("alerts", "send").stdout
        sportlake("alerts", "send")
    assert ["退回修改" in mail.text for mail in mails] == [False, True]
    assert "office%40example.cn" in sportlake("alerts").stdout.replace("\n", "")
    wrong = sportlake("alerts", "test", "210300")
    assert (wrong.exit_code, "210200" in wrong.output) == (2, True)


def test_an_address_that_cannot_be_reached_is_an_error(settings):
    drop(settings, "210200", "site_2026.csv", "code,area\nS8,much\n")
    sportlake("run")
    with receiving_mail() as (address, _):
        write_addresses(settings, f'departments: {{"210200": ["{address}&to=office@example.cn"]}}')
    assert sportlake("alerts", "send").exit_code == 1


def test_the_daily_job_sends_and_a_failed_run_is_told_to_the_operators(settings):
    drop(settings, "210100", "site_2026.csv", SITES)
    sportlake("run")
    next((settings.home / "catalogue").rglob("site.csv")).write_text("other", encoding="utf-8")
    defs = build_defs(settings)
    with receiving_mail() as (address, mails), dg.DagsterInstance.ephemeral() as instance:
        write_addresses(settings, f'roles: {{operator: ["{address}&to=ops@example.cn"]}}')
        assert defs.resolve_job_def(ALERTS).execute_in_process(instance=instance).success
        failed = defs.resolve_job_def(DRIFT).execute_in_process(instance=instance, raise_on_error=False)
        assert not failed.success
        for _ in range(2):
            context = dg.build_run_status_sensor_context(
                sensor_name="failed_runs",
                dagster_instance=instance,
                dagster_run=failed.dagster_run,
                dagster_event=failed.get_run_failure_event(),
                resources=defs.resources,
            ).for_run_failure()
            watch_failed_runs(context)
    told = [mail for mail in mails if mail.to == ("ops@example.cn",)]
    assert len(told) == 1
    assert "drift" in told[0].subject
    assert "compare_catalogues: 与发布内容不一致 not as released: static" in told[0].text


def test_what_the_nightly_job_found_is_work_of_the_operators_and_on_the_desk_until_it_is_mended(settings):
    drop(settings, "210100", "site_2026.csv", SITES)
    sportlake("run")
    desk = settings.home / "desk" / "index.html"
    job = build_defs(settings).resolve_job_def(DRIFT)
    with dg.DagsterInstance.ephemeral() as instance:
        assert job.execute_in_process(instance=instance).success
        assert "开放目录 static 与已发布的版本一致" in desk.read_text(encoding="utf-8")
        served = next((settings.home / "catalogue").rglob("site.csv"))
        served.unlink()  # it is a link to the release, which stays as it is
        served.write_text("other", encoding="utf-8")
        assert not job.execute_in_process(instance=instance, raise_on_error=False).success
    command = "sportlake drift --mend --to static"
    assert command in " ".join(sportlake("work").stdout.split())
    page = desk.read_text(encoding="utf-8")
    assert "处与已发布的版本不一致" in page
    assert "Differences between the catalogue static and what was released" in page
    assert sportlake(*command.split()[1:]).exit_code == 0
    assert command not in " ".join(sportlake("work").stdout.split())
    assert "开放目录 static 与已发布的版本一致" in desk.read_text(encoding="utf-8")
