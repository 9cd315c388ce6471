#!/bin/bash
# Roles and databases at the container's first start. Without containers catalog/ckan/native/postgres.py creates the same.
set -euo pipefail
psql --quiet --no-psqlrc -v ON_ERROR_STOP=1 -v database="$DATABASE_KEY" -v datastore="$DATASTORE_KEY" \
  -v publisher="$PUBLISHER_KEY" --username postgres <<'SQL'
SET log_min_error_statement = panic;
CREATE ROLE ckan_default LOGIN PASSWORD :'database';
CREATE ROLE datastore_default LOGIN PASSWORD :'datastore';
CREATE ROLE sportlake_publisher LOGIN NOINHERIT PASSWORD :'publisher';
GRANT ckan_default TO sportlake_publisher;
CREATE DATABASE ckan_default OWNER ckan_default ENCODING 'UTF8' TEMPLATE template0;
CREATE DATABASE datastore_default OWNER ckan_default ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE ckan_default, datastore_default, postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE ckan_default TO ckan_default;
GRANT CONNECT ON DATABASE datastore_default TO ckan_default, datastore_default, sportlake_publisher;
SQL
