"""The version of the code that judges and releases: the package's number and a hash of its sources.

The number alone does not identify a checkout between two versions. The hash covers the modules of `schemas`, `quality`, `pipelines` and
`warehouse`, and the code lists and texts of `schemas`. It leaves out contracts, which have a hash of their own (`Contract.digest`), and
pages, catalogues and the command line, which do not affect verdicts.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("pipelines", "quality", "schemas", "warehouse")
_DATA = frozenset({".csv", ".yaml"})
_LETTERS = 16


@cache
def read_code_version() -> str:
    """Returns `0.2.0+1f00…`: the package's version and 16 letters of the hash of its sources; read once a process."""
    return f"{version('sportlake')}+{hash_sources(ROOT)[:_LETTERS]}"


def hash_sources(root: Path) -> str:
    """Returns the SHA-256 (hex) over names and bytes of the hashed files below `root`, in the order of their paths."""
    whole = hashlib.sha256()
    for path in sorted(_list_sources(root)):
        whole.update(f"{path.relative_to(root).as_posix()}\n".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _list_sources(root: Path) -> Iterator[Path]:
    for package in PACKAGES:
        yield from (root / package).rglob("*.py")
    data = (path for path in (root / "schemas").rglob("*") if path.suffix in _DATA)
    yield from (path for path in data if path.parent.name != "datasets")
