"""The evidence as a stranger asks for it, on the command line: a public row to its receipt and two people, a cut ledger, a flipped byte."""

import csv
import json
import shutil

import pytest
import yaml
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.installation import load_workspace
from dagster_project.jobs import STAMP
from support.authority import stamping_authority
from support.browser import chromium, opened, violations
from support.installed import drop, installed

SITES = "code,area\nS1,10\n<b>S2</b>,20\n"
ENOUGH = ("SPORTLAKE_TIMESTAMP_URL", "SPORTLAKE_TIMESTAMP_ROOT")


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A home in which two cities handed in, two people approved, and one release is public."""
    with pytest.MonkeyPatch.context() as environment:
        settings = installed(tmp_path_factory.mktemp("home"), who=None)
        file = settings.contracts / "site.yaml"
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
        told["sportlake"]["approvals"] = {"roles": ["steward", "confidentiality"], "days": 30}
        file.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), encoding="utf-8")
        (settings.contracts / "visit.yaml").unlink()
        named = {"HOME": settings.home, "CONTRACTS": settings.contracts, "CLOCK": settings.clock.isoformat()}
        for name, value in named.items():
            environment.setenv(f"SPORTLAKE_{name}", str(value))
        for name in ("SPORTLAKE_AS", *ENOUGH):
            environment.delenv(name, raising=False)
        drop(settings, "210100", "site_2026.csv", SITES)
        drop(settings, "210200", "site_2026.csv", "code,area\nD1,30\nD2,40\n")
        sportlake("run")
        for person in ("tester", "reviewer"):
            sportlake("approve", "site", "--as", person)
        assert sportlake("run").exit_code == 0
        yield settings


def sportlake(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)


def public_file(settings):
    """The CSV file as the public downloads it from the static catalogue."""
    (path,) = (settings.home / "catalogue").rglob("site.csv")
    return path


def test_a_row_of_the_public_file_leads_to_its_receipt_and_two_named_people(released, tmp_path):
    with public_file(released).open(encoding="utf-8-sig", newline="") as lines:
        row = next(row for row in csv.DictReader(lines) if row["area"] == "30")
    shown = sportlake("trace", row["code"], "--out", tmp_path / "row.html")
    assert shown.exit_code == 0
    (number,) = {word for word in shown.stdout.replace("：", " ").split() if word.startswith("RCPT-")}
    receipt = json.loads((released.home / "receipts" / f"{number}.json").read_text(encoding="utf-8"))
    assert (receipt["department"], receipt["period"]) == ("210200", "2026")
    for said in (
        "大连市体育局",
        receipt["sha256"],
        receipt["contract_hash"],
        receipt["code_version"],
        "2026.11.1",
        "static",
    ):
        assert said in shown.stdout
    for person, role in (("tester", "data steward"), ("reviewer", "confidentiality reviewer")):
        assert f"{role}: {person}, approved 2026-11-25 09:30" in shown.stdout
    page = (tmp_path / "row.html").read_text(encoding="utf-8")
    assert f"{number}.html" in page
    assert "核对时间：2026年11月25日 09:30" in page
    head = sportlake("trace", "site/2026.11.1").stdout.partition("Head of the ledger that it notes：")[2].split()[0]
    site = (released.home / "catalogue" / "dataset" / "site" / "index.html").read_text(encoding="utf-8")
    assert head in site, "the public page names the head too"


def test_the_downloaded_file_under_another_name_leads_to_its_release_and_a_flipped_byte_to_nothing(released, tmp_path):
    copy = tmp_path / "download (1).csv"
    shutil.copyfile(public_file(released), copy)
    assert "版本中的一个文件" in sportlake("trace", copy).stdout
    flipped = bytearray(copy.read_bytes())
    flipped[-3] ^= 1
    copy.write_bytes(flipped)
    refused = sportlake("trace", copy)
    assert (refused.exit_code, "changed, if only by one byte" in refused.stderr) == (2, True)
    assert sportlake("trace", "D3").exit_code == 2
    assert sportlake("trace", "site/2026.11.1").exit_code == 0


def test_a_flipped_byte_of_what_is_kept_is_found_by_the_trace(released):
    (path,) = (path for path in (released.home / "submissions").glob("*/original.csv") if b"S1" in path.read_bytes())
    content = path.read_bytes()
    path.write_bytes(content.replace(b"S1", b"S0"))
    found = sportlake("trace", "S1")
    path.write_bytes(content)
    assert (found.exit_code, "was changed" in found.stdout) == (1, True)
    assert sportlake("trace", "S1").exit_code == 0


def test_a_cut_tail_of_the_ledger_is_found_against_a_noted_head(released, tmp_path):
    noted = tmp_path / "head.txt"
    noted.write_text(sportlake("ledger", "head").stdout, encoding="utf-8")
    whole = sportlake("ledger", "verify", "--head", noted)
    assert (whole.exit_code, "1 given, 1 of releases, 0 time stamps" in whole.stdout) == (0, True)
    ledger = released.home / "ledger" / "ledger.jsonl"
    lines = ledger.read_bytes().splitlines(keepends=True)
    try:
        ledger.write_bytes(b"".join(lines[:-1]))
        assert "after the last 1 entries" in sportlake("ledger", "verify").stdout
        assert sportlake("ledger", "verify").exit_code == 0, "nothing was noted of the last entry"
        cut = sportlake("ledger", "verify", "--head", noted)
        assert (cut.exit_code, "its tail was cut off" in cut.stdout) == (1, True)
        ledger.write_bytes(b"".join(lines[:3]))
        by_release = sportlake("ledger", "verify")
        assert (by_release.exit_code, "noted in release site 2026.11.1" in by_release.stdout) == (1, True)
    finally:
        ledger.write_bytes(b"".join(lines))
    assert sportlake("ledger", "verify", "--head", "12").exit_code == 2
    descriptor = public_file(released).with_name("datapackage.json")
    assert "1 given" in sportlake("ledger", "verify", "--head", descriptor).stdout


def test_the_verdict_and_the_release_come_out_the_same(released, tmp_path):
    assert "2 originals judged again; " in (made := sportlake("reproduce", "site/2026.11.1")).stdout
    assert made.exit_code == 0
    assert sportlake("reproduce", "site/2026.11.2").exit_code == 2
    (tmp_path / "mine.csv").write_text(SITES, encoding="utf-8")
    number = next(entry.facts["number"] for entry in load_workspace(released).ledger.read_entries("submission"))
    assert sportlake("verify", number, tmp_path / "mine.csv").exit_code == 0
    (tmp_path / "mine.csv").write_text(SITES.replace("20", "21"), encoding="utf-8")
    other = sportlake("verify", released.home / "receipts" / f"{number}.json", tmp_path / "mine.csv")
    assert (other.exit_code, "it is not the file of the receipt" in other.stdout) == (1, True)


def test_each_run_stamps_the_head_and_goes_on_without_the_authority(released, tmp_path, monkeypatch):
    monkeypatch.setenv(ENOUGH[0], "http://127.0.0.1:9/")
    down = sportlake("run")
    assert (down.exit_code, "did not answer" in down.stderr) == (0, True)
    with stamping_authority(tmp_path) as authority:
        monkeypatch.setenv(ENOUGH[0], authority.url)
        monkeypatch.setenv(ENOUGH[1], str(authority.root))
        assert "has a time stamp" in sportlake("run").stdout
        assert "has a time stamp" not in sportlake("run").stdout
    known = sportlake("ledger", "verify")
    assert (known.exit_code, "1 of releases, 1 time stamps" in known.stdout) == (0, True)
    assert "a cut there would not be seen" not in known.stdout
    monkeypatch.delenv(ENOUGH[1])
    assert "signatures of 1 time stamps were not checked" in sportlake("ledger", "verify").stdout
    ledger = released.home / "ledger" / "ledger.jsonl"
    whole = ledger.read_bytes()
    ledger.write_bytes(b"".join(whole.splitlines(keepends=True)[:-1]))
    cut = sportlake("ledger", "verify")
    ledger.write_bytes(whole)
    assert (cut.exit_code, "by a time stamp of" in cut.stdout) == (1, True)
    (stamp,) = (released.home / "ledger" / "timestamps").iterdir()
    stamp.write_bytes(b"nothing")
    assert sportlake("ledger", "verify").exit_code == 1
    stamp.unlink()


def test_the_nightly_job_of_dagster_stamps_too(released, tmp_path, monkeypatch):
    import dagster as dg

    from dagster_project.definitions import build_defs

    def stamps():
        with dg.DagsterInstance.ephemeral() as instance:
            job = build_defs(released).resolve_job_def(STAMP)
            return job.execute_in_process(instance=instance, raise_on_error=False).success

    assert stamps(), "nothing is set, nothing is stamped"
    monkeypatch.setenv(ENOUGH[0], "http://127.0.0.1:9/")
    assert not stamps()
    with stamping_authority(tmp_path) as authority:
        monkeypatch.setenv(ENOUGH[0], authority.url)
        assert stamps()
    (stamp,) = (released.home / "ledger" / "timestamps").iterdir()
    stamp.unlink()


@pytest.mark.browser
@pytest.mark.usefixtures("released")
def test_the_page_of_a_trace_is_accessible_and_fits_a_phone_in_both_languages(tmp_path):
    for asked in ("<b>S2</b>", "site/2026.11.1"):
        assert sportlake("trace", asked, "--out", tmp_path / "trace.html").exit_code == 0
        with chromium() as browser:
            for width in (360, 1024):
                with opened(browser, tmp_path / "trace.html", width=width) as page:
                    for language in ("zh", "en"):
                        page.check(f"#say-{language}", force=True)
                        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
                        assert violations(page) == []
                    assert page.locator("main b").count() == 0
                    assert "confidentiality reviewer" in page.inner_text("body")
