"""Ten departments, 500 files waiting, one file from two places, a second run during the first, again and again.

Run by hand: `PYTHONPATH=tests nice -n 15 python tests/bench/soak.py [minutes] [files]` (10 and 500 unless given). Prints a line a
round: files, seconds, hand-ins on record, highest memory of a process; and every file that was lost, doubled or left.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from support.installed import installed
from support.soaked import soak


def main(minutes: float = 10, files: int = 500) -> None:
    """Rounds until the time is over; one at least."""
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        settings = installed(Path(folder))
        os.environ |= {"SPORTLAKE_HOME": str(settings.home), "SPORTLAKE_CONTRACTS": str(settings.contracts)}
        turn, handed_in, until = 0, 0, time.monotonic() + 60 * minutes
        while turn == 0 or time.monotonic() < until:
            turn, begun = turn + 1, time.monotonic()
            done = soak(settings, Path(folder) / "twice", files, turn)
            handed_in += done.handed_in
            sys.stdout.write(
                f"round {turn}: {handed_in} files in all, {time.monotonic() - begun:.0f} s, {done.recorded} hand-ins on record, "
                f"highest memory {done.megabytes} MB, {len(done.problems)} problems\n"
            )
            sys.stdout.writelines(f"  {problem}\n" for problem in done.problems)
            sys.stdout.flush()


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]), *map(int, sys.argv[2:3]))
