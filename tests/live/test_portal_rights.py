"""Who may do what on a portal of ours: the publisher publishes and no more, visitors read, PostgreSQL holds the same line."""

import stat
import uuid

import psycopg
import pytest
import requests
from ckanapi import NotAuthorized, RemoteCKAN
from pydantic import SecretStr

from catalog.ckan.bootstrap import PUBLISHER, bootstrap_portal, desired_groups, desired_organisations
from catalog.entry import stable_id
from schemas.departments import read_departments

DATASET = "portal-rights-test"


@pytest.fixture
def publisher(connection):
    with RemoteCKAN(connection.url, connection.token.get_secret_value()) as ckan:
        yield ckan


@pytest.fixture
def administrator(connection, admin_token):
    with RemoteCKAN(connection.url, admin_token) as ckan:
        yield ckan


@pytest.fixture
def dataset(publisher, administrator):
    made = publisher.action.package_create(
        name=DATASET,
        title="权限测试",
        owner_org=stable_id("department", "ln-qunti"),
        groups=[{"name": "facility"}],
    )
    yield made
    administrator.action.dataset_purge(id=made["id"])


def test_a_prepared_portal_holds_departments_and_families_under_their_ids(administrator):
    for one in (*desired_organisations(read_departments()), *desired_groups()):
        found = administrator.call_action(f"{one.kind}_show", {"id": one.id, "include_datasets": False})
        assert (found["name"], found["title"]) == (one.name, one.title.zh)
        assert {"key": "title_en", "value": one.title.en}.items() <= found["extras"][0].items()


def test_preparing_a_prepared_portal_writes_nothing(connection, admin_token, portal_place):
    before = portal_place.publisher_token.read_bytes()
    assert (
        bootstrap_portal(connection.url, SecretStr(admin_token), read_departments(), portal_place.publisher_token) == 0
    )
    assert portal_place.publisher_token.read_bytes() == before


def test_a_title_changed_by_hand_is_put_right_and_nothing_else_is_touched(
    connection, admin_token, portal_place, administrator
):
    one = desired_groups()[0]
    administrator.action.group_patch(id=one.id, title="changed", extras=[{"key": "title_en", "value": one.title.en}])
    assert (
        bootstrap_portal(connection.url, SecretStr(admin_token), read_departments(), portal_place.publisher_token) == 1
    )
    found = administrator.action.group_show(id=one.id, include_users=True, include_datasets=False)
    assert found["title"] == one.title.zh
    assert PUBLISHER in {user["name"] for user in found["users"]}


@pytest.mark.usefixtures("dataset")
def test_the_publisher_puts_a_dataset_into_an_organisation_and_a_group(publisher):
    shown = publisher.action.package_show(id=DATASET)
    assert shown["organization"]["name"] == "ln-qunti"
    assert [group["name"] for group in shown["groups"]] == ["facility"]


@pytest.mark.usefixtures("dataset")
def test_the_publisher_is_no_administrator(publisher, administrator):
    assert administrator.action.user_show(id=PUBLISHER)["sysadmin"] is False
    refused = {
        "organization_create": {"name": "not-mine"},
        "group_create": {"name": "not-mine"},
        "group_patch": {"id": "facility", "title": "mine"},
        "organization_patch": {"id": "ln-qunti", "title": "mine"},
        "user_create": {"name": "friend", "email": "friend@example.org", "password": "long enough 1"},
        "dataset_purge": {"id": DATASET},
        "config_option_update": {"ckan.site_title": "mine"},
    }
    for action, said in refused.items():
        with pytest.raises(NotAuthorized):
            publisher.call_action(action, said)


@pytest.mark.usefixtures("dataset")
def test_visitors_read_and_neither_write_nor_sign_up(connection):
    with RemoteCKAN(connection.url) as visitor:
        assert visitor.action.package_show(id=DATASET)["name"] == DATASET
        for action in ("package_create", "user_create", "resource_create", "organization_create"):
            with pytest.raises(NotAuthorized):
                visitor.call_action(action, {"name": "nobody", "package_id": DATASET, "email": "n@example.org"})
    assert requests.get(f"{connection.url}/user/register", timeout=60).status_code in {403, 404}
    assert (
        requests.get(f"{connection.url}/api/3/action/datastore_search_sql?sql=SELECT 1", timeout=60).status_code == 400
    )


