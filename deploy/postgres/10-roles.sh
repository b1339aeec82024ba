#!/bin/sh
# Runs once, when the database is made: the owner role (migrates) and the application role (plain, bound by
# row-level security). The same roles as in suzhou_greenfactory/bootstrap/postgres.py.
set -eu
GF_OWNER_PASSWORD="$(cat "${GF_SECRETS:-/run/secrets}/gf_owner_password")"
GF_APP_PASSWORD="$(cat "${GF_SECRETS:-/run/secrets}/gf_app_password")"
export GF_OWNER_PASSWORD GF_APP_PASSWORD

psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner_password GF_OWNER_PASSWORD
\getenv app_password GF_APP_PASSWORD
set log_min_error_statement = panic;
create role gf_owner login createdb nosuperuser nocreaterole nobypassrls password :'owner_password';
create role gf_app login nocreatedb nosuperuser nocreaterole nobypassrls password :'app_password';
create database gf owner gf_owner;
revoke connect on database gf from public;
grant connect on database gf to gf_app;
SQL
