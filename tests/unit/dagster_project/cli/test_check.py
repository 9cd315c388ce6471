"""`sportlake check`: exit codes, one JSON object and nothing else, nothing written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from dagster_project.cli import app
from support.contracts import descriptor_with
from support.installed import POLICY, SITES, installed

PLAIN = {
    "name": "plain",
    "resources": [
        {
            "name": "first",
            "path": "first.csv",
            "schema": {"fields": [{"name": "code", "type": "string"}, {"name": "n", "type": "integer"}]},
        },
        {"name": "second", "path": "second.csv", "schema": {"fields": [{"name": "day", "type": "date"}]}},
    ],
}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings = installed(tmp_path)
    monkeypatch.setenv("SPORTLAKE_HOME", str(settings.home))
    monkeypatch.setenv("SPORTLAKE_CONTRACTS", str(settings.contracts))
    return tmp_path


def check(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["check", *map(str, arguments)], catch_exceptions=False)


def answer(*arguments: object) -> tuple[int, dict]:
    result = check(*arguments, "--format", "json")
    assert result.stdout.count("\n") == 1
    return result.exit_code, json.loads(result.stdout)


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def descriptor(folder: Path, value: object = PLAIN) -> Path:
    return written(folder, "descriptor.yaml", yaml.safe_dump(value))


def test_a_good_file_is_accepted_with_exit_0(workspace):
    code, said = answer(written(workspace, "a.csv", SITES), "--dataset", "site")
    assert code == 0
    assert said["verdict"] == "accept"
    assert said["findings"] == []
    assert said["file"]["rows"] == 2
    assert said["file"]["encoding"] == "utf-8"
    assert len(said["file"]["sha256"]) == 64


def test_the_answer_has_exactly_the_promised_keys(workspace):
    _, said = answer(written(workspace, "a.csv", "code,area\nS1,much\n"), "--dataset", "site")
    assert list(said) == ["verdict", "file", "counts", "findings", "truncated", "decisions", "rewrites"]
    assert list(said["file"]) == ["sha256", "format", "encoding", "rows"]
    promised = ["judge", "type", "severity", "row", "line", "field", "cell", "value", "message", "mend"]
    assert sorted(said["findings"][0]) == sorted(promised)
    assert list(said["findings"][0]["message"]) == ["zh", "en"]


def test_a_finding_that_knows_the_right_value_proposes_it(workspace):
    file = written(workspace, "a.csv", "code,area\nS1,约500\n")
    assert [
        (f["value"], f["fix"]) for f in answer(file, "--dataset", "site")[1]["findings"] if f["field"] == "area"
    ] == [("约500", "500")]
    assert "建议值" in check(file, "--dataset", "site").stdout


def test_errors_are_exit_1_and_rows_count_from_the_header(workspace):
    code, said = answer(written(workspace, "a.csv", "code,area\nS1,1\nS2,much\n"), "--dataset", "site")
    assert code == 1
    assert said["counts"] == {"type-error": 1}
    (found,) = said["findings"]
    assert (found["judge"], found["row"], found["field"], found["value"]) == ("cell", 3, "area", "much")


def test_a_finding_names_row_and_line_where_a_cell_above_holds_a_line_break(workspace):
    file = written(workspace, "a.csv", '\ufeffcode,area\r\n"S\r\n1",1\r\n\r\nS2,much\r\n')
    _, said = answer(file, "--dataset", "site")
    assert [(f["row"], f["line"]) for f in said["findings"] if f["field"] == "area"] == [(4, 5)]
    assert "4 (line 5)" in check(file, "--dataset", "site").stdout


def test_the_list_is_cut_and_says_so_but_counts_are_true(workspace):
    file = written(workspace, "a.csv", "code,area\n" + "".join(f"S{n},x\n" for n in range(9)))
    _, said = answer(file, "--dataset", "site", "--max-findings", 2)
    assert (len(said["findings"]), said["truncated"], said["counts"]) == (2, True, {"type-error": 9})
    _, said = answer(file, "--dataset", "site", "--max-findings", 0)
    assert (len(said["findings"]), said["truncated"]) == (9, False)


def test_a_clean_file_is_judged_without_pandas_and_a_frame_can_still_be_had(workspace):
    written(workspace, "a.csv", SITES)
    script = """
