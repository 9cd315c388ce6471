"""Runs one command to its end with a log of its own; an error contains the log's last lines, without keys.

Here too: which variables of the caller's environment such a command gets. Not here: long-running services
(`processes.py`).
"""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from schemas.errors import CatalogueError
from schemas.text import Text

_LINES = 15
_WIDTH = 300
_STAR = "***"
# Python's variables would change CKAN's environment; CKAN_... variables override its settings file.
_NOT_PASSED = ("PYTHON", "CKAN", "VIRTUAL_ENV", "UV_")


class UnreachableError(CatalogueError):
    """A download failed: packages, wheels, jars. Without a network nothing can be repaired here."""


@dataclass(frozen=True)
class SystemAccount:
    """Another user than ours, under whom a command runs."""

    name: str
    uid: int
    gid: int
    home: Path


@dataclass(frozen=True)
class CommandRunner:
    """How commands are run: in which environment, and which values no log may contain."""

    logs: Path
    environment: Mapping[str, str]
    hidden: tuple[str, ...] = field(default=(), repr=False)

    def run_command(
        self,
        step: str,
        words: Sequence[str | Path],
        *,
        account: SystemAccount | None = None,
        stdin: str | None = None,
        more: Mapping[str, str] | None = None,
        fetches: bool = False,
    ) -> str:
        """Returns what the command printed; `stdin` is its input, `more` adds to its environment.

        Raises:
            CatalogueError: The command failed; the message contains the end of its log.
            UnreachableError: The same, for a command that `fetches`.
        """
        log = self.logs / f"{step}.log"
        with log.open("w", encoding="utf-8") as out:
            done = subprocess.run(  # noqa: S603 -- words of ours, no shell
                [str(word) for word in words],
                input=stdin or "",
                stdout=subprocess.PIPE,
                stderr=out,
                text=True,
                encoding="utf-8",
                cwd="/",
                check=False,
                env={**self.environment, **(more or {})},
                **run_as(account),
            )
        if done.returncode:
            with log.open("a", encoding="utf-8") as out:
                out.write(mask_keys(done.stdout, self.hidden))
            wrong = command_error(step, done.returncode, log, self.hidden)
            raise UnreachableError(wrong.text) if fetches else wrong
        return done.stdout


class UserIdentity(TypedDict, total=False):
    """The user of a process, as arguments of `subprocess`."""

    user: int
    group: int
    extra_groups: list[int]


def run_as(account: SystemAccount | None) -> UserIdentity:
    """Returns the arguments of `subprocess` that run it as another user; none for our own."""
    return UserIdentity(user=account.uid, group=account.gid, extra_groups=[]) if account else UserIdentity()


def passed_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Returns the caller's environment without the variables that would change CKAN."""
    return {name: value for name, value in environment.items() if not name.startswith(_NOT_PASSED)}


def mask_keys(text: str, hidden: Sequence[str]) -> str:
    """Returns the text with every key of ours as ***."""
    for word in hidden:
        text = text.replace(word, _STAR)
    return text


def log_tail(log: Path, hidden: Sequence[str] = ()) -> str:
    """Returns the last lines of a log, indented, without keys; empty if there is no log."""
    if not log.is_file():
        return ""
    lines = log.read_bytes().decode("utf-8", "backslashreplace").splitlines()[-_LINES:]
    return "".join(f"    {line[:_WIDTH]}\n" for line in mask_keys("\n".join(lines), hidden).splitlines())


def command_error(step: str, code: int, log: Path, hidden: Sequence[str]) -> CatalogueError:
    """Returns the error for a command or service that ended unexpectedly."""
    shown = log_tail(log, hidden)
    return CatalogueError(
        Text(
            zh=f"{step} 失败（退出码 {code}）；日志 {log} 的末尾：\n{shown}请按日志处理后重试",
            en=f"{step} failed (exit {code}); {log} ends as shown above. Mend that and try again",
        )
    )
