"""Sending: to a real mail server, once, recorded only if somebody was reached, and without a secret in any message."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipelines.alerts.sending import describe_addresses, list_unreached, send_digests
from schemas.errors import UsageError
from support.contracts import contract_with
from support.mail import receiving_mail
from support.people import recipients_with
from support.walked import take_all
from support.workspaces import put, workspace_with

NOW = datetime(2026, 6, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def workspace(tmp_path):
    """One file of 210200 was sent back."""
    made = workspace_with(tmp_path, contract_with(["id:integer", "name"], policy={"quarantine": {"share": 0.2}}))
    put(made, "210200", "sample_2026.csv", "id,name\nx,馆\n")
    take_all(made, NOW)
    return made


def test_a_department_gets_one_mail_a_day_and_nothing_twice(workspace):
    with receiving_mail() as (address, mails):
        to = recipients_with(workspace, f'departments: {{"210200": ["{address}&to=office@example.cn"]}}')
        sent = [one for one in send_digests(workspace, to, NOW) if one.digest.owner == "210200"]
        again = [one for one in send_digests(workspace, to, NOW + timedelta(hours=1)) if one.digest.owner == "210200"]
        tomorrow = send_digests(workspace, to, NOW + timedelta(days=1))
    assert [(one.reached, one.addresses) for one in sent] == [(1, 1)]
    assert (again, [one for one in tomorrow if one.digest.owner == "210200"]) == ([], [])
    assert [mail.to for mail in mails] == [("office@example.cn",)]
    assert mails[0].subject.startswith("体育数据开放平台：")
    assert "【退回修改·新增】" in mails[0].text
    assert "[sent back, new]" in mails[0].text


def test_who_cannot_be_reached_is_told_the_next_time(workspace):
    with receiving_mail() as (address, _):
        gone = f'departments: {{"210200": ["{address}&to=office@example.cn"]}}'
    sent = send_digests(workspace, recipients_with(workspace, gone), NOW)
    assert [one.digest.owner for one in list_unreached(sent)] == ["210200"]
    assert not workspace.ledger.read_entries("alert")
    with receiving_mail() as (address, mails):
        back = f'departments: {{"210200": ["{address}&to=office@example.cn"]}}'
        send_digests(workspace, recipients_with(workspace, back), NOW)
    assert len(mails) == 1


def test_who_has_no_address_is_left_for_later(workspace):
    sent = send_digests(workspace, recipients_with(workspace, "departments: {}"), NOW)
    assert {(one.addresses, one.reached) for one in sent} == {(0, 0)}
    assert not list_unreached(sent)
    assert not workspace.ledger.read_entries("alert")


def test_an_address_that_is_none_is_said_without_it(workspace):
    with pytest.raises(UsageError) as wrong:
        send_digests(workspace, recipients_with(workspace, 'departments: {"210200": ["secret-key"]}'), NOW)
    assert "210200" in wrong.value.text.en
    assert "secret-key" not in wrong.value.text.zh + wrong.value.text.en


def test_addresses_are_shown_without_their_password(workspace):
    to = recipients_with(workspace, 'roles: {steward: ["mailtos://me:pass-word@smtp.example.cn?from=a@example.cn"]}')
    shown = describe_addresses("role:steward", to.list_owners()["role:steward"])
    assert "smtp.example.cn" in shown[0]
    assert "pass-word" not in shown[0]
