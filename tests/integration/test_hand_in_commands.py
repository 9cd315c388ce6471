"""The commands about hand-ins as people run them: answers, exit codes, the way back, the state of things."""

import pytest
import yaml
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.installation import load_workspace
from pipelines.submissions.inbox.inbox import list_arrivals
from pipelines.submissions.receipts.receipt_files import read_receipt
from schemas.people import Person, format_people
from support.contracts import descriptor_with
from support.installed import POLICY, SITES, drop, installed_for_commands
from support.people import PEOPLE
from warehouse.atomic_files import file_sha256
from warehouse.layout import Layout


@pytest.fixture
def settings(tmp_path, monkeypatch):
    return installed_for_commands(tmp_path, monkeypatch)


def sportlake(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)


def submit(tmp_path, content, *more, name="a.csv"):
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    return sportlake("submit", file, "--dataset", "site", "--department", "210100", *more)


def number_in(result):
    return next(word for word in result.stdout.replace("：", " ").split() if word.startswith("RCPT-"))


def test_each_answer_names_the_receipt_and_what_stands(settings, tmp_path):
    first = submit(tmp_path, SITES)
    assert (first.exit_code, "nothing stood before" in first.stdout) == (0, True)
    again = submit(tmp_path, SITES)
    assert (again.exit_code, number_in(again), "nothing changed" in again.stdout) == (0, number_in(first), True)
    second = submit(tmp_path, f"{SITES}S3,30\n")
    assert f"replaced {number_in(first)} (2 rows)" in second.stdout
    bad = submit(tmp_path, "code,area\nS1,x\n")
    assert (bad.exit_code, f"{number_in(second)} (3 rows) still does" in bad.stdout) == (1, True)
    assert submit(tmp_path, "").exit_code == 2
    back = submit(tmp_path, SITES)
    assert (back.exit_code, number_in(back) != number_in(first)) == (0, True)
    workspace = load_workspace(settings)
    assert workspace.lake.read_current(workspace.contracts["site"]).num_rows == 2


@pytest.mark.usefixtures("settings")
def test_the_answer_of_a_file_that_is_taken_names_its_warnings(tmp_path):
    assert "请核对" not in submit(tmp_path, SITES).stdout
    answer = submit(tmp_path, SITES, "--period", "2025")
    assert answer.exit_code == 0
    assert "请核对：与已接收的 site/210100/2026 是完全相同的文件（1 处）" in answer.stdout


ANSWERS = {
    "warnings": "code,area,备注\nS1,10,x\n",
    "accept": SITES,
    "hold_back": "code,area\n" + "".join(f"S{at},1\n" for at in range(30)) + "S30,x\n",
    "quarantine": "code,area\nS1,x\n",
    "refused": "",
}


@pytest.mark.parametrize("case", ANSWERS)
def test_the_answer_asks_to_mend_by_a_day_where_the_receipt_does_and_nowhere_else(settings, tmp_path, case):
    for _ in range(2):
        told = submit(tmp_path, ANSWERS[case])
        page = (settings.home / "receipts" / f"{number_in(told)}.html").read_text(encoding="utf-8")
        asks = "前按下列提示修改" in page
        assert (asks, "前修改后重新报送" in told.stdout) == (case in {"hold_back", "quarantine", "refused"},) * 2


def test_more_kinds_of_findings_than_are_shown_are_counted(settings, tmp_path):
    path = settings.contracts / "site.yaml"
    names = [f"f{at}" for at in range(7)]
    descriptor = descriptor_with(["code", *(f"{name}:number" for name in names)], name="site", policy=POLICY)
    path.write_text(yaml.safe_dump(descriptor, allow_unicode=True, sort_keys=False), encoding="utf-8")
    told = submit(tmp_path, f"code,{','.join(names)}\nS1{',x' * 7}\n").stdout
    assert told.count("(1)") == 3
    assert "另有 4 类问题，见回执" in told


