"""A large hand-in whose process is killed while its cells lie in ranges below the home. Not here: what must hold afterwards."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from pipelines.submissions.validation import validate_submission
from schemas.execution.engine import LargeWork, LocalEngine, Result, Unit
from support.contracts import contract_with
from support.workspaces import workspace_with


class DeadlyEngine(LocalEngine):
    """Kills its process where the first worker would begin."""

    def map_units(self, work: Callable[[Unit], Result], units: Sequence[Unit]) -> Iterator[Result]:
        os.kill(os.getpid(), signal.SIGKILL)
        return super().map_units(work, units)


def die_in_ranges(home: Path, file: Path, fields: list[object]) -> None:
    """Checks the file in ranges by a contract with those fields, and is killed meanwhile."""
    contract = contract_with(fields)
    workspace = replace(
        workspace_with(home, contract), large_work=LargeWork(0, 1 << 40, lambda: nullcontext(DeadlyEngine()))
    )
    validate_submission(workspace, file, contract)
