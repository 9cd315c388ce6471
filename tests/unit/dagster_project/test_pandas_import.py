import subprocess
import sys

SCRIPT = """
import sys
import pipelines.intake
assert "pandas" not in sys.modules
from dagster_project.pandas_import import avoid_pandas_import
avoid_pandas_import()
import pyarrow as pa
table = pa.table({"n": pa.array([1, 2])})
assert "pandas" not in sys.modules
before = list(sys.meta_path)
avoid_pandas_import()
assert sys.meta_path == before
assert table.to_pandas()["n"].tolist() == [1, 2]
assert "pandas" in sys.modules
"""


def test_pandas_is_imported_when_a_frame_is_asked_for_and_not_before():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
