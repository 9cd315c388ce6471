"""Each check of the domain study is seen to catch and to let pass, or the table says why it cannot be said.

The golden cases themselves are judged by `tests/golden/test_dataset_cases.py`; here the table names only such as exist.
"""

from pathlib import Path

import pytest
import yaml

from schemas.relations import read_relations
from support.dataset_cases import read_every_golden

TABLE = yaml.safe_load((Path(__file__).parent / "domain_checks.yaml").read_text(encoding="utf-8"))
CHECKS = TABLE["checks"]
CASES = {
    f"{case.dataset}/{case.check}": case for golden in read_every_golden().values() for case in golden.cases
}  # fmt: skip
FIRST = {"LIC": 0}
every_check = pytest.mark.parametrize("check", CHECKS)


def test_the_table_has_every_check_of_the_study_once_and_in_order():
    numbered = [
        f"{section}-{number:02d}"
        for section, count in TABLE["sections"].items()
        for number in range(FIRST.get(section, 1), FIRST.get(section, 1) + count)
    ]
    assert [check for check in CHECKS if check[0] != "1"] == numbered
    assert len(numbered) == 125


@every_check
def test_a_check_has_cases_or_says_why_it_has_none(check: str):
    entry = CHECKS[check]
    assert set(entry) <= {"says", "cases", "in_part", "unsaid", "relation", "relations"}
    assert entry["says"]
    assert ("unsaid" in entry) != bool(entry.get("cases") or entry.get("relation") or entry.get("relations"))
    assert "in_part" not in entry or entry.get("cases"), "only what is said at all is said in part"
    assert all(
        isinstance(entry[name], str) and entry[name] for name in ("in_part", "unsaid", "relation") if name in entry
    )


@every_check
def test_the_cases_of_a_check_exist_and_are_caught_on_one_side_only(check: str):
    for name in CHECKS[check].get("cases", ()):
        assert name in CASES, f"there is no golden case {name}"
        assert CASES[name].caught != CASES[name].passes


@every_check
def test_the_relations_of_a_check_are_written(check: str):
    assert set(CHECKS[check].get("relations", ())) <= {one.id for one in read_relations()}
