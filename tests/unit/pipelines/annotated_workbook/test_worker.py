"""The program that annotates: what its start loads. What it writes is in `tests/integration/test_marked_workbooks.py`."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]


def test_its_start_loads_no_installed_package_and_no_http_client() -> None:
    script = "import sys, pipelines.annotated_workbook.worker; print({'http.client', 'urllib.request', 'site'} & {*sys.modules})"
    command = [sys.executable, "-P", "-S", "-c", script]
    done = subprocess.run(command, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
