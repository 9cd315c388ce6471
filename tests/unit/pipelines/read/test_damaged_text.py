"""Damaged cells are found with what they held; look-alikes and fields of codes are left alone."""

import pytest

from pipelines.read import read_file
from support.contracts import contract_with
from support.files import text

CONTRACT = contract_with(
    [
        {"name": "id", "title": "编号"},
        {"name": "name", "title": "名称"},
        {"name": "code", "title": "编码", "constraints": {"pattern": ".*"}},
    ]
)


def findings_of(folder, cell, column="名称"):
    cells = {"编号": "1", "名称": "公园", "编码": "x"} | {column: cell}
    quoted = ",".join('"' + value.replace('"', '""') + '"' for value in cells.values())
    path = text(folder, f"编号,名称,编码\n{quoted}\n2,沈阳市和平区体育公园,y\n")
    return [finding for finding in read_file(path, CONTRACT).findings if finding.row]


@pytest.mark.parametrize(
    ("cell", "fix"),
    [
        ("娌堥槼甯傚拰骞冲尯浣撹偛棣?", "沈阳市和平区体育馆"),
        ("ÉòÑôÊÐºÍÆ½ÇøÌåÓý¹Ý", "沈阳市和平区体育馆"),
        ("æ²ˆé˜³å¸‚å’Œå¹³åŒºä½“è‚²é¦†", "沈阳市和平区体育馆"),
        ("锟斤拷锟斤拷育馆", None),
        ("烫烫烫屯屯屯", None),
        ("????体育馆", None),
        ("?埠村健身广场", None),
        ("沈阳市???", None),
        ("????", None),
        ("和平区\ue123体育馆", None),
        ("\ue817公园", "\U00020089公园"),
        ("\uf06c 体育馆", "体育馆"),
    ],
)
def test_a_damaged_text_is_an_error_on_its_cell_with_what_it_held(tmp_path, cell, fix):
    (found,) = findings_of(tmp_path, cell)
    assert (found.type, found.severity, found.row, found.field, found.fix) == ("damaged-text", "error", 2, "name", fix)
    assert (fix is None) == ("已经丢失" in found.message.zh)


def test_replacement_characters_are_reported_once(tmp_path):
    assert [finding.type for finding in findings_of(tmp_path, "沈阳\ufffd\ufffd馆")] == ["encoding-error"]


@pytest.mark.parametrize("cell", ["口口体育馆", "□□体育馆"])
def test_boxes_typed_off_a_screen_are_only_looked_at(tmp_path, cell):
    (found,) = findings_of(tmp_path, cell)
    assert (found.type, found.severity) == ("doubtful-text", "warning")


@pytest.mark.parametrize(
    "cell",
    ["你吃了吗??", "为什么???", "https://a.cn/??x.js", "What is it??", "口口相传", "李锟", "烫烫", "屯屯", "真的?", "A?B", "Café", "龢䶮㐂", "서울", "□是 □否", "××区", "水温 10℃～25℃ ± 1"],
)  # fmt: skip
def test_ordinary_text_is_no_damage(tmp_path, cell):
    assert findings_of(tmp_path, cell) == []


def test_fields_of_codes_are_left_to_their_patterns(tmp_path):
    assert findings_of(tmp_path, "????体育馆", "编码") == []
