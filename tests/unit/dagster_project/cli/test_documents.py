"""`sportlake template` and `guide`: files where they are asked for, and plain words where they cannot be made."""

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("SPORTLAKE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_a_template_is_named_as_the_inbox_asks_unless_told_otherwise(run, tmp_path):
    assert run("template", "facility").exit_code == 0
    assert run("template", "facility", "--department", "210100", "--out", "sub/mine.xlsx").exit_code == 0
    assert (tmp_path / "facility_YYYY.xlsx").read_bytes()[:2] == b"PK"
    assert (tmp_path / "sub" / "mine.xlsx").read_bytes() != (tmp_path / "facility_YYYY.xlsx").read_bytes()


def test_templates_go_into_a_folder_that_is_not_there_yet(run, tmp_path):
    for dataset in ("facility", "event"):
        assert run("template", dataset, "--out", "new/").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["event_YYYY.xlsx", "facility_YYYY.xlsx"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("template", "nothing"), "没有名为 nothing 的数据集"),
        (("template", "facility", "--department", "x"), "没有代码为 x 的报送单位"),
        (("template", "facility", "--department", "ln-qunti"), "报送单位"),
        (("guide", "nothing"), "没有名为 nothing 的数据集"),
    ],
)
def test_what_does_not_exist_is_said_in_words(run, words, said):
    done = run(*words)
    assert (done.exit_code, said in done.output) == (2, True)


def test_the_guide_of_one_dataset_is_its_page_and_the_index(run, tmp_path):
    assert run("guide", "event", "--out", "pages").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == ["event.html", "index.html"]


def test_a_template_for_a_folder_gets_its_usual_name_there(run, tmp_path):
    (tmp_path / "there").mkdir()
    assert run("template", "facility", "--out", "there").exit_code == 0
    assert (tmp_path / "there" / "facility_YYYY.xlsx").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    "words", [("template", "facility", "--out", "file/a.xlsx"), ("guide", "event", "--out", "file")]
)
def test_a_place_that_cannot_be_written_is_said_in_words(run, tmp_path, words):
    (tmp_path / "file").write_text("a file", encoding="utf-8")
    done = run(*words)
    assert (done.exit_code, "无法写入 file" in done.output, "--out" in done.output) == (2, True, True)
