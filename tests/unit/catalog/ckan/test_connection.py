"""How a CKAN is reached: read from a file beside its keys, which nothing ever shows."""

import json

import pytest
from pydantic import SecretStr

from catalog.ckan.connection import Connection, read_connection
from schemas.errors import UsageError


def write(folder, **told):
    (folder / "token").write_text("s3cret-token\n")
    (folder / "database").write_text("postgresql://u:s3cret-word@127.0.0.1/d\n")
    file = folder / "connection.json"
    file.write_text(json.dumps({"url": "http://127.0.0.1:5000", "token_file": "token", **told}))
    return file


def test_a_portal_of_ours_is_read_with_its_keys(tmp_path):
    more = {"public": "public/releases", "files_url": "http://127.0.0.1:5000/releases", "database_file": "database"}
    read = read_connection(write(tmp_path, **more))
    assert read.direct
    assert read.public == tmp_path / "public/releases"
    assert (read.token.get_secret_value(), read.database.get_secret_value()[:10]) == ("s3cret-token", "postgresql")


def test_of_somebody_elses_portal_the_api_is_enough(tmp_path):
    assert not read_connection(write(tmp_path)).direct


def test_a_token_that_is_given_comes_before_the_file(tmp_path):
    file = write(tmp_path)
    (tmp_path / "token").unlink()
    assert read_connection(file, SecretStr("given")).token.get_secret_value() == "given"


@pytest.mark.parametrize(
    ("told", "named"),
    [({"url": "ftp://x"}, "url"), ({"token_file": "nowhere"}, "nowhere"), ({"colour": "red"}, "colour")],
)
def test_what_cannot_be_used_is_named_and_no_key_is_shown(tmp_path, told, named):
    with pytest.raises(UsageError, match=named) as refused:
        read_connection(write(tmp_path, database_file="database", **told))
    assert "s3cret" not in str(refused.value)


def test_no_key_is_in_what_a_connection_prints_of_itself():
    held = Connection(url="http://x.example", token=SecretStr("s3cret"), database=SecretStr("s3cret"))
    assert "s3cret" not in f"{held!r} {held} {held.model_dump_json()}"
