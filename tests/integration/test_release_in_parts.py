"""A release in parts goes every way that one of one file goes, with the same content hash, the same changes and the same answers."""

import glob
import json
import re
import shutil
import signal
import subprocess
from dataclasses import replace
from datetime import timedelta
from html import unescape
from multiprocessing import get_context
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest
from frictionless import Package

from catalog.site_address import SiteAddress
from catalog.static_site.static import StaticCatalogue
from pipelines.audit.reproduction import reproduce_release
from pipelines.audit.trace_target import find_target, read_row_values
from pipelines.erasure.carry_out import carry_out
from pipelines.erasure.requests import request_erasure
from pipelines.erasure.sought_values import checked_values
from pipelines.publication.due import warehouse_inputs
from pipelines.publication.publish import find_drift, publish_entries
from pipelines.publication.rescan import rescan_datasets
from pipelines.publication.rollback import roll_back
from pipelines.publication.withdrawal import withdraw_dataset
from pipelines.release import assemble_candidate, freeze_candidate
from schemas.errors import CatalogueError
from schemas.negative_list import NegativeEntry
from schemas.table_parts import PartRules
from schemas.text import Text
from support.approved import approve_for_test
from support.contracts import contract_with
from support.croissant_reader import read_croissant
from support.killed_parts import die_in_parts
from support.lived_in_homes import NAME, holders, lived_in
from support.site_server import serving
from support.walked import publish_all, release_all, take_all, walk
from support.workspaces import NOW, put, workspace_with
from warehouse.analyst_file.database import rebuild_database
from warehouse.releases.releases import list_numbers, list_releases, read_sums, verify_release
from warehouse.storage.object_store import ObjectStore
from warehouse.storage.storage import Storage

ROWS = {f"r{n:03}": f"注{n}" for n in range(120)}
FIELDS = ["id", "note", "n:integer"]
PARTS = PartRules(rows_from=100, part_rows=50)
LATER = NOW + timedelta(days=1)
FILES = [f"sample-0000{n}-of-00003.parquet" for n in (1, 2, 3)]


def hand_in(workspace, rows):
    lines = [f"{key},{note},{int(key[1:])}" for key, note in rows.items()]
    put(workspace, "210100", "sample_2026.csv", "\n".join(["id,note,n", *lines]) + "\n")


def opened(home, parts):
    contract = contract_with(FIELDS, name="sample")
    return replace(workspace_with(home, contract), release_parts=parts)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    workspace = opened(tmp_path_factory.mktemp("parts"), PARTS)
    hand_in(workspace, ROWS)
    walk(workspace)
    return workspace


@pytest.fixture
def workspace(template, tmp_path):
    shutil.copytree(template.layout.home, tmp_path / "home")
    return opened(tmp_path / "home", PARTS)


def newest(workspace):
    shelf = workspace.layout.releases / "sample"
    return shelf / list_numbers(shelf)[-1]


def release_changed(workspace, parts):
    """The next release, in which a row is gone, one is new and one is another, in that form."""
    workspace = replace(workspace, release_parts=parts)
    rows = {key: note for key, note in ROWS.items() if key != "r070"} | {"r200": "新", "r010": "改"}
    hand_in(workspace, rows)
    take_all(workspace, LATER)
    release_all(workspace, LATER)
    return newest(workspace)


def test_the_rows_are_in_parts_and_in_no_other_format(workspace):
    folder = newest(workspace)
    assert sorted(path.name for path in folder.glob("sample*")) == [*FILES, "sample.csv-metadata.json"]
    assert [pq.read_metadata(folder / name).num_rows for name in FILES] == [50, 50, 20]
    assert verify_release(folder) == []


def lines_for_analysts():
    """The lines of docs/analysts.md that read a release in parts from one folder, by reader."""
    text = (Path(__file__).parents[2] / "docs/analysts.md").read_text(encoding="utf-8")
    section = text.partition("## A release in parts")[2].partition("Over HTTP")[0]
    return {reader: line.replace("facility", "sample") for reader, line in re.findall(r"^\| (\w+) \| `(.+)` \|$", section, re.MULTILINE)}  # fmt: skip


@pytest.mark.parametrize("reader", ["DuckDB", "polars", "pandas", "pyarrow"])
def test_the_analysts_lines_read_all_rows_in_the_order_of_the_key(workspace, monkeypatch, reader):
    monkeypatch.chdir(newest(workspace))
    line = lines_for_analysts()[reader]
    known = {"glob": glob, "pandas": pd, "polars": pl, "pyarrow": pyarrow}
    found = duckdb.sql(line).to_arrow_table() if reader == "DuckDB" else eval(line, known)  # noqa: S307 - our own page
    column = found.column("id").to_pylist() if hasattr(found, "column_names") else list(found["id"])
    assert column == list(ROWS)


