"""The file of addresses: who is told, and that an address, which is a secret, appears in no message."""

import pytest

from schemas.errors import ContractError
from schemas.recipients import HEADING, read_recipients

KNOWN = {"210100", "210200"}


def read(tmp_path, text):
    file = tmp_path / "alerts.yaml"
    file.write_text(text, encoding="utf-8")
    return read_recipients(file, KNOWN)


def test_without_a_file_and_in_a_new_one_nobody_is_told(tmp_path):
    assert read_recipients(tmp_path / "alerts.yaml", KNOWN).list_owners() == {}
    assert read(tmp_path, HEADING).list_owners() == {}
    assert read(tmp_path, "").list_owners() == {}


def test_departments_and_roles_have_addresses(tmp_path):
    found = read(
        tmp_path,
        'departments: {"210100": ["mailto://a"], "210200": []}\nroles: {steward: ["mailto://b", "mailto://c"]}',
    )
    assert {owner: len(addresses) for owner, addresses in found.list_owners().items()} == {
        "210100": 1,
        "role:steward": 2,
    }
    assert "mailto" not in repr(found)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("roles: {boss: [secret-key]}", "roles.boss"),
        ('departments: {"999999": [secret-key]}', "999999"),
        ("departments: {210100: [secret-key]}", "departments.210100"),
        ("roles: {steward: secret-key}", "roles.steward"),
        ("nobody: [secret-key]", "nobody"),
        ("roles: [secret-key", "line 2"),
        ("[secret-key]", "departments"),
    ],
)
def test_what_is_wrong_is_said_without_an_address(tmp_path, text, named):
    with pytest.raises(ContractError, match=named) as wrong:
        read(tmp_path, text)
    assert "secret-key" not in str(wrong.value.text.zh + wrong.value.text.en)


def test_a_file_that_others_may_read_is_noticed(tmp_path):
    found = read(tmp_path, HEADING)
    found.file.chmod(0o600)
    assert not found.is_exposed
    found.file.chmod(0o640)
    assert found.is_exposed
    assert not read_recipients(tmp_path / "none.yaml", KNOWN).is_exposed
