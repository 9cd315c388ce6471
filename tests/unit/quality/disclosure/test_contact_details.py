"""Home addresses are told from those of offices; mobile numbers and mailboxes: `test_personal_numbers.py`."""

import re

import pytest

from quality.disclosure.contact_details import (
    email_domain_pattern,
    find_home_addresses,
    find_mobiles,
    find_private_emails,
)


def homes(text, *, of_person=False):
    return [one.masked for one in find_home_addresses(text, of_person=of_person)]


@pytest.mark.parametrize(
    "text",
    ["家庭住址:沈阳市和平区南京南街24号", "家庭地址 大连市西岗区长白街15号楼2单元301室", "现住址:某县某镇某村3组", "户籍所在地:丹东市东港市某镇某屯", "Home address: 12号 南京街",
     "家庭住址为阳光花园8栋1202"],
)  # fmt: skip
def test_an_address_after_the_word_for_a_home_is_one(text):
    assert homes(text) == ["********"]


@pytest.mark.parametrize(
    "text",
    [
        "报名需填写家庭住址和联系电话",
        "家庭住址与学校在同一区的优先",
        "沈阳市和平区南京南街24号",
        "地址:沈阳市皇姑区崇山东路10号2楼",
        "家庭住址",
        "体育馆3号楼2单元301室",
        "户籍地址不限",
        "村委会",
    ],
)
def test_the_word_alone_and_the_address_of_an_office_are_none(text):
    assert homes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "15号楼2单元301室",
        "阳光花园8栋1202",
        "南京南街24号3-5-2",
        "某村三组12号",
        "幸福小区5号楼二单元三层1号",
        "B座12号楼1单元502",
    ],
)
def test_a_flat_is_a_home_in_a_row_about_a_person(text):
    assert homes(text, of_person=True) == ["********"]
    assert homes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "沈阳市和平区南京南街24号",
        "第3组第2名",
        "男子12-3-501",
        "4x100米接力3组",
        "2026年3月1日",
        "A组12号",
        "体操队12号",
        "U13乡村组3队",
        "2号楼",
        "院内体育场二层",
    ],
)
def test_addresses_of_schools_groups_and_numbers_of_players_are_no_homes(text):
    assert homes(text, of_person=True) == []


def test_a_mobile_and_a_mailbox_are_found_and_an_amount_is_not():
    assert [one.masked for one in find_mobiles("电话13800138000")] == ["138********"]
    assert list(find_mobiles("13800138000元")) == []
    assert [one.masked for one in find_private_emails("a@qq.com，b@tyj.ln.gov.cn")] == ["***@qq.com"]


def test_the_pattern_of_providers_has_one_group():
    assert re.compile(email_domain_pattern()).groups == 1
