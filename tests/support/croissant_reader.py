"""Croissant documents as the reference reader, mlcroissant, reads them: in a process of its own.

It loads absl, whose log handler closes the stream that it was given when logging is configured anew, which is that of the tests.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple


class CroissantReading(NamedTuple):
    """What it objects to, and the rows of the record set that was asked for: text by field name, without the name of the set."""

    errors: list[str]
    warnings: list[str]
    rows: list[dict[str, str]]


def read_croissant(file: Path, record_set: str = "") -> CroissantReading:
    """Reads the document in that file, and the rows of a record set if one is named."""
    command = [sys.executable, "-W", "ignore", __file__, str(file), record_set]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return CroissantReading(**json.loads(ran.stdout.splitlines()[-1]))


def _read(file: str, record_set: str) -> dict[str, object]:
    import mlcroissant

    read = mlcroissant.Dataset(jsonld=file)
    issues = read.metadata.ctx.issues
    records = read.records(record_set) if record_set else []
    rows = [{name.rpartition("/")[2]: _to_text(value) for name, value in row.items()} for row in records]
    return {"errors": sorted(issues.errors), "warnings": sorted(issues.warnings), "rows": rows}


def _to_text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


if __name__ == "__main__":
    sys.stdout.write(f"{json.dumps(_read(*sys.argv[1:3]))}\n")
