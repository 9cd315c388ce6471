"""gunicorn entry point: CKAN_INI names the configuration."""

import os
from logging.config import fileConfig

from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app

ini = os.environ["CKAN_INI"]
fileConfig(ini)
application = make_app(CKANConfigLoader(ini).get_config())
