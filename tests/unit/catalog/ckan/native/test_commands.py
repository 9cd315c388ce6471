"""Commands say why they failed, in their log and in our error, and never a key; what CKAN must not see is not passed on."""

import os
import sys

import pytest

from catalog.ckan.native.commands import CommandRunner, UnreachableError, log_tail, passed_environment
from schemas.errors import CatalogueError

KEY = "0123456789abcdef"


@pytest.fixture
def commands(tmp_path):
    return CommandRunner(tmp_path, {"PATH": os.environ["PATH"]}, (KEY,))


def python(code):
    return [sys.executable, "-c", code]


def test_a_command_answers_what_it_printed_and_gets_what_it_is_told(commands):
    said = commands.run_command("echo", python("print(input()[::-1])"), stdin="olleh")
    assert said == "hello\n"


def test_what_a_command_prints_does_not_lie_in_its_log(commands, tmp_path):
    commands.run_command("token", python(f"print('{KEY}')"))
    assert (tmp_path / "token.log").read_text() == ""


def test_a_failure_shows_the_end_of_the_log_with_every_key_starred(commands, tmp_path):
    code = f"import sys; [print('line', n, file=sys.stderr) for n in range(99)]; print('bad {KEY}'); sys.exit(3)"
    with pytest.raises(CatalogueError) as told:
        commands.run_command("step", python(code))
    said = str(told.value)
    assert "line 98" in said
    assert "line 20" not in said
    assert "bad ***" in said
    assert KEY not in said + (tmp_path / "step.log").read_text()


def test_a_failed_download_is_told_apart(commands):
    with pytest.raises(UnreachableError):
        commands.run_command("fetch", python("raise SystemExit(1)"), fetches=True)


def test_a_log_that_is_not_utf_8_is_shown_all_the_same(tmp_path):
    (tmp_path / "odd.log").write_bytes(b"caf\xe9\n")
    assert log_tail(tmp_path / "odd.log") == "    caf\\xe9\n"
    assert log_tail(tmp_path / "none.log") == ""


def test_what_would_change_ckan_is_not_passed_on():
    outside = {
        "PATH": "/bin",
        "PYTHONPATH": "x",
        "PYTHONDONTWRITEBYTECODE": "1",
        "CKAN_SITE_URL": "x",
        "VIRTUAL_ENV": "x",
    }
    assert passed_environment(outside) == {"PATH": "/bin"}
