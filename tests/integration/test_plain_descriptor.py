"""A plain descriptor in a folder, a file from elsewhere: what is read, and what is refused to be read."""

import json
import socket
import zipfile
from contextlib import nullcontext
from pathlib import Path

import openpyxl
import pytest
import yaml

from quality.conformance import access_limits
from quality.conformance.file import conform_file
from schemas.errors import ContractError, UnreadableFile, UsageError
from support.conformed import prefilter_for_every_size
from support.plain import fields, found_places, written

SITES = "id,name\n1,甲\n2,乙\n"
FACILITIES = "id,site,opened\na,1,2020-01-01\nb,3,2020-02-30\n"
SCHEMA = fields("id", "site:integer", "opened:date", primaryKey=["id"],
                foreignKeys=[{"fields": ["site"], "reference": {"resource": "sites", "fields": ["id"]}}])  # fmt: skip


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("the judge of a file went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(autouse=True, params=["by size", "prefilter"])
def _road(request):
    """Each test holds for a small file that frictionless checks alone, and for one that the prefilter checks first."""
    with prefilter_for_every_size() if request.param == "prefilter" else nullcontext():
        yield


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "descriptor"
    written(home / "tables" / "sites.csv", SITES)
    return home


def package(**changes):
    facilities = {"name": "facilities", "path": "facilities.csv", "schema": SCHEMA}
    sites = {"name": "sites", "path": "tables/sites.csv", "schema": fields("id:integer", "name"), **changes}
    return {"name": "venues", "resources": [facilities, sites]}


def judged(tmp_path, folder, descriptor, content=FACILITIES, name="sent.csv", resource=None):
    return conform_file(written(tmp_path / "inbox" / name, content), descriptor, resource=resource, folder=folder)


def test_a_package_in_yaml_judges_a_file_from_elsewhere(tmp_path, folder):
    path = written(folder / "datapackage.yaml", yaml.safe_dump(package()))
    read = judged(tmp_path, folder, yaml.safe_load(path.read_text(encoding="utf-8")))
    assert found_places(read.findings) == {(3, "opened", "type-error"): 1, (3, None, "foreign-key"): 1}
    assert (read.encoding, read.format, read.rows) == ("utf-8", "csv", 2)
    assert json.loads(read.model_dump_json())["findings"][0]["judge"] == "cell"


def test_schema_and_dialect_may_lie_in_files_beside_the_descriptor(tmp_path, folder):
    written(folder / "schemas" / "facility.json", SCHEMA)
    written(folder / "dialect.json", {"delimiter": ";"})
    descriptor = package()
    descriptor["resources"][0] |= {"schema": "schemas/facility.json", "dialect": "dialect.json"}
    read = judged(tmp_path, folder, descriptor, FACILITIES.replace(",", ";"))
    assert found_places(read.findings) == {(3, "opened", "type-error"): 1, (3, None, "foreign-key"): 1}


def test_a_bare_resource_may_leave_out_where_its_data_was(tmp_path, folder):
    read = judged(tmp_path, folder, {"name": "x", "schema": fields("id", "site", "opened:date")})
    assert found_places(read.findings) == {(3, "opened", "type-error"): 1}


def test_a_workbook_is_judged_like_a_table_of_text(tmp_path, folder):
    book = openpyxl.Workbook()
    for row in (["id", "n"], ["a", 1], ["b", "x"]):
        book.active.append(row)
    path = tmp_path / "sent.xlsx"
    book.save(path)
    read = conform_file(path, fields("id", "n:integer"), resource=None, folder=folder)
    assert found_places(read.findings) == {(3, "n", "type-error"): 1}
    assert (read.encoding, read.format, read.rows) == (None, "xlsx", 2)


def test_bytes_that_are_no_workbook_are_a_finding(tmp_path, folder):
    read = judged(tmp_path, folder, fields("id"), "not a workbook", name="sent.xlsx")
    assert [(f.row, f.type) for f in read.findings] == [(None, "format-error")]


def test_a_foreign_key_to_a_table_that_is_not_in_the_package_is_a_finding(tmp_path, folder):
    read = judged(tmp_path, folder, {"name": "facilities", "path": "x.csv", "schema": SCHEMA})
    assert [(f.row, f.type) for f in read.findings] == [(None, "resource-error")]


def test_a_reference_table_that_is_not_there_is_a_finding(tmp_path, folder):
    read = judged(tmp_path, folder, package(path="tables/none.csv"))
    assert [(f.row, f.type) for f in read.findings] == [(None, "scheme-error")]


@pytest.mark.parametrize(
    "path",
    ["../secret.csv", "tables/../../secret.csv", "/etc/passwd", "~/secret.csv", "file:///etc/passwd", "http://example.org/x.csv",
     "s3://bucket/x.csv", "C:\\secret.csv", "\\\\server\\share.csv", "..\\secret.csv", "out/secret.csv", 7, "x\0.csv"],
)  # fmt: skip
@pytest.mark.parametrize("key", ["path", "schema", "dialect", "extrapaths"])
def test_a_descriptor_cannot_make_us_read_outside_its_folder(tmp_path, folder, path, key):
    written(tmp_path / "secret.csv", SITES)
    (folder / "out").symlink_to(tmp_path)
    if key in {"schema", "dialect"} and not isinstance(path, str):
        return
    with pytest.raises(ContractError, match="folder"):
        judged(tmp_path, folder, package(**{key: [path] if key == "extrapaths" else path}))


@pytest.mark.parametrize("key", ["schema", "dialect"])
def test_nor_for_the_judged_resource(tmp_path, folder, key):
    with pytest.raises(ContractError, match="folder"):
        judged(tmp_path, folder, {"name": "x", "path": "x.csv", "schema": SCHEMA, key: "../x.json"})


@pytest.mark.parametrize(
    "more", [{"profile": "https://example.org/p.json"}, {"profile": "own.json"}, {"profiles": ["http://x/p"]}]
)
def test_a_profile_is_never_fetched(tmp_path, folder, more):
    with pytest.raises(ContractError, match="profile"):
        judged(tmp_path, folder, {**package(), **more})
    with pytest.raises(ContractError, match="profile"):
        judged(tmp_path, folder, package(**more))


def test_built_in_profiles_and_the_standards_own_schema_need_no_network(tmp_path, folder):
    descriptor = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        **package(profile="data-resource"),
    }
    assert len(judged(tmp_path, folder, descriptor).findings) == 2


