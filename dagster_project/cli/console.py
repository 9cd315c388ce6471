"""Output of the command line: bilingual sentences, tables, and our errors without a traceback.

Here: printing, and escaping external text (no terminal escape or markup of a file's cell reaches the terminal).
Not here: the texts of single commands.
"""

import errno
import functools
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from schemas.text import Text

P = ParamSpec("P")
R = TypeVar("R")
REFUSED = 2
WIDTH = 160
ActorOption = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="NAME", help="由谁操作（人员名单中的姓名） who acts, by name; sportlake people lists them"
    ),
]
"""Who acts, for every command that writes to the ledger."""
RUN_NEXT = (
    "运行 sportlake run 后，版本和开放目录随之更新",
    "run sportlake run to bring releases and catalogues in line",
)
"""Said after a decision about hand-ins, which releases and catalogues have yet to follow."""


def handle_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Returns the command with our errors printed in both languages and exit code 2."""

    @functools.wraps(command)
    def spoken(*args: P.args, **kwargs: P.kwargs) -> R:
        from schemas.errors import SportlakeError

        try:
            return command(*args, **kwargs)
        except SportlakeError as wrong:
            print_error(wrong.text)
            raise typer.Exit(REFUSED) from None
        except OSError as wrong:
            if wrong.errno not in _DISK:
                raise
            print_error(describe_disk_error(wrong))
            raise typer.Exit(REFUSED) from None

    return spoken


@contextmanager
def say_interrupted() -> Iterator[None]:
    """Says what to do next after Ctrl-C in a command that goes on where it was stopped; the interruption is raised again."""
    from schemas.text import Text

    try:
        yield
    except KeyboardInterrupt:
        print_error(
            Text(
                zh="已中断；再运行同一命令即可继续，已完成的步骤不会重复",
                en="interrupted; give the same command again: it goes on where it stopped",
            )
        )
        raise


_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO})
"""Numbers of errors that a person mends at the disk: it is full, read-only, broken, or somebody else's."""


def describe_disk_error(wrong: OSError) -> "Text":
    """Returns what the system says of a file that could not be read or written, and what to do."""
    from schemas.text import Text

    name = f" {wrong.filename}" if wrong.filename else ""
    return Text(
        zh=f"磁盘无法读写{name}（{wrong.strerror}）；请清理空间或检查权限和磁盘，再运行同一命令即可继续，已完成的步骤不会重复",
        en=f"the disk refused{name} ({wrong.strerror}); free space, or check rights and disk, then give the same command again: it goes on where it stopped",
    )


def make_console() -> "Console":
    """Returns the console for answers."""
    from rich.console import Console

    # Without a terminal (a file, a pipe) rich takes 80 columns, which breaks Chinese titles.
    width = None if sys.stdout.isatty() else WIDTH
    return Console(highlight=False, soft_wrap=True, width=width)


def print_message(zh: str, en: str) -> None:
    """Prints one sentence, Chinese first."""
    typer.echo(f"{escape_control(zh)}  {escape_control(en)}".rstrip())  # rich costs 0.07 s to import


def print_text(text: "Text") -> None:
    """Prints one sentence that another layer says."""
    print_message(text.zh, text.en)


def print_error(text: "Text") -> None:
    """Prints one error sentence on standard error."""
    typer.echo(f"{escape_control(text.zh)}\n{escape_control(text.en)}", err=True)


def print_table(heads: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """Prints a table; cells are printed verbatim, without markup."""
    from rich.table import Table
    from rich.text import Text as Cell

    drawn = Table(title=title, title_justify="left", header_style="bold", pad_edge=False)
    for head in heads:
        drawn.add_column(head, overflow="fold")
    for row in rows:
        drawn.add_row(*(Cell(escape_control(str(cell))) for cell in row))
    make_console().print(drawn)


def escape_control(text: str) -> str:
    """Returns the text with every control or invisible character as its escape sequence; line breaks stay."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)
