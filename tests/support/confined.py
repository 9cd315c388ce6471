"""Files read in a child process under limits of memory and processor time: `with confined_readers(memory, seconds) as read_confined`.

A hostile file may at worst end that child. All modules are loaded once, before the fork. Not here: the files
(`hostile_corpus.py`), what must come of them.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from support.commands import ROOT

MB = 2**20


class Outcome(NamedTuple):
    """What became of a file: `read`, the kind of a refusal, or `broken` with the error or the signal in `said`.

    `seconds` of processor time with all children, `megabytes`: the highest resident memory of any of its processes, less what
    the child had before.
    """

    kind: str
    said: str
    seconds: float
    megabytes: int


@contextmanager
def confined_readers(memory: int, seconds: int) -> Iterator[Callable[[Path], Outcome]]:
    """A function that reads a file as the contract of `support.files.venues` in a child of its own, with those limits."""
    process = subprocess.Popen(
        [sys.executable, "-m", "support.confined", str(memory), str(seconds)],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def read_confined(path: Path) -> Outcome:
        process.stdin.write(f"{json.dumps(os.fsencode(path).hex())}\n".encode())  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
        answer = process.stdout.readline()  # type: ignore[union-attr]
        assert answer, "the readers ended"
        return Outcome(*json.loads(answer))

    with process:
        yield read_confined
        process.communicate()


def read_in_child(path: Path, memory: int, seconds: int, answer: int) -> None:
    """In the child: read the file and write kind and text to the descriptor `answer`."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    from pipelines.read import read_file
    from schemas.errors import UnreadableFile
    from support.files import venues

    try:
        reading = read_file(path, venues())
        told = "read", f"{reading.table.num_rows} rows, {len(reading.findings)} findings"
        assert json.dumps([finding.model_dump(mode="json") for finding in reading.findings]).encode()
    except UnreadableFile as refusal:
        told = refusal.kind, refusal.text.en
    except BaseException as wrong:  # noqa: BLE001 -- whatever it is, it is the find
        told = "broken", f"{type(wrong).__name__}: {str(wrong)[:300]} at {_place(wrong)}"
    os.write(answer, json.dumps(told).encode()[:60_000])


def _place(wrong: BaseException) -> str:
    at, place = wrong.__traceback__, ""
    while at is not None:
        code = at.tb_frame.f_code
        if str(ROOT) in code.co_filename and ".venv" not in code.co_filename:
            place = f"{Path(code.co_filename).name}:{at.tb_lineno}"
        at = at.tb_next
    return place


def watch_child(path: Path, memory: int, seconds: int) -> Outcome:
    """Reads a file in a child and says what became of it."""
    ours, theirs = os.pipe()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os.close(ours)
        read_in_child(path, memory, seconds, theirs)
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        begun = time.monotonic()
        told = pipe.read()
    _, status, used = os.wait4(child, 0)
    kind, said = json.loads(told) if told else ("broken", f"ended by {signal.Signals(os.WTERMSIG(status)).name}")
    taken = used.ru_utime + used.ru_stime
    said = said if time.monotonic() - begun < taken + 60 else f"{said} (waited {time.monotonic() - begun:.0f} s)"
    return Outcome(kind, said, taken, max(0, used.ru_maxrss - before) >> 10)


def main(memory: str, seconds: str) -> None:
    """Answer each line of the input, a path in hex, with an outcome. pandas is left out as at the command line: each child would load it again."""
    from dagster_project.pandas_import import avoid_pandas_import
    from pipelines.read import read_file
    from support.files import venues

    avoid_pandas_import()
    assert all((read_file, venues()))
    for line in sys.stdin:
        path = Path(os.fsdecode(bytes.fromhex(json.loads(line))))
        sys.stdout.write(f"{json.dumps(watch_child(path, int(memory), int(seconds)))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