import sys
from dagster_project.cli import app
app(["check", "a.csv", "--dataset", "site", "--format", "json"], standalone_mode=False)
assert not {"pandas", "great_expectations", "dagster"} & set(sys.modules)
import pyarrow as pa
assert pa.table({"a": [1]}).to_pandas().shape == (1, 1)
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=workspace)


def test_a_small_file_is_checked_by_a_plain_descriptor_without_importing_arrow(workspace):
    written(workspace, "a.csv", "code,n\nS1,1\nS2,2\n")
    descriptor(workspace)
    script = """
import sys
from dagster_project.cli import app
app(["check", "a.csv", "--contract", "descriptor.yaml", "--format", "json"], standalone_mode=False)
assert not {"pyarrow", "numpy", "pandas"} & set(sys.modules)
"""
    answered = subprocess.run([sys.executable, "-c", script], check=True, cwd=workspace, capture_output=True, text=True)
    assert json.loads(answered.stdout)["verdict"] == "accept"


def test_nothing_is_written(workspace):
    file = written(workspace, "a.csv", SITES)
    before = sorted(workspace.rglob("*"))
    answer(file, "--dataset", "site")
    assert sorted(workspace.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["missing.csv", "--dataset", "site"], "missing"),
        (["a.csv", "--dataset", "stadium"], "wrong-usage"),
        (["a.csv"], "wrong-usage"),
        (["a.csv", "--dataset", "site", "--contract", "x.yaml"], "wrong-usage"),
        (["a.csv", "--dataset", "site", "--resource", "first"], "wrong-usage"),
        (["a.csv", "--contract", "missing.yaml"], "wrong-usage"),
        (["a.csv", "--contract", "list.yaml"], "wrong-contract"),
        (["a.csv", "--contract", "broken.yaml"], "wrong-contract"),
        (["a.csv", "--contract", "latin.yaml"], "wrong-contract"),
        (["utf16.csv", "--dataset", "site"], None),
        (["empty.csv", "--dataset", "site"], None),
        (["fake.xlsx", "--dataset", "site"], None),
        ([".", "--dataset", "site"], "missing"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_json_with_exit_2(workspace, monkeypatch, arguments, kind):
    monkeypatch.chdir(workspace)
    written(workspace, "a.csv", SITES)
    written(workspace, "list.yaml", "[1, 2]")
    written(workspace, "broken.yaml", "a: [")
    written(workspace, "latin.yaml", "name: é".encode("latin-1"))
    written(workspace, "utf16.csv", SITES.encode("utf-16"))
    written(workspace, "empty.csv", b"")
    written(workspace, "fake.xlsx", b"%PDF-1.7")
    code, said = answer(*arguments)
    assert (code, said["verdict"]) == (2, "refused")
    (found,) = said["findings"]
    assert found["severity"] == "error"
    assert found["message"]["zh"]
    assert found["message"]["en"]
    assert kind is None or found["type"] == kind


def test_a_plain_descriptor_judges_cells_as_its_first_resource(workspace):
    file = written(workspace, "a.csv", "code,n\nx,1\ny,much\n")
    code, said = answer(file, "--contract", descriptor(workspace))
    assert (code, said["verdict"], said["counts"]) == (1, "hold_back", {"type-error": 1})
    assert said["findings"][0]["row"] == 3


def test_another_resource_can_be_named(workspace):
    file = written(workspace, "a.csv", "day\n2026-11-25\n")
    code, said = answer(file, "--contract", descriptor(workspace), "--resource", "second")
    assert (code, said["verdict"]) == (0, "accept")


def test_a_wrong_label_under_a_plain_descriptor_concerns_the_whole_file(workspace):
    code, said = answer(written(workspace, "a.csv", "code,m\nx,1\n"), "--contract", descriptor(workspace))
    assert (code, said["verdict"]) == (1, "quarantine")
    assert said["findings"][0]["row"] is None


def test_an_unknown_resource_is_refused(workspace):
    code, said = answer(written(workspace, "a.csv", "x\n"), "--contract", descriptor(workspace), "--resource", "third")
    assert (code, said["verdict"]) == (2, "refused")


def test_a_contract_of_ours_may_lie_anywhere(workspace):
    code, said = answer(written(workspace, "a.csv", SITES), "--contract", workspace / "contracts" / "site.yaml")
    assert (code, said["verdict"]) == (0, "accept")


def test_people_read_a_table_without_escapes(workspace):
    result = check(written(workspace, "a.csv", "code,area\nS1,\x1b[31mred\n"), "--dataset", "site")
    assert result.exit_code == 1
    assert "red" in result.stdout
    assert "\x1b" not in result.stdout


def test_people_read_words_and_never_the_names_of_rules_or_fields(workspace):
    shown = check(written(workspace, "a.csv", "code,area\nS1,much\n"), "--dataset", "site").stdout
    assert [word for word in ("type-error", "│error ", "constraint") if word in shown] == []
    assert "应修改" in shown


def test_what_to_write_instead_is_said_beside_what_is_wrong(workspace):
    file = written(workspace, "a.csv", "code,area\nS1,much\n")
    (found,) = answer(file, "--dataset", "site")[1]["findings"]
    assert all(found["mend"].values())
    assert found["mend"]["zh"].startswith("请只填数字")
    assert "请只填数字" in check(file, "--dataset", "site").stdout


def test_who_wrote_a_descriptor_reads_the_types_of_errors_as_frictionless_names_them(workspace):
    shown = check(written(workspace, "a.csv", "code,n\nx,much\n"), "--contract", descriptor(workspace)).stdout
    assert "type-error" in shown


NOTED = "报送说明：单位平方米\ncode,area,备注\nS1,1200,好\nS2,１３００,好\n合计,2500,\n"


def test_what_was_decided_while_reading_is_said_in_text_and_in_json(workspace):
    file = written(workspace, "a.csv", NOTED)
    _, said = answer(file, "--dataset", "site")
    assert said["decisions"]
    assert all(decision["zh"] and decision["en"] for decision in said["decisions"])
    assert sum(said["rewrites"].values()) == 1
    shown = check(file, "--dataset", "site").stdout
    assert all(decision["zh"] in shown for decision in said["decisions"])
    assert "统一：" in shown


def test_a_file_is_checked_as_the_hand_in_of_a_department(workspace):
    area = {"kind": "in_area", "field": "division"}
    wanted = descriptor_with(["code", "division"], [area], name="site", policy=POLICY)
    written(workspace / "contracts", "site.yaml", yaml.safe_dump(wanted, allow_unicode=True))
    rows = "code,division\n" + "".join(f"S{at},210203\n" for at in range(1, 6))
    file = written(workspace, "a.csv", rows)
    assert answer(file, "--dataset", "site")[1]["verdict"] == "accept"
    assert answer(file, "--dataset", "site", "--department", "210200")[1]["verdict"] == "accept"
    code, said = answer(file, "--dataset", "site", "--department", "210500", "--period", "2026")
    assert (code, said["verdict"], said["findings"][0]["type"]) == (1, "quarantine", "wrong-department")
    shown = check(file, "--dataset", "site", "--department", "210500").stdout.splitlines()
    assert "数据不属于本单位" in shown[1]


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (["--department", "210100", "--period", "2036"], "period-not-begun"),
        (["--department", "210100", "--period", "2026-13"], "unknown-period"),
        (["--department", "219900"], "wrong-usage"),
    ],
)
def test_a_hand_in_that_would_be_refused_is_refused_by_the_check_too(workspace, options, kind):
    code, said = answer(written(workspace, "a.csv", SITES), "--dataset", "site", *options)
    assert (code, said["verdict"], [found["type"] for found in said["findings"]]) == (2, "refused", [kind])


def test_a_department_goes_with_a_dataset_and_a_period_with_a_department(workspace):
    file = written(workspace, "a.csv", SITES)
    code, said = answer(file, "--contract", descriptor(workspace), "--department", "210100")
    assert (code, said["findings"][0]["type"]) == (2, "wrong-usage")
    assert check(file, "--dataset", "site", "--period", "2026").exit_code == 2


def test_a_wrong_option_is_exit_2_with_an_empty_stdout(workspace):
    result = check(written(workspace, "a.csv", SITES), "--dataset", "site", "--format", "xml")
    assert (result.exit_code, result.stdout) == (2, "")


def test_accepted_proposals_are_listed_with_both_values(workspace):
    file = written(workspace, "site_2026.csv", "code,area,原填值：area,建议值：area\nS1,about10,about10,10\nS2,20,,\n")
    shown = check(file, "--dataset", "site").stdout
    line = next(line for line in shown.splitlines() if "about10" in line)
    assert ("采纳的建议值" in shown, "B2" in line, " 10 " in line) == (True, True, True)
    _, said = answer(file, "--dataset", "site")
    assert said["accepted_proposals"] == [{"row": 2, "field": "area", "cell": "B2", "old": "about10", "new": "10"}]
