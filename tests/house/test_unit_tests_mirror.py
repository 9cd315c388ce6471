"""tests/unit mirrors the source: `a/b/c.py` has `tests/unit/a/b/test_c.py` (or `test_c_<aspect>.py`), or is listed with a reason.

The list is `modules_without_unit_tests.yaml`. What runs inside CKAN's own environment is tested by the live tests.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "tests" / "unit"
PACKAGES = ("schemas", "quality", "warehouse", "catalog", "pipelines", "dagster_project")
PORTAL = ROOT / "catalog" / "ckan" / "portal"
GROUPS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "modules_without_unit_tests.yaml").read_text(encoding="utf-8")
)
MODULES = [
    path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if path.stem != "__init__" and not path.is_relative_to(PORTAL)
]


def has_unit_tests(module: Path) -> bool:
    folder = UNIT / module.parent.relative_to(ROOT)
    return (folder / f"test_{module.stem}.py").is_file() or any(folder.glob(f"test_{module.stem}_*.py"))


def test_every_module_has_unit_tests_or_is_listed_once_with_a_reason():
    listed = [name for group in GROUPS for name in group["modules"]]
    assert len(listed) == len(set(listed))
    assert sorted(listed) == sorted(str(path.relative_to(ROOT)) for path in MODULES if not has_unit_tests(path))


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: str(group["reason"]))
def test_a_group_of_the_list_names_its_reason_and_tests_that_exist(group):
    assert group["reason"]
    assert [name for name in group["tests"] if not (ROOT / name).is_file()] == []


def test_every_unit_test_file_belongs_to_a_module():
    modules = {f"{path.parent.relative_to(ROOT)}/{path.stem}" for path in [*MODULES, *PORTAL.rglob("*.py")]}
    packages = {f"{path.parent.relative_to(ROOT)}/{path.parent.name}" for path in MODULES}
    portal = {path.stem for path in PORTAL.rglob("*.py")}
    lost = []
    for file in sorted(UNIT.rglob("test_*.py")):
        folder, stem = file.parent.relative_to(UNIT), file.stem.removeprefix("test_")
        words = stem.split("_")
        stems = ["_".join(words[:count]) for count in range(1, len(words) + 1)]
        if folder == Path("catalog/ckan/portal") and stem in portal:
            continue
        if not any(f"{folder}/{one}" in modules | packages for one in stems):
            lost.append(str(file.relative_to(ROOT)))
    assert lost == []