def test_who_approved_a_release_is_said_as_it_is_on_record(settings, tmp_path):
    """In a home with sample data, where a person approves for one role and a sample person for the other."""
    approvals = {"roles": ["steward", "confidentiality"]}
    site = descriptor_with(["code", "area:number"], name="site", policy={**POLICY, "approvals": approvals})
    (settings.contracts / "site.yaml").write_text(yaml.safe_dump(site, allow_unicode=True), encoding="utf-8")
    layout = Layout(settings.home)
    layout.synthetic_marker.touch()
    invented = Person(name="示例审查员", roles=("confidentiality",), synthetic=True)
    layout.people.write_text(format_people([*PEOPLE, invented]), encoding="utf-8")
    submit(tmp_path, SITES)
    sportlake("approve", "site", "--as", "tester")
    told = sportlake("run").stdout
    assert ("2026.11.1" in told, "数据管理员、保密审查员（虚构）" in told) == (True, True)


def index_page(settings, department="210100"):
    return (settings.home / "receipts" / f"{department}.html").read_text(encoding="utf-8")


REFUSED = [
    (["--period", "2036"], "a.csv", SITES, "2036 has not begun"),
    (["--period", "2026-13"], "a.csv", SITES, "2026-13”不符合要求"),
    (["--period", "../../x"], "a.csv", SITES, "is not a period"),
    ([], "program.exe", "MZ\x00\x01" * 90, "program"),
    ([], "a.part", "", "0 bytes"),
]


@pytest.mark.parametrize(("more", "name", "content", "said"), REFUSED, ids=lambda one: str(one)[:12])
def test_a_refused_hand_in_has_a_receipt_an_entry_and_a_line_in_the_index(
    settings, tmp_path, more, name, content, said
):
    result = submit(tmp_path, content, *more, name=name)
    number = number_in(result)
    assert (result.exit_code, "refused: 1" in result.stdout) == (2, True)
    workspace = load_workspace(settings)
    receipt = read_receipt(workspace, number)
    assert (receipt.outcome, receipt.sha256) == ("refused", file_sha256(tmp_path / name))
    assert [e.facts["outcome"] for e in workspace.ledger.find_entries("verdict", "number", number)] == ["refused"]
    assert workspace.layout.quarantine_folder(number).is_dir()
    assert f"{number}.html" in index_page(settings)
    assert said in result.stdout or name == "program.exe"
    again, entries = submit(tmp_path, content, *more, name=name), len(workspace.ledger.read_entries())
    assert (again.exit_code, number_in(again)) == (2, number)
    assert len(workspace.ledger.read_entries()) == entries
    assert list_arrivals(workspace) == []
    assert workspace.lake.current_version(workspace.contracts["site"]) is None


def test_a_department_that_does_not_hand_in_the_dataset_gets_a_receipt_too(settings, tmp_path):
    path = settings.contracts / "site.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("- city_bureau", "- '210200'"), encoding="utf-8")
    result = submit(tmp_path, SITES)
    assert (result.exit_code, "210200 大连市体育局" in result.stdout) == (2, True)
    assert "what stands is unchanged" in result.stdout
    assert number_in(result) in index_page(settings)


def test_a_refused_file_is_handed_in_rightly_and_asks_for_nothing_any_more(settings, tmp_path):
    refused = number_in(submit(tmp_path, SITES, "--period", "2036"))
    assert refused in sportlake("status").stdout
    assert submit(tmp_path, SITES).exit_code == 0
    came, _, rest = sportlake("status").stdout.partition("有效数据 What stands")
    assert "退回后已另行报送" in came
    assert refused not in rest
    assert "退回后已另行报送" in index_page(settings)


