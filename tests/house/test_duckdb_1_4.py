"""DuckDB 1.4 opens the warehouse, with its rows and Chinese comments: analysts may still have it.

Creates the environment `.venv-duckdb14` once. If that is impossible the test fails; it is never skipped.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from support.stocks import NOW, stock_at
from warehouse.analyst_file.database import rebuild_database
from warehouse.layout import Layout

ENVIRONMENT = Path(__file__).parents[2] / ".venv-duckdb14"
PYTHON = ENVIRONMENT / "bin" / "python"
WANTED = "duckdb>=1.4,<1.5"
READER = """
import json, sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
ask = lambda query: con.execute(query).fetchall()
print(json.dumps({
    "version": duckdb.__version__,
    "rows": ask("select id, kind, opened::varchar, seats, department from facility order by id"),
    "tables": ask("select comment from duckdb_tables() where table_name = 'facility'"),
    "columns": ask("select comment from duckdb_columns() where table_name = 'facility' and column_name = 'kind'"),
    "codes": ask("select code, zh from codelist.kind order by code"),
    "releases": ask("select dataset, number from meta.release"),
    "names": ask("select id, kind_name from facility_labelled order by id"),
    "as_of": ask("select count(*) from facility_as_of('2026-11-25')"),
    "metres": ask("select round(metres(123.0, 41.0, 123.1, 41.0))"),
    "relations": ask("select kind, name from meta.relation where name in ('facility_history', 'metres', 'facility_labelled') order by all"),
}))
"""


def uv():
    beside = Path(sys.executable).with_name("uv")
    return shutil.which("uv") or (str(beside) if beside.exists() else None)


def run(*command):
    ran = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{command[0]} failed:\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.fixture(scope="module")
def python():
    """The interpreter of an environment that contains DuckDB 1.4 and nothing else."""
    check = [PYTHON, "-c", "import duckdb; assert duckdb.__version__.startswith('1.4.')"]
    if not PYTHON.exists() or subprocess.run(check, capture_output=True, check=False).returncode:
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        if tool := uv():
            run(tool, "venv", "--quiet", "--python", sys.executable, ENVIRONMENT)
            run(tool, "pip", "install", "--quiet", "--python", PYTHON, WANTED)
        else:
            run(sys.executable, "-m", "venv", ENVIRONMENT)
            run(PYTHON, "-m", "pip", "install", "--quiet", WANTED)
    return PYTHON


def test_duckdb_1_4_reads_rows_comments_code_lists_and_meta(python, tmp_path):
    layout = Layout(tmp_path)
    rebuild_database(layout, stock_at(tmp_path), NOW)
    told = json.loads(run(python, "-c", READER, layout.warehouse))
    assert told["version"].startswith("1.4.")
    assert told["rows"][0] == ["F1", "A", "2026-01-02", 1200, "210100"]
    assert told["tables"] == [["体育场地：一行一个场地（主键：id） / Facilities: One row a facility (key: id)"]]
    assert told["columns"] == [["类型：场地类型 / Kind: kind of facility [codelist.kind]"]]
    assert told["codes"] == [["A", "甲"], ["B", "乙"]]
    assert told["releases"] == [["facility", "2026.11.1"]]
    assert told["names"][0] == ["F1", "甲"]
    assert (told["as_of"], told["metres"]) == ([[0]], [[8392.0]])
    assert told["relations"] == [["macro", "metres"], ["table", "facility_history"], ["view", "facility_labelled"]]


def test_duckdb_1_4_cannot_read_the_default_storage_version(python, tmp_path):
    """The reason for STORAGE_VERSION: when this test fails, it is no longer needed."""
    path = tmp_path / "new.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create table t as select 1 as a")
    ran = subprocess.run(
        [python, "-c", f"import duckdb; duckdb.connect({str(path)!r}, read_only=True)"],
        capture_output=True,
        check=False,
    )
    assert ran.returncode != 0


def test_the_command_line_of_the_lock_reads_views_and_macros(tmp_path):
    layout = Layout(tmp_path)
    rebuild_database(layout, stock_at(tmp_path), NOW)
    query = "select kind_name, (select count(*) from facility_as_of('2026-11-25')) as n, round(metres(1, 2, 1, 2)) as m from facility_labelled limit 1"
    told = run(Path(sys.executable).with_name("duckdb"), "-readonly", "-json", layout.warehouse, query)
    assert json.loads(told) == [{"kind_name": "甲", "n": 0, "m": 0.0}]
