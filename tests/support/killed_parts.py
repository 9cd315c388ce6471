"""A release in parts whose command is killed after the first part. Not here: what must hold afterwards."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from schemas.engine import LocalEngine, Result, Unit
from schemas.table_parts import PartRules
from support.contracts import contract_with
from support.walked import release_all
from support.workspaces import workspace_with


class OnePartEngine(LocalEngine):
    """Does the first unit and kills its process before the second."""

    def map_units(self, work: Callable[[Unit], Result], units: Sequence[Unit]) -> Iterator[Result]:
        yield work(units[0])
        work(units[1])
        os.kill(os.getpid(), signal.SIGKILL)


def die_in_parts(home: Path, fields: list[str], part_rows: int) -> None:
    """Makes the next release of `sample`, with those fields, in parts of so many rows, and is killed when two of them are written."""
    workspace = workspace_with(home, contract_with(fields, name="sample"))
    rules = PartRules(1, part_rows, lambda: nullcontext(OnePartEngine()))
    release_all(replace(workspace, release_parts=rules))