@pytest.fixture
def account(connection, administrator):
    """Makes an account with a role in an organisation, or in none, and gives what it asks with.

    Its name is one that there was never before: CKAN keeps those of deleted accounts.
    """
    made = []

    def make(organisation=None, role="member"):
        name = f"rights-{uuid.uuid4().hex}"
        told = {"name": name, "email": f"{name}@example.org", "password": f"long enough {uuid.uuid4().hex}"}
        made.append(administrator.action.user_create(**told)["id"])
        if organisation:
            administrator.action.organization_member_create(id=organisation, username=name, role=role)
        return RemoteCKAN(connection.url, administrator.action.api_token_create(user=name, name="test")["token"])

    yield make
    for one in made:
        administrator.action.user_delete(id=one)


def may_read(asking):
    """Whether the private dataset is shown and found; both or neither."""
    try:
        shown = asking.action.package_show(id=DATASET)["private"]
    except NotAuthorized:
        shown = False
    found = asking.action.package_search(fq=f"name:{DATASET}", include_private=True)["count"] == 1
    assert shown is found
    return shown


def test_a_private_dataset_is_read_by_members_of_its_organisation_and_by_administrators_alone(
    account, dataset, publisher, administrator, connection
):
    publisher.action.package_patch(id=dataset["id"], private=True)
    assert may_read(publisher)
    assert may_read(administrator)
    assert may_read(account("ln-qunti"))
    assert not may_read(account("ln-bangongshi", "admin"))
    assert not may_read(account())
    with RemoteCKAN(connection.url) as visitor:
        assert not may_read(visitor)


@pytest.fixture
def organisations(administrator, dataset):
    """An organisation and one below it; the dataset is back in its own afterwards."""
    above, below = (f"rights-{uuid.uuid4().hex}" for _ in range(2))
    administrator.action.organization_create(name=above)
    try:
        administrator.action.organization_create(name=below, groups=[{"name": above}])
        yield above, below
        administrator.action.package_patch(id=dataset["id"], owner_org=dataset["owner_org"])
        administrator.action.organization_purge(id=below)
    finally:
        administrator.action.organization_purge(id=above)


def test_who_administers_an_organisation_reads_what_those_below_it_keep_private(
    account, dataset, organisations, administrator
):
    above, below = organisations
    administrator.action.package_patch(id=dataset["id"], private=True, owner_org=below)
    assert may_read(account(above, "admin"))
    assert not may_read(account(above, "editor"))
    assert not may_read(account("ln-qunti"))


def test_the_publishers_database_key_opens_the_datastore_as_its_owner_and_nothing_else(connection):
    address = connection.database.get_secret_value()
    table = f"rights_{uuid.uuid4().hex}"
    with psycopg.connect(address) as door:
        assert door.execute("SELECT current_user, session_user").fetchone() == ("ckan_default", "sportlake_publisher")
        door.execute(f"CREATE TABLE {table} (one int)")
        owner = door.execute("SELECT tableowner FROM pg_tables WHERE tablename = %s", [table]).fetchone()
        door.rollback()
    assert owner == ("ckan_default",)
    for other in ("ckan_default", "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(address.replace("/datastore_default", f"/{other}"))
    with psycopg.connect(address) as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute("SELECT pg_read_file('/etc/hostname')")


def test_without_its_role_the_publishers_database_user_may_touch_nothing(connection):
    bare = connection.database.get_secret_value().partition("?")[0]
    with psycopg.connect(bare) as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute("CREATE TABLE public.rights_bare (one int)")


def test_files_with_keys_are_for_their_owner_alone_and_logs_hold_none(portal_place):
    named = ("keys.json", "ckan.ini", "admin.token", "admin.password", "publisher.token", "publisher.database")
    for file in (portal_place.folder / name for name in named):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    secret = [
        (portal_place.folder / name).read_text().strip()
        for name in ("admin.token", "admin.password", "publisher.token")
    ]
    for log in portal_place.run.glob("*.log"):
        said = log.read_bytes()
        assert not [one for one in secret if one.encode() in said], log.name


def test_every_answer_carries_the_headers_of_the_house(connection):
    for path in ("/", "/dataset", "/api/3/action/status_show", "/nothing-here"):
        headers = requests.get(f"{connection.url}{path}", timeout=60).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "SAMEORIGIN", path
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin", path
        assert "object-src 'none'" in headers["Content-Security-Policy"], path


def test_a_release_file_is_served_for_ever_and_can_do_nothing(connection, portal_place):
    folder = portal_place.releases / "rights" / "1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.csv").write_text("a,b\n", encoding="utf-8")
    answer = requests.get(f"{connection.files_url}/rights/1/page.csv", timeout=60)
    assert answer.text == "a,b\n"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert requests.get(f"{connection.files_url}/rights/1/", timeout=60).status_code == 404
    assert requests.get(f"{connection.files_url}/rights/%2e%2e/%2e%2e/%2e%2e/keys.json", timeout=60).status_code == 404
