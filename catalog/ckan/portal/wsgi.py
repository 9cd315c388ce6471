"""gunicorn's entry point: CKAN with the settings file that CKAN_INI names, released files, and our headers. This folder must be on the Python path."""

# ruff: noqa: INP001 -- no package of ours: it runs inside CKAN's environment, from its folder
import gc
import mimetypes
import os
from logging.config import fileConfig
from pathlib import Path

from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from headers import with_headers
from released_files import with_released_files

# Release files are served with the media type of their resource, also where the system's own list lacks it.
for media_type, ending in (
    ("text/csv", ".csv"),
    ("application/geo+json", ".geojson"),
    ("application/vnd.apache.parquet", ".parquet"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
):
    mimetypes.add_type(media_type, ending)
ini = os.environ["CKAN_INI"]
fileConfig(ini)
settings = CKANConfigLoader(ini).get_config()
public = Path(settings["extra_public_paths"].rpartition(",")[2])
application = with_headers(with_released_files(make_app(settings), public / "releases"))
# What stands until the process ends is not looked through for garbage again and again.
gc.freeze()
