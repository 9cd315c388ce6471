"""Migrates a portal's databases to this CKAN and creates its administrator. Runs in CKAN's environment; may be repeated.

Reads JSON from stdin: `{"admin": name, "email": ..., "password": ..., "token": whether to create a token}`. Writes JSON to
stdout: `{"permissions": SQL for PostgreSQL's superuser, "token": the token or null}`. One process does everything, because
starting CKAN takes longer than the steps. Secrets pass through pipes, never through arguments or logs. Not here:
organisations, groups and the publisher (`catalog/ckan/bootstrap.py`, through the API).
"""

# ruff: noqa: INP001 -- no package of ours: it runs inside CKAN's environment, from its folder
import contextlib
import json
import os
import sys

from ckan import model
from ckan.cli import CKANConfigLoader
from ckan.cli.db import upgrade
from ckan.config.middleware import make_app
from ckan.lib.i18n import build_js_translations
from ckan.plugins.toolkit import get_action
from ckanext.datastore.cli import permissions_sql


def migrate() -> None:
    """Creates or migrates the tables of CKAN and of its plugins."""
    upgrade.main([], prog_name="db upgrade", standalone_mode=False)


def administrator(wanted: dict[str, str]) -> str | None:
    """Creates the administrator if missing and makes it a sysadmin; returns a new token if one is wanted, else None."""
    if model.User.get(wanted["admin"]) is None:
        facts = {"name": wanted["admin"], "email": wanted["email"], "password": wanted["password"]}
        get_action("user_create")({"ignore_auth": True}, facts)
    user = model.User.get(wanted["admin"])
    if not user.sysadmin:
        user.sysadmin = True
        model.repo.commit_and_remove()
    if not wanted["token"]:
        return None
    made = get_action("api_token_create")({"ignore_auth": True}, {"user": wanted["admin"], "name": "sportlake"})
    return made["token"]


def main() -> None:
    """Runs all steps. What CKAN prints goes to stderr."""
    wanted = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):
        app = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())
        with app._wsgi_app.test_request_context():  # noqa: SLF001 -- as CKAN's own command line does
            migrate()
            build_js_translations()
            token = administrator(wanted)
    permissions = permissions_sql(
        "ckan_default", "datastore_default", "ckan_default", "ckan_default", "datastore_default"
    )
    json.dump({"permissions": permissions, "token": token}, sys.stdout)


if __name__ == "__main__":
    main()