def test_frictionless_finds_each_part_and_what_is_wrong_with_it(workspace):
    folder = newest(workspace)
    package = Package(str(folder / "datapackage.json"))
    assert package.validate().valid
    assert [one.path for one in package.resources if one.format == "PARQUET"] == FILES
    (folder / FILES[1]).chmod(0o644)
    (folder / FILES[1]).write_bytes(b"PAR1")
    assert {one.path for one in package.resources if not one.validate().valid} == {FILES[1]}
    assert {one.en for one in verify_release(folder)} >= {f"{FILES[1]} was changed"}


def test_a_missing_part_is_told(workspace):
    (newest(workspace) / FILES[2]).unlink()
    assert [one.en for one in verify_release(newest(workspace))] == [f"{FILES[2]} is missing"]


def test_another_form_of_the_same_rows_is_no_new_release(workspace, tmp_path):
    whole = replace(workspace, release_parts=PartRules())
    assert release_all(whole, LATER) == {}
    other = opened(tmp_path / "whole", PartRules())
    hand_in(other, ROWS)
    walk(other)
    told = [json.loads((newest(one) / "provenance.json").read_text(encoding="utf-8")) for one in (workspace, other)]
    assert told[0]["content_hash"] == told[1]["content_hash"]


@pytest.mark.parametrize("first", [PARTS, PartRules()])
@pytest.mark.parametrize("second", [PARTS, PartRules(0, 7), PartRules()])
def test_changes_are_the_same_between_all_forms(tmp_path, first, second):
    workspace = opened(tmp_path, first)
    hand_in(workspace, ROWS)
    walk(workspace)
    folder = release_changed(workspace, second)
    assert (folder / "sample_changes.csv").read_text(encoding="utf-8-sig") == (
        "change,id,field,before,after\nchanged,r010,note,注10,改\nremoved,r070,,,\nadded,r200,,,\n"
    )
    assert verify_release(folder) == []


def test_a_release_in_parts_is_made_again_with_the_same_bytes_whatever_the_rules_of_today(workspace):
    release_changed(workspace, PARTS)
    today = replace(workspace, release_parts=PartRules(0, 7))
    for release in list_releases(workspace.layout, "sample"):
        assert reproduce_release(today, release).same


def kill_release(home, before):
    """A home with the rows handed in, whose release in three parts was killed before that step."""
    workspace = opened(home, PARTS)
    hand_in(workspace, ROWS)
    take_all(workspace)
    killed = get_context("forkserver").Process(target=die_in_parts, args=(home, FIELDS, 50, before))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    return workspace


def list_recorded(workspace):
    return [entry.facts["number"] for entry in workspace.ledger.read_entries("release")]


@pytest.mark.parametrize("before", ["second part", "release folder"])
@pytest.mark.parametrize("rules", [PARTS, PartRules(0, 7), PartRules()], ids=["same", "smaller parts", "one table"])
def test_a_command_killed_before_its_release_is_there_ends_as_the_next_command_would(tmp_path, before, rules):
    killed = replace(kill_release(tmp_path / "killed", before), release_parts=rules)
    other = opened(tmp_path / "other", rules)
    hand_in(other, ROWS)
    take_all(other)
    shelf = killed.layout.releases / "sample"
    assert list_numbers(shelf) == list_recorded(killed) == []
    assert len(list(shelf.glob(".freezing-*"))) == 2
    for home in (killed, other):
        release_all(home)
    assert (
        [path.name for path in shelf.iterdir() if path.name != ".lock"] == list_numbers(shelf) == list_recorded(killed)
    )
    assert read_sums(newest(killed)) == read_sums(newest(other))


@pytest.mark.parametrize("rules", [PartRules(0, 7), PartRules()], ids=["smaller parts", "one table"])
def test_a_release_that_was_there_when_its_command_was_killed_stays_as_it_is_whatever_the_rules_then(tmp_path, rules):
    killed = replace(kill_release(tmp_path, "ledger"), release_parts=rules)
    made = newest(killed)
    sums = read_sums(made)
    assert list_recorded(killed) == []
    assert release_all(killed, LATER) == {}
    assert list_numbers(made.parent) == list_recorded(killed) == [made.name]
    assert read_sums(made) == sums
    assert sorted(path.name for path in made.glob("*.parquet")) == FILES
    assert verify_release(made) == []


