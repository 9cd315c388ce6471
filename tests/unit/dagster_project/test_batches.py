"""Batches of files: what an engine cannot do holds up nothing but what follows it."""

from contextlib import nullcontext
from dataclasses import replace

import pytest

from dagster_project.batches import judge_all, receive_all
from pipelines.intake import find_unfinished
from pipelines.submissions.inbox.submission import find_submissions
from schemas.errors import EngineError
from schemas.execution.engine import LargeWork, LocalEngine
from schemas.slices import SliceKey
from schemas.text import Text
from support.contracts import contract_with
from support.workspaces import NOW, put, workspace_with
from warehouse.lake.standing import find_standing

LARGE, SMALL = (SliceKey(dataset="site", department=code, period="2026") for code in ("210100", "210200"))


def no_engine():
    raise EngineError(Text(zh="没有应答", en="nobody answers"))


def test_without_its_engine_a_large_file_waits_and_files_of_other_slices_do_not(tmp_path):
    home = workspace_with(tmp_path, contract_with(["code", "n:integer"], name="site"))
    away = replace(home, large_work=LargeWork(1000, 1 << 40, no_engine))
    back = replace(home, large_work=LargeWork(1000, 1 << 40, lambda: nullcontext(LocalEngine())))
    put(home, LARGE.department, "site_2026.csv", "code,n\n" + "".join(f"A{at},1\n" for at in range(300)))
    put(home, SMALL.department, "site_2026.csv", "code,n\nB,1\n")
    received = receive_all(home, [LARGE, SMALL], NOW)
    put(home, LARGE.department, "site_2026.csv", "code,n\nC,1\n")
    received += receive_all(home, [LARGE, SMALL], NOW)
    with pytest.raises(EngineError, match="nobody answers"):
        judge_all(away, received, NOW)
    assert find_standing(home.ledger, str(SMALL)).rows == 1
    assert find_standing(home.ledger, str(LARGE)) is None
    assert len(home.unfinished.list_numbers()) == 2
    judge_all(back, find_submissions(home, [LARGE, SMALL]), NOW)
    assert home.unfinished.list_numbers() == []
    assert find_unfinished(home, []) == []