def test_bytes_that_were_refused_for_a_period_to_come_are_taken_once_it_has_begun(settings, tmp_path, monkeypatch):
    refused = submit(tmp_path, SITES, "--period", "2027")
    monkeypatch.setenv("SPORTLAKE_CLOCK", "2027-01-04T09:00:00+08:00")
    taken = submit(tmp_path, SITES, "--period", "2027")
    assert (refused.exit_code, taken.exit_code) == (2, 0)
    assert number_in(taken) != number_in(refused)
    assert number_in(submit(tmp_path, SITES, "--period", "2027")) == number_in(taken)
    drop(settings, "210100", "site_2028.csv", SITES)
    sportlake("run")
    monkeypatch.setenv("SPORTLAKE_CLOCK", "2028-01-04T09:00:00+08:00")
    drop(settings, "210100", "site_2028.csv", SITES)
    assert "accepted: 1" in sportlake("run").stdout


def test_a_wrong_hand_in_goes_back_and_the_release_follows(settings, tmp_path):
    submit(tmp_path, SITES)
    sportlake("run")
    wrong = submit(tmp_path, "code,area\nS1,1\nX2,2\n")
    assert "2026.11.2" in sportlake("run").stdout
    taken_back = sportlake("retract", number_in(wrong), "--reason", "错了年度")
    assert (taken_back.exit_code, "what stands now: 2 rows" in taken_back.stdout) == (0, True)
    assert "2026.11.3" in sportlake("run").stdout
    page = (settings.home / "catalogue" / "dataset" / "site" / "index.html").read_text(encoding="utf-8")
    assert "错了年度" in page
    assert sportlake("retract", number_in(wrong), "--reason", "再错").exit_code == 2
    assert sportlake("retract", number_in(wrong), "--undo", "--reason", "没错").exit_code == 0


@pytest.mark.usefixtures("settings")
def test_a_steward_accepts_and_a_department_says_complete(tmp_path):
    many = "code,area\n" + "".join(f"S{at},1\n" for at in range(30))
    submit(tmp_path, many)
    waits = submit(tmp_path, SITES)
    assert (waits.exit_code, "28" in waits.stdout) == (1, True)
    assert submit(tmp_path, SITES, "--complete").exit_code == 0
    submit(tmp_path, many)
    waits = submit(tmp_path, f"{SITES}S3,3\n")
    accepted = sportlake("accept", number_in(waits), "--reason", "核实过", "--as", "tester")
    assert (accepted.exit_code, "tester" in accepted.stdout) == (0, True)
    assert sportlake("ledger", "verify").exit_code == 0
    dry = sportlake("rejudge", "site")
    assert (dry.exit_code, "0 of 1 would change" in dry.stdout) == (0, True)


def test_a_refusal_of_the_gate_is_no_nothing_to_do_and_names_who_must_mend(settings):
    drop(settings, "210100", "site_2026.csv", SITES)
    drop(settings, "210200", "site_2026.csv", f"{SITES}S9,90\n")
    for _ in range(2):
        result = sportlake("run")
        assert result.exit_code == 1
        assert "Nothing new to release" not in result.stdout
        for said in ("S1", "210100/2026", "210200/2026", "RCPT-"):
            assert said in result.stdout
    refused = sportlake("release", "site")
    assert (refused.exit_code, "Nothing new" in refused.stdout) == (1, False)
    assert len(load_workspace(settings).ledger.read_entries("refusal")) == 1


def test_the_status_says_what_stands_what_waits_what_is_not_released_and_who_is_late(settings, tmp_path):
    drop(settings, "210100", "site_2025.csv", SITES)
    drop(settings, "210100", "site_2026.csv", f"{SITES}S3,3\n")
    drop(settings, "210200", "site_2026.csv", "code,area\nS8,much\n")
    sportlake("run")
    told = sportlake("status").stdout
    line = next(one for one in told.splitlines() if one.strip("│ ").startswith("site"))
    assert [cell.strip() for cell in line.split("│")][3:5] == ["1", "3"] or " 1 " in line
    for said in ("site/210200/2026", "2026-11-25", "退回修改", "逾期未报"):
        assert said in told
    submit(tmp_path, f"{SITES}S4,4\n")
    assert "待发布" in sportlake("status").stdout


