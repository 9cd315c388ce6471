"""Programs of others that pages of the static site run in the browser: the Parquet reader and SQLite, each with its licence.

They come from npm packages that `catalog/browser/package-lock.json` pins by their hashes; `make setup` installs them beside the Python
environment, and nothing of them is kept in this repository. Without them the site has no pages with whole tables, and is complete
otherwise. Not here: installing them (`Makefile`), where they are (`dagster_project/settings.py`), how pages use them (`catalog/pages/table*.js`).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

READER, DECOMPRESSOR, SQLITE = "hyparquet", "fzstd", "sql.js"


class BrowserProgram(NamedTuple):
    """One npm package. `files` maps what is used of it to the name in the site; `{}` stands for the name of each file found."""

    package: str
    files: Mapping[str, str]


PROGRAMS = (
    BrowserProgram(READER, {"src/*.js": "hyparquet/{}", "LICENSE": "hyparquet/LICENSE.txt"}),
    BrowserProgram(DECOMPRESSOR, {"esm/index.mjs": "fzstd/fzstd.js", "LICENSE": "fzstd/LICENSE.txt"}),
    BrowserProgram(
        SQLITE,
        {
            "dist/sql-wasm.js": "sqlite/sql-wasm.js",
            "dist/sql-wasm.wasm": "sqlite/sql-wasm.wasm",
            "LICENSE": "sqlite/LICENSE.txt",
        },
    ),
)
_FOR_NODE = "node.js"
"""hyparquet's entry for Node, which no browser loads."""


def read_programs(packages: Path | None) -> dict[str, bytes]:
    """The files of all programs by their name in the site; nothing if `packages`, the folder `node_modules`, lacks any of them."""
    found: dict[str, bytes] = {}
    for program in PROGRAMS if packages else ():
        for pattern, name in program.files.items():
            files = [
                file for file in sorted(Path(packages or "", program.package).glob(pattern)) if file.name != _FOR_NODE
            ]
            if not files:
                return {}
            found |= {name.format(file.name): file.read_bytes() for file in files}
    return found
