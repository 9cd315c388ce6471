#!/bin/bash
# At the first start of PostgreSQL: the second database, for Dagster's memory of runs. The first, of the ledger, is made by the image.
set -eu
psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 --command 'CREATE DATABASE dagster'
