"""The inker started in a process of its own with limits on memory and time, and what its end means. Not here: inking (`inker`)."""

import subprocess
import sys
import tempfile
from pathlib import Path

from pipelines.workbook.job import Job

MEMORY = 2 * 2**30
"""Address space of the process. 20 000 rows of 44 columns take a fifth of it."""
SECONDS = 60
"""Of the processor."""
_ROOT = Path(__file__).parents[2]


def inked_apart(original: Path, target: Path, job: Job, *, memory: int = MEMORY, seconds: int = SECONDS) -> bool:
    """Whether `target` now holds the original with its marks; if not, nothing is there."""
    limits = [str(memory), str(seconds)]
    # Our own interpreter and module; paths are absolute, so none is an option, and no shell sees them.
    command = [
        sys.executable,
        "-P",
        "-m",
        "pipelines.workbook.inker",
        str(original.absolute()),
        str(target.absolute()),
        *limits,
    ]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603
            command,
            input=job.written().encode(),
            capture_output=True,
            cwd=folder,
            env={"PYTHONPATH": str(_ROOT)},
            check=False,
        )
    if done.returncode:
        target.unlink(missing_ok=True)
    return done.returncode == 0
