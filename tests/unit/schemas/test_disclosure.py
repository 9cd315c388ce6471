"""The settings of the disclosure judge: complete, with sources, and which titles of columns they know."""

import re
from typing import get_args

import pytest
import yaml

from schemas.disclosure import FILE, PersonalKind, disclosure_settings, read_disclosure_settings, title_key
from schemas.errors import ContractError

SETTINGS = disclosure_settings()


def test_every_part_has_its_source_and_every_kind_its_texts():
    parts = [getattr(SETTINGS, name) for name in type(SETTINGS).model_fields if name != "kinds"]
    assert all(part.source and part.about for part in parts)
    assert set(SETTINGS.kinds) == set(get_args(PersonalKind))
    for said in SETTINGS.kinds.values():
        assert said.source
        assert all(text.zh and text.en and text.zh != text.en for text in (said.name, said.message, said.mend))


def test_no_mailbox_of_an_office_is_private():
    domains = SETTINGS.mail_providers.domains
    assert len(domains) == len(set(domains))
    assert all(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", name) for name in domains)
    assert not any(name.endswith((".gov.cn", ".edu.cn")) for name in domains)


def test_every_title_is_written_as_it_is_compared():
    groups = SETTINGS.denied_columns.groups
    titles = [t for g in groups for t in (*g.whole, *g.ending)] + [*SETTINGS.denied_columns.unless]
    titles += [t for role in ("name", "school", "birth_date") for t in getattr(SETTINGS.person_columns, role)]
    assert [t for t in titles if title_key(t) != t] == []


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("身份证号", "identity_card"), ("法定代表人身份证号码", "identity_card"), ("身份证号（必填）", "identity_card"), ("*身 份 证", "identity_card"), ("ID_card No", "identity_card"),
        ("证件号码", "identity_card"), ("手机号", "mobile"), ("联系人手机", "mobile"), ("联系方式（手机号）", "mobile"), ("Mobile phone", "mobile"), ("mobile", "mobile"),
        ("家庭住址", "home_address"), ("home_address", "home_address"), ("银行卡号", "bank_card"), ("护照号码", "passport"), ("军官证号", "officer_card"), ("个人邮箱", "private_email"),
    ],
)  # fmt: skip
def test_a_column_about_a_persons_numbers_may_not_be_published(title, kind):
    assert SETTINGS.find_denied_kind(title) == kind


@pytest.mark.parametrize(
    "title",
    ["联系电话", "办公电话", "电话（不填手机号）", "是否需要身份证", "是否支持手机", "邮箱", "地址", "住所", "证件类型", "automobile", "snowmobile", "手机预约方式", "统一社会信用代码", "许可证号", "证书编号", "id", "name", "", "（备注）"],
)  # fmt: skip
def test_a_column_of_an_office_may(title):
    assert SETTINGS.find_denied_kind(title) is None


@pytest.mark.parametrize(
    ("titles", "role"),
    [(("姓名",), "name"), (("运动员 姓名",), "name"), (("x", "athlete_name"), "name"), (("学校名称",), "school"), (("Date of birth",), "birth_date"), (("名称", "name"), None), (("法定代表人",), None)],
)  # fmt: skip
def test_a_title_says_what_a_column_tells_of_a_person(titles, role):
    assert SETTINGS.find_person_role(*titles) == role


@pytest.mark.parametrize(
    ("change", "said"),
    [({"kinds": {}}, "texts are missing"), ({"extra": 1}, "extra"), ({"provinces": None}, "provinces")],
)
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path, change, said):
    told = yaml.safe_load(FILE.read_text(encoding="utf-8")) | change
    path = tmp_path / "disclosure.yaml"
    path.write_text(yaml.safe_dump(told), encoding="utf-8")
    with pytest.raises(ContractError, match=said):
        read_disclosure_settings(path)
