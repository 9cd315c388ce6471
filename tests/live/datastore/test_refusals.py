"""Files, names and connections that are refused, with a message that contains no cell and no password."""

import csv
import hashlib
import io

import pytest
from pydantic import SecretStr

from catalog.ckan.datastore.datastore import DataStore
from catalog.ckan.datastore.table_schema import TableSchema
from schemas.errors import CatalogueError
from support.datastore_tables import SHAPE, column, everything

PRIVATE = "身份证210102"

LONG = PRIVATE + "".join(hashlib.sha256(bytes([at])).hexdigest() for at in range(256))


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ("facility_id,lanes\nF1," + PRIVATE, "line 2, column lanes"),
        ("facility_id,lanes\nF1,1\nF1,2\n", "twice"),
        ("facility_id,lanes\nF\0,1\n", "line 2"),
        (f"facility_id,lanes\nF1,1,{PRIVATE}\n", "line 2"),
        (f"facility_id,lanes\n{LONG},1\n", "2704"),
        ("lanes,facility_id\n1,F1\n", "header"),
        (f'facility_id,lanes\n"{PRIVATE},1\n', "line"),
    ],
    ids=["no number", "key twice", "NUL", "cell too many", "key too long", "header", "open quote"],
)
def test_a_file_that_does_not_fit_is_refused_without_a_word_of_what_is_in_it(
    cells, says, tables, aside, unlisted, tmp_path
):
    shape = TableSchema((column("facility_id", "text"), column("lanes", "bigint")), ("facility_id",))
    path = tmp_path / "bad.csv"
    path.write_bytes(b"\xef\xbb\xbf" + cells.encode())
    with pytest.raises(CatalogueError) as refused:
        tables.stage_table(unlisted, path, hashlib.sha256(path.read_bytes()).hexdigest(), shape, "2026.11.1")
    assert says in refused.value.text.en
    assert PRIVATE not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    assert everything(aside, unlisted) == set()


def test_a_file_of_another_hash_is_refused(tables, aside, unlisted, released):
    one = released()
    with pytest.raises(CatalogueError, match="SHA-256"):
        tables.stage_table(unlisted, one.csv, "0" * 64, SHAPE, "2026.11.1")
    assert everything(aside, unlisted) == set()


def test_a_line_that_postgresql_takes_for_the_end_is_never_lost(tables, unlisted, tmp_path):
    for text in ("a\nx\n\\.\ny\n", "a\nx\n\\."):
        path = tmp_path / "one.csv"
        path.write_text(text, encoding="utf-8")
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        with pytest.raises(CatalogueError, match="alone"):
            tables.stage_table(unlisted, path, sha256, TableSchema((column("a", "text"),)), "1")
    two = io.StringIO()
    csv.writer(two, lineterminator="\n").writerows([("a", "b"), ("x", "1\n\\.\n2"), ("\\.", "z")])
    path.write_text(two.getvalue(), encoding="utf-8")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert tables.stage_table(unlisted, path, sha256, TableSchema((column("a", "text"), column("b", "text"))), "1") == 2


def test_an_id_that_is_no_uuid_is_refused(tables):
    for hostile in ('x"; DROP TABLE y; --', "", "_table_stats", "C" * 36, "{00000000-0000-4000-8000-000000000000}"):
        with pytest.raises(CatalogueError, match="UUID"):
            tables.drop_table(hostile)


def test_no_connection_says_so_without_the_address():
    wrong = SecretStr("postgresql://somebody:topsecret@127.0.0.1:1/nowhere")
    with pytest.raises(CatalogueError) as refused:
        DataStore(wrong, connect_timeout=2)
    assert "topsecret" not in str(refused.value)
    assert "nowhere" not in str(refused.value)
    assert "run again" in refused.value.text.en
