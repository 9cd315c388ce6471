"""A plan is opened by the code that packed it and by no other."""

import pytest

from schemas.errors import EngineError
from schemas.execution.worker_plan import make_unreachable_error, open_plan, pack_plan, require_code_version


def test_a_plan_gives_a_worker_the_value_that_was_packed():
    plan = pack_plan({"rows": (1, 2)})
    assert open_plan(plan) == {"rows": (1, 2)}
    assert open_plan(plan) is open_plan(plan._replace()), "units of one work open it once"


def test_a_worker_with_other_code_does_not_open_a_plan():
    plan = pack_plan("value")
    with pytest.raises(EngineError, match=r"other code .* than the command \(0\.1\.0\+0000\); install the same"):
        open_plan(plan._replace(code_version="0.1.0+0000"))
    require_code_version(plan.code_version)


def test_a_file_that_a_worker_does_not_see_is_named_with_what_every_machine_needs():
    wrong = make_unreachable_error("/home/part.rows", FileNotFoundError("no such file"))
    assert "/home/part.rows (no such file)" in wrong.text.en
    assert "at the same path, as the same user" in wrong.text.en
    assert "/home/part.rows" in wrong.text.zh
