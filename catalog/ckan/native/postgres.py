"""PostgreSQL: its cluster, the roles and databases of CKAN, and the publisher's access to the DataStore.

    ckan_default         owns both databases                          CKAN itself
    datastore_default    reads the DataStore                          visitors' queries
    sportlake_publisher  may become ckan_default, in the DataStore    the platform's COPY and swap

PostgreSQL refuses to run as root, so root's portal runs it as another user; if that user cannot enter the state folder
(a private clone), the data are in a folder outside it. Not here: tables (CKAN makes them).
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from catalog.ckan.native.commands import CommandRunner, SystemAccount, run_as
from catalog.ckan.native.paths import PortalPaths
from catalog.ckan.native.state import HOST, PortalState, SecretKeys
from schemas.errors import CatalogueError
from schemas.text import Text

SUPERUSER = "postgres"
MAIN, DATASTORE = "ckan_default", "datastore_default"
OWNER, READER, PUBLISHER = "ckan_default", "datastore_default", "sportlake_publisher"
_SETTINGS = f"""
listen_addresses = '{HOST}'
unix_socket_directories = ''
shared_buffers = 256MB
max_wal_size = 2GB
work_mem = 16MB
max_connections = 80
"""
_LET_GO = "ALTER SYSTEM SET wal_recycle = off"
"""Segments of the log are deleted, not kept under another name: what was erased must not stay in one (`forgetting.py`)."""
_SHARED = Path("/var/tmp")  # noqa: S108 -- survives a restart; a folder of somebody else's there is refused below
_PRIVATE = 0o700


def postgres_account() -> SystemAccount | None:
    """Returns the user that runs PostgreSQL; None (our own) unless we are root."""
    if os.geteuid() != 0:
        return None
    for name in (SUPERUSER, "nobody"):
        try:
            known = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemAccount(known.pw_name, known.pw_uid, known.pw_gid, Path(known.pw_dir))
    raise CatalogueError(
        Text(
            zh="PostgreSQL 不能以 root 运行，而系统中没有用户 postgres 或 nobody；请建立用户 postgres，或以普通用户运行",
            en="PostgreSQL must not run as root, and there is no user postgres or nobody; make a user postgres, or run this as an ordinary user",
        )
    )


def data_folder(place: PortalPaths, who: SystemAccount | None) -> Path:
    """Returns PostgreSQL's data folder: in the state folder, or one its user can enter, named after that folder."""
    if who is None or can_enter(place.folder, who):
        return place.postgres
    owns_home = who.home.is_dir() and who.home.stat().st_uid == who.uid
    return (who.home if owns_home and can_enter(who.home, who) else _SHARED) / unique_name(place)


def unique_name(place: PortalPaths) -> str:
    """Returns the name of this portal's data folder where it cannot be below the state folder."""
    return f"sportlake-{hashlib.sha256(os.fsencode(place.folder)).hexdigest()[:16]}"


def can_enter(folder: Path, who: SystemAccount) -> bool:
    """Returns whether that user can reach the contents of the folder."""
    command = ["test", "-x", str(folder)]
    return subprocess.run(command, cwd="/", check=False, **run_as(who)).returncode == 0  # noqa: S603 -- words of ours


def make_cluster(
    commands: CommandRunner, programs: Path, data: Path, keys: SecretKeys, who: SystemAccount | None
) -> None:
    """Creates a cluster in `data`; a partial one is removed first. CatalogueError if the folder is not ours."""
    owner = who.uid if who else os.geteuid()
    if data.is_symlink() or (data.exists() and data.stat().st_uid not in {owner, os.geteuid()}):
        raise CatalogueError(
            Text(
                zh=f"{data} 属于其他用户，不能用来存放数据库；请移走它再试",
                en=f"{data} belongs to somebody else and cannot hold the database; move it away and try again",
            )
        )
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=_PRIVATE)
    password = data.with_name(f"{data.name}.password")
    password.unlink(missing_ok=True)
    with open(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:  # noqa: PTH123 -- a descriptor, not a path
        out.write(keys.superuser.get_secret_value())
    try:
        if who:
            for path in (data, password):
                os.chown(path, who.uid, who.gid)
        words: list[str | Path] = [
            "-D",
            data,
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-A",
            "scram-sha-256",
            f"--pwfile={password}",
            "-U",
            SUPERUSER,
        ]
        commands.run_command("initdb", [programs / "initdb", *words], account=who)
    finally:
        password.unlink()
    with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(_SETTINGS)


def connect_superuser(state: PortalState, keys: SecretKeys, database: str) -> "psycopg.Connection[tuple[object, ...]]":
    """Returns a connection as superuser, in autocommit mode."""
    return psycopg.connect(
        host=HOST,
        port=state.postgres,
        user=SUPERUSER,
        password=keys.superuser.get_secret_value(),
        dbname=database,
        autocommit=True,
        connect_timeout=10,
    )


def is_answering(state: PortalState, keys: SecretKeys) -> bool:
    """Returns whether PostgreSQL takes connections; OSError means not yet."""
    try:
        with connect_superuser(state, keys, "postgres") as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError as closed:
        raise ConnectionError(str(closed)) from closed
    return True


def make_databases(state: PortalState, keys: SecretKeys) -> None:
    """Creates missing roles and databases; sets keys and rights again. Keys are sent as SCRAM verifiers only."""
    passwords = {OWNER: keys.database, READER: keys.datastore, PUBLISHER: keys.publisher}
    with connect_superuser(state, keys, "postgres") as connection:
        for role, key in passwords.items():
            name, inherit = sql.Identifier(role), sql.SQL("NOINHERIT" if role == PUBLISHER else "INHERIT")
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN {}").format(name, inherit))
            verifier = connection.pgconn.encrypt_password(
                key.get_secret_value().encode(), role.encode(), b"scram-sha-256"
            )
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(verifier.decode())))
        for database in (MAIN, DATASTORE):
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
                made = sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0")
                connection.execute(made.format(sql.Identifier(database), sql.Identifier(OWNER)))
        for closed in (MAIN, DATASTORE, "postgres", "template1"):
            connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(sql.Identifier(closed)))
        for database, role in ((MAIN, OWNER), (DATASTORE, OWNER), (DATASTORE, READER), (DATASTORE, PUBLISHER)):
            granted = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}")
            connection.execute(granted.format(sql.Identifier(database), sql.Identifier(role)))
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(OWNER), sql.Identifier(PUBLISHER)))
        connection.execute(_LET_GO)
        connection.execute("SELECT pg_reload_conf()")


def run_script(state: PortalState, keys: SecretKeys, script: str) -> None:
    """Runs CKAN's own script of DataStore rights in the DataStore; its psql line is replaced by connecting there."""
    plain = "\n".join(line for line in script.splitlines() if not line.startswith("\\"))
    with connect_superuser(state, keys, DATASTORE) as connection:
        connection.execute(plain.encode())


def publisher_address(state: PortalState, keys: SecretKeys) -> str:
    """Returns the publisher's address of the DataStore: it acts as the owner from the first statement on."""
    key = quote(keys.publisher.get_secret_value(), safe="")
    options = quote(f"-c role={OWNER}", safe="")
    return f"postgresql://{PUBLISHER}:{key}@{HOST}:{state.postgres}/{DATASTORE}?options={options}"
