"""What reaches the terminal: no escapes, no markup, both languages."""

import errno

import pytest
import typer

from dagster_project.cli.console import (
    escape_control,
    handle_errors,
    print_message,
    print_table,
    say_interrupted,
)
from schemas.errors import UsageError
from schemas.text import Text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("沈阳 facility", "沈阳 facility"),
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("a\x07b\x00", "a\\x07b\\x00"),
        ("right\u202eleft", "right\\u202eleft"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_control_characters_are_written_out(raw, shown):
    assert escape_control(raw) == shown


def test_markup_in_a_cell_is_printed_as_it_is(capsys):
    print_table(("值",), [("[bold red]x[/]",), ("[link=file:///etc/passwd]y[/link]",)])
    out = capsys.readouterr().out
    assert "[bold red]x[/]" in out
    assert "[link=file:///etc/passwd]y[/link]" in out


def test_markup_in_a_sentence_is_printed_as_it_is(capsys):
    print_message("文件 [bold]", "file [/bold]")
    assert "文件 [bold]  file [/bold]" in capsys.readouterr().out


def test_an_error_of_ours_is_two_sentences_and_exit_2(capsys):
    @handle_errors
    def command():
        raise UsageError(Text(zh="没有", en="none"))

    with pytest.raises(typer.Exit) as ended:
        command()
    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == "没有\nnone\n"


def test_any_other_error_is_not_swallowed():
    @handle_errors
    def command():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        command()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_refuses_is_said_without_a_traceback(number, capsys):
    @handle_errors
    def command():
        raise OSError(number, "No space left on device", "ledger.jsonl")

    with pytest.raises(typer.Exit) as end:
        command()
    assert end.value.exit_code == 2
    said = capsys.readouterr().err
    assert "ledger.jsonl" in said
    assert "清理空间" in said
    assert "give the same command again" in said


def test_another_error_of_the_system_is_not_hidden():
    @handle_errors
    def command():
        raise FileNotFoundError(errno.ENOENT, "No such file", "x")

    with pytest.raises(FileNotFoundError):
        command()


def test_ctrl_c_says_what_to_do_next_and_ends_the_command(capsys):
    @say_interrupted()
    def work():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert "give the same command again" in capsys.readouterr().err