@pytest.mark.parametrize(("rows_from", "parts"), [(120, 3), (121, 0)])
def test_a_dataset_of_as_many_rows_as_the_setting_says_is_released_in_parts(tmp_path, rows_from, parts):
    workspace = opened(tmp_path, PartRules(rows_from, 50))
    hand_in(workspace, ROWS)
    walk(workspace)
    assert len(list(newest(workspace).glob("sample-*.parquet"))) == parts
    assert (newest(workspace) / "sample.csv").is_file() == (parts == 0)


@pytest.mark.parametrize(("before", "after"), [(PARTS, PartRules()), (PartRules(), PARTS)])
def test_what_was_approved_is_released_in_the_form_of_today(tmp_path, before, after):
    workspace = opened(tmp_path, before)
    hand_in(workspace, ROWS)
    take_all(workspace)
    approve_for_test(workspace, assemble_candidate(workspace, "sample"), NOW)
    today = replace(workspace, release_parts=after)
    freeze_candidate(today, assemble_candidate(today, "sample"), NOW)
    assert (newest(workspace) / "sample.csv").is_file() == (after != PARTS)
    assert verify_release(newest(workspace)) == []


def test_a_row_is_found_in_whichever_part_it_is(workspace):
    target = find_target(workspace, "r110", "sample", None)
    assert read_row_values(workspace, target, ["note"]) == {"note": "注110"}


def test_the_published_site_has_every_part_and_no_drift(workspace):
    publish_all(workspace, LATER)
    served = workspace.layout.catalogue / "releases" / "sample" / newest(workspace).name
    assert [(served / name).read_bytes() for name in FILES] == [
        (newest(workspace) / name).read_bytes() for name in FILES
    ]


def test_drift_and_pages_name_a_part_that_is_no_longer_whole(workspace, tmp_path):
    part = newest(workspace) / FILES[1]
    part.chmod(0o644)
    part.write_bytes(part.read_bytes()[:-100])
    with pytest.raises(CatalogueError, match=f"{FILES[1]} cannot be read"):
        find_drift(workspace, StaticCatalogue(workspace.layout.catalogue, workspace.layout.releases))
    with pytest.raises(CatalogueError, match=f"{FILES[1]} has the checksum"):
        publish_entries(workspace, StaticCatalogue(tmp_path / "new", workspace.layout.releases), LATER)


def test_a_rollback_shows_the_parts_of_before_and_a_withdrawal_none(workspace):
    first, second = newest(workspace).name, release_changed(workspace, PARTS).name
    publish_all(workspace, LATER)
    site = workspace.layout.catalogue / "releases" / "sample"
    assert sorted(path.parent.name for path in site.glob("*/*.parquet")) == [first] * 3 + [second] * 3
    roll_back(workspace, "sample", first, "有误", LATER)
    publish_all(workspace, LATER)
    assert [path.name for path in sorted(site.glob("*/*.parquet"))] == FILES
    withdraw_dataset(workspace, "sample", Text(zh="核实", en="checked"), None, LATER)
    publish_all(workspace, LATER)
    assert list(site.glob("*/*.parquet")) == []


def test_pages_and_documents_tell_every_part_and_how_they_are_read_together(template):
    site, number = template.layout.catalogue, newest(template).name
    for page, told in (("index.html", "分为 3 个 Parquet 文件"), ("en/index.html", "they are in 3 Parquet files")):
        text = (site / "dataset/sample" / page).read_text(encoding="utf-8")
        assert told in text
        assert "from read_parquet('sample-*.parquet')" in text
        assert text.count(f"releases/sample/{number}/{FILES[2]}") == 2  # the link, and schema.org
        assert not re.search(r"<ul[^>]*>\s*</ul>", text)
        assert '.csv"' not in text.replace("dictionary.csv", "").replace("sample_changes.csv", "")
    assert (site / "catalogue.html").read_text(encoding="utf-8").count("PARQUET</p>") == 1
    for document in ("catalog.jsonld", "data.json", "dataset/sample/croissant.json"):
        text = (site / document).read_text(encoding="utf-8")
        assert all(file in text for file in FILES), document
        assert "120 rows in 3 parts" in text, document
    assert read_croissant(site / "dataset/sample/croissant.json").errors == []


