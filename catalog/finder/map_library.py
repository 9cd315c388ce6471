"""MapLibre GL for the finder's page, as it lies in the Python package `maplibre`, which the lock file pins by its hash.

No Node is needed, and nothing of the library is kept in this repository but its licence. Not here: how the page uses it (`pages/finder-map.js`).
"""

from importlib.metadata import distribution
from pathlib import Path

PACKAGE = "maplibre"
FILES = ("maplibre-gl.js", "maplibre-gl.css")
LICENCE = "maplibre-LICENSE.txt"


def read_map_library() -> dict[str, bytes]:
    """The files by name: script, stylesheet, and the licence under which both may be passed on (3-clause BSD).

    PackageNotFoundError if the package is not installed.
    """
    package = distribution(PACKAGE)
    files = {name: Path(str(package.locate_file(f"{PACKAGE}/srcjs/{name}"))).read_bytes() for name in FILES}
    return {**files, LICENCE: (Path(__file__).parent / LICENCE).read_bytes()}
