"""The ways back from a wrong encoding: right where they exist, and never taken for ordinary text of any language."""

import csv
import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pipelines.read.mojibake import is_garbled, restore_text
from schemas.codelists import FOLDER, open_codelists

LABELS = sorted({code.zh for known in open_codelists().values() for code in known.codes})
LEVEL_ONE = [bytes((lead, trail)).decode("gb2312") for lead in range(0xB0, 0xD7) for trail in range(0xA1, 0xFF)]
NAMES = st.text(st.sampled_from(LEVEL_ONE), min_size=4, max_size=12)


@pytest.mark.parametrize(
    ("garbled", "text"),
    [
        ("娌堥槼甯傚拰骞冲尯浣撹偛棣?", "沈阳市和平区体育馆"),
        ("ÉòÑôÊÐºÍÆ½ÇøÌåÓý¹Ý", "沈阳市和平区体育馆"),
        ("æ²ˆé˜³å¸‚å’Œå¹³åŒºä½“è‚²é¦†", "沈阳市和平区体育馆"),
        ("»ù±¾¹¤×Ê", "基本工资"),
        ("1号ÌåÓý¹Ý", "1号体育馆"),
    ],
)
def test_known_damage_is_undone(garbled, text):
    assert restore_text(garbled) == text


@pytest.mark.parametrize(("right", "wrong"), [("gb18030", "latin-1"), ("utf-8", "latin-1"), ("utf-8", "gb18030")])
@given(text=NAMES)
def test_every_name_of_frequent_characters_comes_back(right, wrong, text):
    try:
        garbled = text.encode(right).decode(wrong)
    except UnicodeDecodeError:
        assume(False)
    if wrong == "latin-1":
        assume(len(set(garbled)) >= 3 and re.search("[À-ÖØ-öø-ÿ]", garbled))
    assert restore_text(garbled) == text


def test_damage_upon_damage_is_undone():
    once = "沈阳市体育场地".encode().decode("latin-1")
    assert restore_text(once.encode().decode("latin-1")) == "沈阳市体育场地"


def test_text_of_which_bytes_are_lost_is_known_but_not_made_up():
    garbled = "鐢ㄤ簬缇や紬浣撹偛鐨勫悎璁?"
    assert (restore_text(garbled), is_garbled(garbled)) == (None, True)


def test_no_label_of_any_code_list_is_taken_for_damage():
    lines = [line for path in sorted(FOLDER.glob("*.csv")) for line in path.read_text(encoding="utf-8").splitlines()]
    cells = [cell for row in csv.reader(lines) for cell in row]
    assert [cell for cell in cells if restore_text(cell) or is_garbled(cell)] == []


@pytest.mark.parametrize(
    "text",
    ["Café Müller à Genève", "Hôtel Ångström, naïve déjà-vu", "서울올림픽경기장", "東京オリンピック", "Đà Nẵng", "××市××区", "××××", "¼½¾¿", "±5°C·20″",
     "龢䶮㐂𠮷𡘙", "浜浣涔浠邡汜濞瀹煜珏璟翀骅赟", "“……”——‘’", "联通", "㎡①②", "Прага", "阿·布·买买提", "½ ¼", "Ñandú", "鄱阳湖畲族滹沱河亳州儋州"],
)  # fmt: skip
def test_other_languages_and_rare_characters_are_no_damage(text):
    assert (restore_text(text), is_garbled(text)) == (None, False)


@given(st.lists(st.sampled_from(LABELS), min_size=1, max_size=4).map("".join))
@example("联通体育馆")
def test_labels_in_any_order_are_no_damage(text):
    assert (restore_text(text), is_garbled(text)) == (None, False)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=10))
def test_chinese_text_of_any_characters_is_no_damage(text):
    assert restore_text(text) is None