def lines_of_page(page):
    """What the page of a dataset in parts gives to be run: fetch, check, read, and read from afar."""
    listed = page.read_text(encoding="utf-8").partition('<ul class="commands">')[2].partition("</ul>")[0]
    return [unescape(line) for line in re.findall(r"<code>(.+?)</code>", listed)]


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
@pytest.mark.parametrize("page", ["index.html", "en/index.html"])
def test_the_lines_of_the_page_fetch_check_and_read_all_parts(workspace, tmp_path, monkeypatch, page):
    site, home = tmp_path / "site", tmp_path / "reader"
    home.mkdir()
    monkeypatch.chdir(home)
    with serving(site) as server:
        catalogue = StaticCatalogue(site, workspace.layout.releases, site=SiteAddress(server.address))
        publish_entries(workspace, catalogue, LATER)
        fetch, check, read, ask = lines_of_page(site / "dataset/sample" / page)
        subprocess.run(["bash", "-c", fetch], check=True, capture_output=True)
    assert sorted(path.name for path in home.iterdir()) == ["SHA256SUMS", *FILES]
    said = subprocess.run(["bash", "-c", check], check=True, capture_output=True, text=True).stdout
    assert said.splitlines() == [f"{name}: OK" for name in FILES]
    here = ask.replace(server.address, str(site))  # DuckDB reads addresses by an extension, which it would fetch
    assert duckdb.sql(read).fetchall() == duckdb.sql(here).fetchall() != []


def test_a_page_that_does_not_know_its_address_has_only_the_lines_that_need_none(template):
    check, read = lines_of_page(template.layout.catalogue / "dataset/sample/index.html")
    assert check.startswith("sha256sum")
    assert read == "from read_parquet('sample-*.parquet')"


def test_what_may_not_be_public_is_found_in_the_part_that_has_it(workspace):
    assert rescan_datasets(workspace, LATER) == []
    about = Text(zh="某类", en="a kind")
    entry = NegativeEntry(id="x", name=about, circumstance=about, basis="条例", fields=("note",), match="is", words=("注60",), valid_from=NOW.date())  # fmt: skip
    (incident,) = rescan_datasets(replace(workspace, negative_list=(entry,)), LATER)
    assert [file.name for file in incident.files] == FILES[1:2]


def test_a_bucket_has_every_part_and_so_has_a_home_that_follows_it(tmp_path, s3_server):
    store = ObjectStore(s3_server.make_bucket())
    mine, other = (opened(tmp_path / name, PARTS) for name in ("mine", "other"))
    mine, other = (replace(one, storage=Storage(one.layout, store)) for one in (mine, other))
    mine.follow_storage()
    hand_in(mine, ROWS)
    take_all(mine)
    release_all(mine)
    other.follow_storage()
    assert read_sums(newest(other)) == read_sums(newest(mine))
    assert verify_release(newest(other)) == []


def test_a_value_is_erased_from_every_part(tmp_path):
    workspace = lived_in(tmp_path, PartRules(rows_from=1, part_rows=20))
    shelf = workspace.layout.releases / "sample"
    parts = {number: sorted(path.name for path in (shelf / number).glob("*.parquet")) for number in list_numbers(shelf)}
    assert [len(names) for names in parts.values()] == [4, 4]
    sought = checked_values([NAME])
    request = request_erasure(workspace, sought, "辽体删〔2026〕1号", "本人申请", LATER)
    carry_out(replace(workspace, actor="reviewer"), request, sought, LATER, [lambda: publish_all(workspace, LATER)])
    assert holders(tmp_path) == []
    for number, names in parts.items():
        assert sorted(path.name for path in (shelf / number).glob("*.parquet")) == names
        assert verify_release(shelf / number) == []
        assert Package(str(shelf / number / "datapackage.json")).validate().valid
    assert find_drift(workspace, StaticCatalogue(workspace.layout.catalogue, workspace.layout.releases)) == []


@pytest.mark.parametrize("second", [PARTS, PartRules()])
def test_the_analysts_file_has_the_history_of_all_rows(workspace, second):
    folder = release_changed(workspace, second)
    rebuild_database(workspace.layout, warehouse_inputs(workspace), LATER)
    with duckdb.connect(str(workspace.layout.warehouse), read_only=True) as file:
        asked = "select id, note from sample_history where until_release is not null or since_release = ? order by all"
        found = file.execute(asked, [folder.name]).fetchall()
    assert found == [("r010", "改"), ("r010", "注10"), ("r070", "注70"), ("r200", "新")]
