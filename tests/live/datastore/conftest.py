"""Fixtures of the tests of DataStore tables: a dataset of their own on the portal, its resources, and released files."""

import hashlib
from uuid import uuid4

import psycopg
import pyarrow as pa
import pytest

from catalog.ckan.datastore.datastore import DataStore
from catalog.ckan.datastore.table_schema import TableSchema, datastore_fields
from support.datastore_tables import DATASET, ROWS, SHAPE, Cells, Portal, Released
from warehouse.distributions import write_csv


@pytest.fixture(scope="module")
def portal(connection, admin_token):
    portal = Portal(connection.url, admin_token)
    for kind, words in (("organization", {}), ("package", {"owner_org": f"{DATASET}-org"})):
        name = f"{DATASET}-org" if kind == "organization" else DATASET
        if portal.ask(f"{kind}_show", id=name).status_code == 404:
            portal.do(f"{kind}_create", name=name, title=name, **words)
    yield portal
    portal.do("dataset_purge", id=DATASET)
    portal.do("organization_purge", id=f"{DATASET}-org")


@pytest.fixture
def tables(connection):
    with DataStore(connection.database) as tables:
        yield tables


@pytest.fixture
def aside(connection):
    """A second connection, for looking behind and for cutting the first."""
    with psycopg.connect(connection.database.get_secret_value(), autocommit=True) as con:
        yield con


@pytest.fixture
def resource(portal, connection):
    """The id of a new resource; nothing of it is left afterwards."""
    made = portal.do(
        "resource_create", package_id=DATASET, name="table", url=f"{portal.url}/released.csv", format="CSV"
    )
    yield made["id"]
    with DataStore(connection.database) as tables:
        tables.drop_table(made["id"])
    portal.do("resource_delete", id=made["id"])


@pytest.fixture
def unlisted(connection):
    """The id of a resource of which CKAN has not heard, for what only PostgreSQL is asked about."""
    resource_id = str(uuid4())
    yield resource_id
    with DataStore(connection.database) as tables:
        tables.drop_table(resource_id)


@pytest.fixture
def released(tmp_path):
    """Writes a file as a release has it: `released(rows, number, shape)`."""

    def write(rows: Cells = ROWS, release: str = "2026.11.1", shape: TableSchema = SHAPE) -> Released:
        path = tmp_path / f"{release}.csv"
        columns = zip(*rows, strict=True) if rows else [()] * len(shape.columns)
        cells = [pa.array(list(cells), pa.string()) for cells in columns]
        write_csv(pa.table(dict(zip(shape.names, cells, strict=True))), path)
        return Released(path, hashlib.sha256(path.read_bytes()).hexdigest(), shape, release, len(rows))

    return write


@pytest.fixture
def active(portal, resource):
    """The resource after its first `datastore_create`: CKAN has an empty table of it."""
    portal.do("datastore_create", resource_id=resource, force=True, fields=datastore_fields(SHAPE), primary_key=list(SHAPE.primary_key), aliases=[f"alias-{resource}"])  # fmt: skip
    return resource