def test_what_the_descriptor_says_of_its_old_file_is_not_believed(tmp_path, folder):
    old = {
        "name": "x",
        "url": "http://example.org/x.csv",
        "scheme": "http",
        "innerpath": "../x",
        "data": [["id"], ["z"]],
    }
    read = judged(tmp_path, folder, {**old, "schema": fields("id", "site", "opened:date")})
    assert found_places(read.findings) == {(3, "opened", "type-error"): 1}


@pytest.mark.parametrize("text", [FACILITIES.replace("a", "沈阳").encode("gb18030"), FACILITIES.encode("utf-16"), b"id\n\xff\n",
                                  b"id\n" + b"x" * (1 << 20) + "甲".encode()[:2]])  # fmt: skip
def test_an_encoding_is_never_guessed(tmp_path, folder, text):
    with pytest.raises(UnreadableFile, match="UTF-8") as refused:
        judged(tmp_path, folder, SCHEMA, text)
    assert refused.value.kind == "encoding"


def test_the_first_bad_byte_is_named_also_behind_a_block_boundary(tmp_path, folder):
    text = b"id\n" + b"x" * ((1 << 20) - 4) + "甲".encode() + b"\xff"
    with pytest.raises(UnreadableFile, match=str(len(text) - 1)):
        judged(tmp_path, folder, fields("id"), text)


def test_the_encoding_of_a_reference_table_is_not_guessed_either(tmp_path, folder):
    written(folder / "tables" / "sites.csv", SITES.encode("gb18030"))
    with pytest.raises(UnreadableFile, match=r"sites\.csv"):
        judged(tmp_path, folder, package())
    assert len(judged(tmp_path, folder, package(encoding="gb18030")).findings) == 2


@pytest.mark.parametrize(("name", "kind"), [("x.csv.zip", "compressed"), ("x.gz", "compressed"), ("x.pdf", "format"), ("x", "format"),
                                            ("x.sql", "format")])  # fmt: skip
def test_files_of_other_kinds_are_refused(tmp_path, folder, name, kind):
    with pytest.raises(UnreadableFile) as refused:
        judged(tmp_path, folder, fields("id"), name=name)
    assert refused.value.kind == kind


def test_a_declared_compression_is_refused(tmp_path, folder):
    with pytest.raises(UnreadableFile):
        judged(tmp_path, folder, package(compression="zip"))


def test_a_workbook_that_unpacks_beyond_the_limit_is_refused(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(access_limits, "UNPACKED_LIMIT", 1000)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", "0" * 1001)
    with pytest.raises(UnreadableFile, match="1001"):
        conform_file(path, fields("id"), resource=None, folder=folder)


def test_a_value_that_breaks_frictionless_is_said_so(tmp_path, folder):
    schema = fields({"name": "n", "type": "number", "constraints": {"unique": True}})
    with pytest.raises(UnreadableFile, match="sNaN"):
        judged(tmp_path, folder, schema, "n\nsNaN\n")


@pytest.mark.parametrize("descriptor", [{}, {"title": "x"}])
def test_something_that_is_no_descriptor_is_said_so(tmp_path, folder, descriptor):
    with pytest.raises(ContractError, match="Table Schema"):
        judged(tmp_path, folder, descriptor)


@pytest.mark.parametrize("descriptor", [
    {"fields": [None]}, {"name": "x", "schema": {"fields": []}, "hash": 7}, {"resources": [{"name": "x"}], "$schema": [1]},
])  # fmt: skip
def test_a_descriptor_of_a_wrong_shape_is_said_to_be_wrong(tmp_path, folder, descriptor):
    with pytest.raises(ContractError, match="shape"):
        judged(tmp_path, folder, descriptor)


def test_a_pattern_that_is_no_regular_expression_is_said_so(tmp_path, folder):
    schema = fields({"name": "id", "constraints": {"pattern": "("}}, "site", "opened")
    with pytest.raises(UnreadableFile, match="patterns"):
        judged(tmp_path, folder, schema)


def test_a_resource_that_is_not_there_names_those_that_are(tmp_path, folder):
    with pytest.raises(UsageError, match="facilities, sites"):
        judged(tmp_path, folder, package(), resource="roads")
    with pytest.raises(UsageError, match="one table"):
        judged(tmp_path, folder, SCHEMA, resource="roads")
    with pytest.raises(UsageError):
        judged(tmp_path, folder, {"name": "p", "resources": []})


def test_nothing_is_written_beside_file_or_descriptor(tmp_path, folder):
    judged(tmp_path, folder, package())
    before = sorted(str(path) for path in Path(tmp_path).rglob("*"))
    judged(tmp_path, folder, package())
    assert sorted(str(path) for path in Path(tmp_path).rglob("*")) == before
