import json
from pathlib import Path

import pytest

from catalog.static_site import browser_programs
from catalog.static_site.browser_programs import PROGRAMS, read_programs
from support.browser_packages import PACKAGES

LOCK = Path(browser_programs.__file__).parents[1] / "browser" / "package-lock.json"


def test_programs_are_given_with_their_licences_under_their_names_in_the_site():
    found = read_programs(PACKAGES)
    assert {"hyparquet/read.js", "fzstd/fzstd.js", "sqlite/sql-wasm.js", "sqlite/sql-wasm.wasm"} <= found.keys()
    assert "hyparquet/node.js" not in found
    for program in PROGRAMS:
        licences = [name for file, name in program.files.items() if file == "LICENSE"]
        assert [b"Permission is hereby granted" in found[name] for name in licences] == [True]


@pytest.mark.parametrize("lacking", [program.package for program in PROGRAMS])
def test_a_folder_that_lacks_one_program_has_none(tmp_path, lacking):
    for program in PROGRAMS:
        for file in program.files if program.package != lacking else ():
            path = tmp_path / program.package / file.replace("*", "index")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
    assert read_programs(tmp_path) == {}
    assert read_programs(None) == {}


def test_each_program_is_pinned_by_a_hash_and_free_to_be_passed_on():
    pinned = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    passed_on = {name: one for name, one in pinned.items() if not one.get("dev")}
    assert {name.removeprefix("node_modules/") for name in passed_on if name} == {one.package for one in PROGRAMS}
    assert {one["license"] for one in passed_on.values()} <= {"MIT", "Apache-2.0"}
    for name, one in pinned.items():
        assert not name or (one["integrity"].startswith("sha512-") and "resolved" not in one)
