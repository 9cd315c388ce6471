import re
from pathlib import Path

import html5lib
import pytest
from jinja2 import Environment, UndefinedError
from pydantic import ValidationError

from catalog.pages import FOLDER, make_environment, read_stylesheet, read_texts, render_bilingual_page
from schemas.text import Text

HOSTILE = """<script>alert(1)</script><img src=x onerror=alert(1)>"'&{{ 7*7 }}{zh}"""
TITLE = Text(zh="回执", en="Receipt")
SAID = re.compile(r"""\bt\(\s*["']([\w.-]+)["']\s*(~?)""")


@pytest.fixture
def folder(tmp_path):
    def write(body):
        (tmp_path / "body.html.j2").write_text(body, encoding="utf-8")
        return tmp_path

    return write


def both(folder, synthetic=False, **view):
    return render_bilingual_page(make_environment(folder), "body.html.j2", title=TITLE, synthetic=synthetic, **view)


def test_a_template_is_compiled_once_for_all_environments_and_again_when_it_has_changed(folder, monkeypatch):
    compiled, plain = [], Environment._compile
    monkeypatch.setattr(
        Environment, "_compile", lambda env, source, name: compiled.append(Path(name).name) or plain(env, source, name)
    )
    assert "<h1>one</h1>" in both(folder("<h1>one</h1>"))
    assert "body.html.j2" in compiled
    compiled.clear()
    assert "<h1>one</h1>" in both(folder("<h1>one</h1>"))
    assert compiled == []
    assert "<h1>two</h1>" in both(folder("<h1>two</h1>"))
    assert compiled == ["body.html.j2"]


def test_every_sentence_is_there_in_both_languages_with_the_same_places():
    for key, text in read_texts(FOLDER / "texts.yaml").items():
        assert text.zh.strip(), key
        assert text.en.strip(), key
        assert sorted(re.findall(r"{+(\w+)}+", text.zh)) == sorted(re.findall(r"{+(\w+)}+", text.en)), key


def test_templates_say_only_sentences_that_exist_and_every_sentence_is_said():
    keys = set(read_texts(FOLDER / "texts.yaml"))
    found = [hit for path in FOLDER.glob("*.j2") for hit in SAID.findall(path.read_text(encoding="utf-8"))]
    whole, beginnings = {key for key, more in found if not more}, {key for key, more in found if more}
    assert whole <= keys
    assert all(any(key.startswith(beginning) for key in keys) for beginning in beginnings)
    code = "".join(path.read_text(encoding="utf-8") for path in FOLDER.parent.rglob("*.py"))
    unsaid = {
        k for k in keys - whole if not k.startswith(tuple(beginnings)) and f'"{k}"' not in code and f"'{k}'" not in code
    }
    assert {key for key in unsaid if f'"{key.partition(".")[0]}.{{' not in code and not by_a_script(key)} == set()


def by_a_script(key):
    """Whether a script or the view of its words names it: `finder.script.free` is `words.free`."""
    scripts = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("finder*.js"))
    view = (FOLDER.parent / "finder" / "finder_page.py").read_text(encoding="utf-8")
    first, group, name = [*key.split("."), ""][:3]
    if first != "finder":
        scripts = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob(f"{first}*.js"))
        return group == "script" and re.search(rf"words\.{name}\b", scripts) is not None
    said = f"words.{name}" in scripts or (name.startswith("state_") and 'words["state_"' in scripts)
    return said if group == "script" else f'f"{group}.{{' in view or f'["{group}"]' in view or f"['{group}']" in view


def test_a_page_in_both_languages_is_valid_html_and_escapes_what_it_says(folder):
    page = both(
        folder('<h1 id="{{ lang }}-top">{{ said }}</h1><p title="{{ said }}">{{ text | said }}</p>'),
        said=HOSTILE,
        text=TITLE,
    )
    html5lib.HTMLParser(strict=True).parse(page)
    assert "<script>alert" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;") == 4
    assert all(f'<div class="in-{lang}" lang="{tag}">' in page for lang, tag in (("zh", "zh-CN"), ("en", "en")))


def test_a_hostile_title_is_escaped_too(folder):
    page = render_bilingual_page(
        make_environment(folder("<h1>x</h1>")), "body.html.j2", title=Text(zh=HOSTILE, en=HOSTILE), synthetic=False
    )
    html5lib.HTMLParser(strict=True).parse(page)
    assert "<script>alert" not in page


def test_a_page_that_is_one_file_asks_for_nothing(folder):
    page = both(folder("<h1>x</h1>"))
    assert read_stylesheet() in page
    assert not re.search(r"""(src|href)=["'](?!#)""", page)
    assert "<link" not in page
    assert "script-src 'none'" in page


def test_synthetic_data_say_so_in_both_languages_and_true_data_do_not(folder):
    marks = ("示例数据（虚构）", "synthetic sample data")
    made_up, true = both(folder("<h1>x</h1>"), synthetic=True), both(folder("<h1>x</h1>"))
    assert all(mark in made_up and mark not in true for mark in marks)


def test_the_signals_come_with_a_mark_and_a_word(folder):
    page = both(folder('{% from "macros.html.j2" import signal with context %}{{ signal("mend", "x<y") }}'))
    assert "✖</span> <strong>需修改</strong> <span>x&lt;y</span>" in page
    assert "<strong>To mend</strong>" in page


def test_a_name_that_the_view_does_not_give_is_an_error(folder):
    with pytest.raises(UndefinedError):
        both(folder("{{ forgotten }}"))


def test_a_sentence_that_does_not_exist_is_an_error(folder):
    with pytest.raises(KeyError):
        both(folder('{{ t("no.such.sentence") }}'))


def test_two_files_of_sentences_cannot_claim_the_same_key(folder):
    with pytest.raises(ValueError, match=r"site\.name"):
        make_environment(folder("x"), texts={"site.name": TITLE})


def test_a_sentence_in_one_language_is_refused(tmp_path):
    (tmp_path / "texts.yaml").write_text("a: {zh: 只有中文}\n", encoding="utf-8")
    with pytest.raises(ValidationError):
        read_texts(tmp_path / "texts.yaml")


def test_the_sheet_names_no_outside_address_and_cannot_end_its_element():
    assert "url(" not in read_stylesheet()
    assert "@import" not in read_stylesheet()
    assert "</" not in read_stylesheet()


def test_a_character_that_turns_the_direction_of_text_is_shown_as_its_number(folder):
    page = both(folder("<p>{{ name }}</p>"), name="gpj\u202efdp\u2067<b>")
    assert "<p>gpj[U+202E]fdp[U+2067]&lt;b&gt;</p>" in page
    assert not re.search("[\u202e\u2067]", page)


def test_the_options_of_a_command_are_not_broken_and_a_hostile_name_in_it_stays_text(folder):
    page = both(folder("<code>{{ name | whole_words }}</code>"), name=f"run --as <b> {'-' * 40}")
    assert f'<code>run <span class="word">--as</span> &lt;b&gt; {"-" * 40}</code>' in page
