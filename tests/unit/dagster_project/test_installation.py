"""Who acts in an opened workspace: somebody of the list, otherwise the system account; and who may decide."""

import pytest

from dagster_project.installation import load_deciding_workspace, load_workspace
from dagster_project.settings import Settings
from schemas.errors import UsageError
from schemas.people import SYSTEM_NAME
from support.installed import installed


def acting(settings, who):
    return Settings(home=settings.home, contracts=settings.contracts, who=who, clock=settings.clock)


def test_without_a_name_the_system_account_of_the_list_acts(tmp_path):
    assert load_workspace(installed(tmp_path, who=None)).actor == "automat"


def test_without_a_list_the_platform_itself_acts(tmp_path):
    settings = installed(tmp_path, who=None)
    (settings.home / "people.yaml").unlink()
    assert load_workspace(settings).actor == SYSTEM_NAME


def test_somebody_of_the_list_acts_under_his_name(tmp_path):
    assert load_workspace(installed(tmp_path, who="tester")).actor == "tester"


def test_root_is_refused_and_told_the_way_out(tmp_path):
    with pytest.raises(UsageError, match="--as NAME"):
        load_workspace(installed(tmp_path, who="root"))


def test_a_change_of_the_list_counts_at_once(tmp_path):
    settings = installed(tmp_path, who="新人")
    with pytest.raises(UsageError):
        load_workspace(settings)
    file = settings.home / "people.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "  - {name: 新人, roles: [clerk]}\n", encoding="utf-8")
    assert load_workspace(settings).actor == "新人"


def test_a_steward_decides_a_clerk_the_system_and_nobody_do_not(tmp_path):
    settings = installed(tmp_path)
    assert load_deciding_workspace(settings).actor == "tester"
    for who in ("clerk", "automat", None):
        with pytest.raises(UsageError, match=r"(?s)--as 写明决定人：tester.*data steward or head"):
            load_deciding_workspace(acting(settings, who))


def test_where_nobody_could_decide_the_list_is_named(tmp_path):
    settings = installed(tmp_path, who=None)
    (settings.home / "people.yaml").unlink()
    with pytest.raises(UsageError, match="sportlake people add"):
        load_deciding_workspace(settings)
