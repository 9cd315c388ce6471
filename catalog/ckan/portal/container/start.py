"""Entry point of a container: `web` migrates the databases and serves CKAN, `worker` runs its background jobs.

Both use the same ckan.ini. The host names of the other containers are fixed here; keys come from the environment
(`portal.env`). Not here: the same without containers (`catalog/ckan/native`), the portal's content
(`catalog/ckan/bootstrap.py`).
"""

# ruff: noqa: INP001 -- no package of ours: it runs inside CKAN's environment, from its folder
import json
import os
import subprocess
import sys
from pathlib import Path
from string import Template

import psycopg2

PORTAL = Path(__file__).resolve().parents[1]
STATE = Path("/srv/portal/state")
PROGRAMS = Path(sys.executable).parent
TOKEN = STATE / "admin.token"


def write_private(file: Path, text: str) -> None:
    """Writes the file so that only its owner can ever read it."""
    file.unlink(missing_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:  # noqa: PTH123 -- a descriptor, not a path
        out.write(text)


def settings() -> str:
    """Returns the text of `ckan.ini` for this portal; KeyError names a missing variable of the environment."""
    return Template((PORTAL / "ckan.ini.in").read_text(encoding="utf-8")).substitute(
        dir=STATE,
        here=PORTAL,
        site_url=os.environ["SITE_URL"].rstrip("/"),
        postgres="postgres:5432",
        redis="redis:6379",
        solr="solr:8983",
        secret_key=os.environ["SECRET_KEY"],
        database_key=os.environ["DATABASE_KEY"],
        datastore_key=os.environ["DATASTORE_KEY"],
    )


def first_start() -> None:
    """Creates or migrates the tables, sets the rights of the DataStore and creates the administrator. May be repeated."""
    wanted = {
        "admin": "admin",
        "email": "admin@example.org",
        "password": os.environ["ADMIN_PASSWORD"],
        "token": not TOKEN.exists(),
    }
    script = [sys.executable, str(PORTAL / "first_start.py")]
    told = subprocess.run(script, input=json.dumps(wanted), stdout=subprocess.PIPE, text=True, check=True).stdout  # noqa: S603 -- fixed arguments
    answer = json.loads(told)
    lines = [line for line in answer["permissions"].splitlines() if not line.startswith("\\")]
    door = psycopg2.connect(
        host="postgres", user="postgres", password=os.environ["SUPERUSER_KEY"], dbname="datastore_default"
    )
    with door, door.cursor() as cursor:
        cursor.execute("\n".join(lines))
    door.close()
    if answer["token"]:
        write_private(TOKEN, answer["token"] + "\n")


def main(role: str) -> None:
    """Replaces this process by the server or the worker. Does not return."""
    if role == "worker":
        os.execv(PROGRAMS / "ckan", ["ckan", "jobs", "worker"])  # noqa: S606 -- fixed arguments
    (STATE / "storage").mkdir(exist_ok=True)
    write_private(STATE / "ckan.ini", settings())
    first_start()
    size = ["--no-control-socket", "--workers", "2", "--threads", "4", "--timeout", "600"]
    served = ["--pythonpath", str(PORTAL), "--bind", "0.0.0.0:5000", *size, "wsgi:application"]
    os.execv(PROGRAMS / "gunicorn", ["gunicorn", *served])  # noqa: S606 -- fixed arguments


if __name__ == "__main__":
    main(sys.argv[1])
