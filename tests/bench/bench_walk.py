"""The walk of one large file: checked, handed in, stopped for approval, approved, released, published, beside DuckDB's bare copy of the file.

    PYTHONPATH=tests python tests/bench/bench_walk.py [rows] [HOME]

HOME (var) is a walked installation with the sample (`make run`); the file is made of its released facilities of one city, copied to that
many rows (100 000 unless given) under ids, names and places of their own, and handed in to a new installation, in which the other cities
have handed in what they released. Each command is a process of its own, start and imports included; wall seconds, processor seconds (of all threads and children),
peak memory. Prints figures, fails on nothing.
"""

import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from pipelines.workspace import Workspace, open_workspace
from schemas.assessments import ASSESSMENT_ROLES
from schemas.contract import Contract
from schemas.people import Role

CITY, PERIOD, DATASET = "210100", "2026", "facility"
PEER = """
import sys, duckdb
con = duckdb.connect(config={"threads": 2})
con.execute(f"copy (from read_csv('{sys.argv[1]}', all_varchar = true)) to '{sys.argv[2]}' (format parquet)")
"""


def make_files(walked: Workspace, folder: Path, rows: int) -> dict[str, Path]:
    """One file a city with the released rows and columns; that of `CITY` copied until it has at least that many rows."""
    release = max((walked.layout.releases / DATASET).glob("20*"), key=lambda one: one.stat().st_mtime)
    names = [field.name for field in walked.contracts[DATASET].public_fields()]
    con = duckdb.connect()
    con.execute(f"create table released as from read_parquet('{release}/{DATASET}.parquet')")
    cities = [code for (code,) in con.execute("select distinct department from released order by 1").fetchall()]
    (own,) = con.execute("select count(*) from released where department = ?", [CITY]).fetchone() or (0,)
    files = {}
    for city in cities:
        copies = -(-rows // own) if city == CITY else 1
        files[city] = folder / f"{DATASET}_{city}.csv"
        chosen = ", ".join(f"{copied_cell(name) if copies > 1 else name} as {name}" for name in names)
        con.execute(f"""
            create or replace table numbered as
            select *, dense_rank() over (partition by admin_code order by copy, site_id) as site,
                   dense_rank() over (order by copy, site_id) - 1 as spot,
                   row_number() over (partition by admin_code, type_code order by copy, facility_id) as number
            from (from released where department = '{city}'), range({copies}) copies(copy)""")
        con.execute(f"copy (select {chosen} from numbered order by copy, facility_id) to '{files[city]}' (header)")
    return files


def copied_cell(name: str) -> str:
    """What the cell of a copied row is: ids are counted anew, names say which copy it is, places are on a grid."""
    return {
        "facility_id": "format('LN-{}-{}-{:05d}', admin_code, type_code, number)",
        "site_id": "format('LN-{}-S{:05d}', admin_code, site)",
        "site_name": "first_value(site_name) over (partition by admin_code, site order by facility_id) || site",
        "facility_name": "facility_name || copy || '号' || number",
        "lon": "case when lon is not null then round(118.9 + spot % 700 * 0.0095, 6) end",
        "lat": "case when lat is not null then round(38.8 + spot // 700 * 0.0075, 6) end",
    }.get(name, name)


def run_command(home: Path, *words: str) -> tuple[float, float, float, int]:
    """Wall and processor seconds, peak MB and exit code of a command of the new installation."""
    command = [str(Path(sys.executable).with_name("sportlake")), *words] if words[0] != sys.executable else list(words)
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, env={**os.environ, "SPORTLAKE_HOME": str(home)}, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, spent, used.ru_maxrss / 1024, process.returncode


def print_line(name: str, figures: tuple[float, float, float, int]) -> None:
    """One line of the table."""
    wall, spent, peak, code = figures
    sys.stdout.write(f"{name:34} {wall:8.2f} {spent:8.2f} {peak:8.0f}{'' if code == 0 else f'   exit {code}'}\n")
    sys.stdout.flush()


def name_holder(workspace: Workspace, role: Role, busy: set[str]) -> str:
    """Somebody with that role who has not decided yet."""
    return next(one.name for one in workspace.people.list_holders([role]) if one.name not in busy)


def prepare_home(walked: Workspace, home: Path, files: dict[str, Path]) -> Contract:
    """The other cities hand in, and what the contract asks to be assessed is on record; the contract."""
    for file in (walked.layout.people, walked.layout.synthetic_marker):
        home.mkdir(exist_ok=True)
        (home / file.name).write_bytes(file.read_bytes())
    for city, file in files.items():
        if city != CITY:
            run_command(home, "submit", str(file), "--dataset", DATASET, "--department", city, "--period", PERIOD)
    contract = walked.contracts[DATASET]
    for kind in contract.policy.assessments.needed:
        who = name_holder(walked, ASSESSMENT_ROLES[kind], set())
        run_command(home, "assess", DATASET, kind, "--document", "文号", "--result", "同意", "--as", who)
    return contract


def main(rows: int, walked: Workspace) -> None:
    """The table of one walk."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        files = make_files(walked, folder, rows)
        big, home = files[CITY], folder / "home"
        contract = prepare_home(walked, home, files)
        sys.stdout.write(
            f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
        )
        sys.stdout.write(f"{rows} rows x {len(contract.public_fields())} columns, {big.stat().st_size / 1e6:.0f} MB\n")
        sys.stdout.write(f"{'':34} {'wall s':>8} {'cpu s':>8} {'peak MB':>8}\n")
        said = ("--dataset", DATASET, "--department", CITY, "--period", PERIOD)
        print_line(
            f"DuckDB {duckdb.__version__}, bare copy",
            run_command(home, sys.executable, "-c", PEER, str(big), str(folder / "peer.parquet")),
        )
        print_line("check", run_command(home, "check", str(big), "--dataset", DATASET))
        print_line("submit", run_command(home, "submit", str(big), *said))
        print_line("release, stops for approval", run_command(home, "release", DATASET))
        busy = set[str]()
        for role in contract.policy.approvals.roles:
            who = name_holder(walked, role, busy)
            busy.add(who)
            print_line(f"approve, {role}", run_command(home, "approve", DATASET, "--as", who))
        print_line("release, writes", run_command(home, "release", DATASET))
        print_line("publish --to static", run_command(home, "publish", "--to", "static"))
        written = sum(path.stat().st_size for path in (home / "releases").rglob("*") if path.is_file())
        sys.stdout.write(f"the release has {written / 1e6:.0f} MB\n")


if __name__ == "__main__":
    place = Path(sys.argv[2]) if sys.argv[2:] else Path("var")
    if (place / "releases" / DATASET).is_dir():
        main(int(sys.argv[1]) if sys.argv[1:] else 100_000, open_workspace(place, "bench"))
    else:
        sys.stdout.write(f"walk: nothing of {DATASET} is released in {place}; `make run` makes the sample\n")
