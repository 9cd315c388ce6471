"""The commands of the documentation, read from its fences and run as a reader runs them: one folder, one shell after another.

A fence `sh` is run and must end with 0, or with its `data-exit`. One with `data-unrun` is not run, and says why. A fence with a `title` is a file
that the reader saves. Each line of a fence `text` stands in what the command before it said. `RCPT-…` stands for the number said last.

Not here: which pages there are, and what is expected of them (`tests/integration/test_documentation.py`).
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_FENCE = re.compile(r"^```(?P<info>\S.*)\n(?P<body>(?:.*\n)*?)^```$", re.MULTILINE)
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_NUMBER = re.compile(r"\b(RCPT|ERASE)(?:-[0-9A-Z]{4})+\b")
_STATE = ".shell-state"
_SHELL = f'path=$PATH; if [ -e {_STATE} ]; then source {_STATE}; fi; PATH=$path; trap "declare -px > {_STATE}" EXIT\n'
"""What a page exports is kept, but not where programs are found: in the copy of a folder other ones may be asked for."""


@dataclass(frozen=True)
class Fence:
    """One fenced block: its language, its attributes, its text."""

    language: str
    attributes: dict[str, str]
    body: str

    @property
    def runs(self) -> bool:
        return self.language == "sh" and "data-unrun" not in self.attributes


def fences(page: str) -> list[Fence]:
    """The fences of a page such as `tutorials/clerk.zh.md`, in their order."""
    found = []
    for match in _FENCE.finditer((DOCS / page).read_text(encoding="utf-8")):
        language = match["info"].strip("{}").split()[0].removeprefix(".")
        found.append(Fence(language, dict(_ATTRIBUTE.findall(match["info"])), match["body"]))
    return found


def acts(page: str) -> list[Fence]:
    """What a page makes the reader do: commands, run or not, and files. The same in both languages, but for reasons."""
    return [
        replace(one, attributes={key: "" if key == "data-unrun" else value for key, value in one.attributes.items()})
        for one in fences(page)
        if one.language == "sh" or "title" in one.attributes
    ]


@dataclass
class Session:
    """A reader's folder; `told` has what each command that was run has said."""

    folder: Path
    told: list[str] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    programs: Path | None = None
    """A folder whose programs come before those of the environment."""
    inherited: tuple[int, ...] = ()
    """Descriptors that those programs need."""

    def follow(self, fence: Fence) -> None:
        """Saves the file, or runs the commands; AssertionError with what they said if they do not end as the page says."""
        if "title" in fence.attributes:
            target = self.folder / fence.attributes["title"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(fence.body, encoding="utf-8")
        elif fence.runs:
            self.run(fence.body, int(fence.attributes.get("data-exit", 0)))

    def run(self, commands: str, code: int = 0) -> str:
        for kind, number in self.numbers.items():
            commands = commands.replace(f"{kind}-…", number)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", _SHELL + commands],
            cwd=self.folder,
            env=surroundings(self.folder, self.programs),
            pass_fds=self.inherited,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == code, f"{commands}ended with {done.returncode}, not {code}:\n{done.stdout}"
        self.told.append(done.stdout)
        self.numbers |= {found[1]: found[0] for found in _NUMBER.finditer(done.stdout)}
        return done.stdout


def surroundings(folder: Path, programs: Path | None = None) -> dict[str, str]:
    """The environment of a reader who has activated the project's environment, and set nothing."""
    before = f"{programs}:" if programs else ""
    return {
        "PATH": f"{before}{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
    }


def unsaid(page: str, told: list[str]) -> list[str]:
    """The lines that a page says were printed, and were not; `told` has what each of its commands said."""
    missing, at = [], -1
    for fence in fences(page):
        at += fence.runs
        if fence.language == "text":
            lines = [line.strip() for line in fence.body.splitlines() if line.strip()]
            missing += [line for line in lines if line not in told[at]]
    return missing