def test_the_index_of_receipts_is_there_after_a_hand_in(settings, tmp_path):
    number = number_in(submit(tmp_path, SITES))
    assert number in (settings.home / "receipts" / "210100.html").read_text(encoding="utf-8")


def test_a_dataset_of_which_everything_was_taken_back_is_public_no_more_until_that_is_undone(settings, tmp_path):
    number = number_in(submit(tmp_path, SITES))
    sportlake("run")
    files, page = (settings.home / "catalogue" / part for part in ("releases/site", "dataset/site/index.html"))
    sportlake("retract", number, "--reason", "误报")
    ran = sportlake("run")
    assert (ran.exit_code, "all data of this dataset were taken back: 误报" in ran.stdout) == (0, True)
    assert (files.exists(), "误报" in page.read_text(encoding="utf-8")) == (False, True)
    assert "withdrawn" in sportlake("status").stdout
    sportlake("retract", number, "--undo", "--reason", "没有误报")
    assert sportlake("run").exit_code == 0
    assert files.exists()


def test_taken_back_and_put_in_force_again_nothing_is_due_after_one_run(settings, tmp_path):
    number = number_in(submit(tmp_path, SITES))
    assert sportlake("run").exit_code == 0
    assert sportlake("retract", number, "--reason", "误报").exit_code == 0
    assert sportlake("retract", number, "--undo", "--reason", "没有误报").exit_code == 0
    assert "due: sportlake run" in sportlake("status").stdout
    sportlake("run")
    workspace = load_workspace(settings)
    entries = workspace.ledger.read_head()
    runs = sorted((settings.home / "dagster").rglob("*"))
    status = sportlake("status").stdout
    assert "all that stands is released" in status
    assert "Nothing new to release." in sportlake("run").stdout
    assert workspace.ledger.read_head() == entries
    assert sorted((settings.home / "dagster").rglob("*")) == runs


def test_work_says_which_hand_ins_stand_and_what_waits_for_the_department_until_when(settings, tmp_path):
    first = number_in(submit(tmp_path, SITES))
    bad = number_in(submit(tmp_path, "code,area\nS1,x\n", "--period", "2025"))
    said = sportlake("work", "--department", "210100", "--period", "2026").stdout
    assert (first in said, bad in said.partition("Work items")[0]) == (True, False)
    assert "有效 stands" in said
    every = sportlake("work", "--department", "210100").stdout
    assert bad in every
    deadline = read_receipt(load_workspace(settings), bad).deadline.day
    assert str(deadline) in every.partition("Work items")[2]
    assert "请修改后重新报送" in every.partition("Work items")[2].replace("\n", "")
    assert "210200" not in every
    assert "210200" in sportlake("work").stdout
    refused = sportlake("work", "--department", "999999")
    assert (refused.exit_code, "no department 999999" in refused.output) == (2, True)
    assert sportlake("work", "--period", "2026").exit_code == 2


@pytest.mark.usefixtures("settings")
def test_status_says_what_came_today(tmp_path):
    assert "nothing was handed in today" in sportlake("status").stdout
    number = number_in(submit(tmp_path, SITES))
    said = sportlake("status").stdout
    assert (number in said, "Handed in today: 1" in said) == (True, True)
    assert "desk/index.html" in said.replace("\n", "")


def test_a_key_that_another_department_has_is_said_at_once(settings, tmp_path):
    submit(tmp_path, SITES)
    file = tmp_path / "b.csv"
    file.write_text("code,area\nS2,99\nS9,1\n", encoding="utf-8")
    said = sportlake("submit", file, "--dataset", "site", "--department", "210200").stdout
    assert "第 2 行：编码 S2 也在" in said
    assert (settings.home / "desk" / "index.html").is_file()
