"""Ledger, bucket and home are backed up and, after the loss of all three, restored by the commands of the how-to."""

import shutil
import uuid

import pytest

from pipelines.workspace import open_workspace
from support.documented import Session, fences
from support.forked_commands import forked_program
from support.installed import MORE_SITES, SITES, installed
from support.portal import is_required
from support.s3_server import serve_s3, surroundings_of
from support.shared_ledgers import database_of_its_own
from support.stored_homes import kept_tree

HELD = "tests/live/test_restored_installation.py"
NEEDED = ("pg_dump", "pg_restore")


@pytest.fixture
def reader(tmp_path):
    """Somebody in a folder with an installation in `var`, at a fixed time."""
    with forked_program(tmp_path) as descriptor:
        made = Session(tmp_path, programs=tmp_path, inherited=(descriptor,))
        settings = installed(tmp_path)
        words = {
            "SPORTLAKE_CONTRACTS": settings.contracts,
            "SPORTLAKE_CLOCK": settings.clock.isoformat(),
            "SPORTLAKE_AS": "tester",
        }
        export(made, {name: str(word) for name, word in words.items()})
        yield made


def export(reader, words):
    reader.run("".join(f"export {name}='{word}'\n" for name, word in words.items()))


def hand_in(reader, department, content):
    file = reader.folder / f"{uuid.uuid4().hex}.csv"
    file.write_text(content, encoding="utf-8")
    reader.run(f"sportlake submit {file.name} --dataset site --department {department} --period 2026\n")


@pytest.mark.skipif(
    not is_required() and not all(map(shutil.which, NEEDED)), reason="no client programs of PostgreSQL here"
)
def test_an_installation_that_lost_everything_is_restored_by_the_how_to(databases, reader, tmp_path):
    dump, pull, restore, check = [
        one.body for one in fences("howto/restore.zh.md") if HELD in one.attributes.get("data-unrun", "")
    ]
    with serve_s3(tmp_path) as server:
        with database_of_its_own(databases) as ledger, database_of_its_own(databases) as memory:
            export(
                reader,
                {
                    "SPORTLAKE_LEDGER_URL": ledger,
                    "SPORTLAKE_DAGSTER_URL": memory,
                    **surroundings_of(server.make_bucket()),
                },
            )
            hand_in(reader, "210100", SITES)
            reader.run("sportlake run\n")
            reader.run(dump)
            hand_in(reader, "210200", MORE_SITES)  # is in no backup of the database
            reader.run(pull)
        lost = (tmp_path / "var").rename(tmp_path / "lost")
        with database_of_its_own(databases) as ledger, database_of_its_own(databases) as memory:
            export(
                reader,
                {
                    "SPORTLAKE_LEDGER_URL": ledger,
                    "SPORTLAKE_DAGSTER_URL": memory,
                    **surroundings_of(server.make_bucket()),
                },
            )
            reader.run(restore)
            assert kept_tree(tmp_path / "var") == kept_tree(lost)
            reader.run(check)
            reader.run('export SPORTLAKE_HOME="$PWD/fresh"\nsportlake storage pull\nsportlake ledger verify\n')
            assert kept_tree(tmp_path / "fresh") == kept_tree(tmp_path / "var")
            hand_in(reader, "210300", "code,area\nS9,90\n")
            restored = open_workspace(tmp_path / "fresh", "tester", {}, {}, ledger)
            assert len(restored.ledger.read_entries("landing")) == 3
