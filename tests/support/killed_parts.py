"""A release in parts whose command is killed at one of its steps. Not here: what must hold afterwards."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Literal, NoReturn

from pipelines import release
from schemas.execution.engine import LocalEngine, Result, Unit
from schemas.table_parts import PartRules
from support.contracts import contract_with
from support.walked import release_all
from support.workspaces import workspace_with

Step = Literal["second part", "release folder", "ledger"]
"""Before which step: the second part takes its place, the folder with all parts does, or the ledger has the release."""


class DeadlyEngine(LocalEngine):
    """Does the first unit, or all of them, and kills its process before it goes on."""

    def __init__(self, *, does_all: bool) -> None:
        super().__init__()
        self._does_all = does_all

    def map_units(self, work: Callable[[Unit], Result], units: Sequence[Unit]) -> Iterator[Result]:
        yield work(units[0])
        for unit in units[1:]:
            done = work(unit)
            if not self._does_all:
                kill_process()
            yield done
        kill_process()


def kill_process(*_: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def die_in_parts(home: Path, fields: list[str], part_rows: int, before: Step) -> None:
    """Makes the next release of `sample`, with those fields, in parts of so many rows, and is killed before that step."""
    workspace = workspace_with(home, contract_with(fields, name="sample"))
    engine = LocalEngine() if before == "ledger" else DeadlyEngine(does_all=before == "release folder")
    if before == "ledger":
        release._record_release = kill_process
    release_all(replace(workspace, release_parts=PartRules(1, part_rows, lambda: nullcontext(engine))))
