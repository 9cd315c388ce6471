"""gunicorn's entry point: CKAN with the settings that CKAN_INI names, and our headers. Run with this folder on the path."""

# ruff: noqa: INP001 -- no package of ours: it runs inside CKAN's environment, from its folder
import os
from logging.config import fileConfig

from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from headers import with_headers

ini = os.environ["CKAN_INI"]
fileConfig(ini)
application = with_headers(make_app(CKANConfigLoader(ini).get_config()))
