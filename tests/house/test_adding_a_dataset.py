"""A dataset is added with one file and without Python.

One contract is added to a copy of the repository; the copy's command line then takes a file of that dataset from the inbox to
the catalogue. The new dataset must appear everywhere: contracts, receipts, releases, catalogue, warehouse.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path

import duckdb
import pytest

from support.commands import ROOT, said, surroundings
from support.forked_commands import ForkedCommand, forked_commands

NEW = Path(__file__).parent / "new_dataset" / "swimming_pool_water.yaml"
DATASET = NEW.stem
HEADER = "检测编号,场所名称,行政区划代码,检测日期,游离性余氯（mg/L）,是否合格"
ROWS = (
    "WT-210102-0001,和平区示例游泳馆,210102,2026/10/12,0.6,1",
    "WT-210103-0001,沈河区示例游泳馆,210103,2026-10-13,0.4,1",
    "WT-210104-0001,大东区示例游泳馆,210104,2026-10-14,2.5,0",
    "WT-210105-0001,皇姑区示例游泳馆,210199,2026-10-15,0.5,1",
)


@dataclass(frozen=True)
class Grown:
    """The copy with one more contract, its workspace, the output of the commands, and the hashes of its files before and after."""

    code: Path
    home: Path
    listed: str
    ran: str
    before: dict[str, str]
    after: dict[str, str]


@pytest.fixture(scope="module")
def grown(tmp_path_factory) -> Grown:
    code, home = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("home")
    # Compiled modules come along where there are any: each command would spend seconds on them.
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file():
            for path in (ROOT / name, Path(cache_from_source(str(ROOT / name)))):
                if path.is_file():
                    (code / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(path, code / path.relative_to(ROOT))
    before = sources(code)
    shutil.copyfile(NEW, code / "schemas" / "datasets" / NEW.name)
    file = home / "inbox" / "210100" / f"{DATASET}_2026-10.csv"
    file.parent.mkdir(parents=True)
    file.write_bytes("\r\n".join([HEADER, *ROWS, ""]).encode("gb18030"))
    listed = said(home, "contracts", code=code)
    with forked_commands(code) as start:
        ran = told(start(home, "run"))
        for kind in ("classification_review", "head_approval"):
            words = ("--document", "辽体〔2026〕1号", "--result", "同意")
            told(start(home, "assess", DATASET, kind, *words, "--as", "tester"))
        for person in ("tester", "reviewer"):
            told(start(home, "approve", DATASET, "--as", person))
        ran += told(start(home, "run"))
    return Grown(code, home, listed, ran, before, sources(code))


def told(command: ForkedCommand) -> str:
    """What the command says; it must end well."""
    text = command.communicate()
    assert command.returncode == 0, text
    return text


def sources(folder: Path) -> dict[str, str]:
    """SHA-256 of every file except compiled modules, by path."""
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def test_the_copy_differs_by_one_file(grown):
    assert set(grown.after) - set(grown.before) == {f"schemas/datasets/{NEW.name}"}
    assert {name: grown.after[name] for name in grown.before} == grown.before


def test_the_new_contract_is_listed(grown):
    assert DATASET in grown.listed
    assert "游泳场所水质检测" in grown.listed


def test_its_file_is_validated_by_its_own_rules_and_by_shared_code_lists(grown):
    assert "接收，部分行暂缓：1 份" in grown.ran
    receipts = {path: path.read_text(encoding="utf-8") for path in (grown.home / "receipts").glob("RCPT-*.json")}
    ((file, receipt),) = ((path, text) for path, text in receipts.items() if json.loads(text)["dataset"] == DATASET)
    page = file.with_suffix(".html")
    assert '"chlorine-of-a-pass"' in receipt
    assert '"admin-code-in-admin-division"' in receipt
    assert "游离性余氯 2.5 mg/L 高于 1.0" in page.read_text(encoding="utf-8")


def test_its_rows_are_released_and_its_page_is_in_the_catalogue(grown):
    released = grown.home / "releases" / DATASET / "2026.11.1" / f"{DATASET}.csv"
    assert [line.split(",")[0] for line in released.read_text(encoding="utf-8-sig").splitlines()[1:]] == [
        row.split(",")[0] for row in ROWS[:2]
    ]
    for page in ("index.html", "en/index.html"):
        assert (grown.home / "catalogue" / "dataset" / DATASET / page).is_file()
        assert DATASET in (grown.home / "catalogue" / page.replace("index", "catalogue")).read_text(encoding="utf-8")
    assert DATASET in (grown.home / "catalogue" / "data.json").read_text(encoding="utf-8")


def test_its_table_is_in_the_warehouse_with_comments_in_both_languages(grown):
    with duckdb.connect(grown.home / "warehouse.duckdb", read_only=True) as connection:
        rows = connection.execute(f"SELECT test_id, tested_on, free_chlorine_mg_l FROM {DATASET} ORDER BY 1").fetchall()
        of_table = connection.execute("SELECT comment FROM duckdb_tables() WHERE table_name = ?", [DATASET]).fetchall()
        of_columns = dict(
            connection.execute(
                "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ?", [DATASET]
            ).fetchall()
        )
    assert [(row[0], row[1].isoformat(), row[2]) for row in rows] == [
        ("WT-210102-0001", "2026-10-12", 0.6),
        ("WT-210103-0001", "2026-10-13", 0.4),
    ]
    assert "游泳场所水质检测" in of_table[0][0]
    assert "Water tests of swimming pools" in of_table[0][0]
    assert "游离性余氯" in of_columns["free_chlorine_mg_l"]
    assert "Free chlorine" in of_columns["free_chlorine_mg_l"]
    assert all(of_columns.values())


def test_its_assets_exist_and_no_module_names_it(grown):
    assert DATASET in said(grown.home, "status", code=grown.code)
    assert not [
        path
        for path in grown.code.rglob("*.py")
        if DATASET in path.read_text(encoding="utf-8") and "tests" not in path.parts
    ]


def test_it_passes_the_tests_of_every_contract(grown):
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/house/test_contracts.py", "-k", DATASET]
    ran = subprocess.run(
        [sys.executable, *words],
        cwd=grown.code,
        env=surroundings(grown.home, grown.code),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
    assert "passed" in ran.stdout
