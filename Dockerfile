FROM node:24-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-progress
COPY assets assets
COPY openslot openslot
RUN npm run build

FROM python:3.13-slim AS packages
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.13-slim
RUN useradd --system --create-home --home-dir /home/openslot openslot \
    && install -d -o openslot -g openslot -m 0700 /data
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONPATH=/app \
    ENVIRONMENT=production \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static \
    BIND=0.0.0.0
COPY --from=packages /venv /venv
WORKDIR /app
COPY openslot openslot
COPY --from=assets /build/openslot/web/static/build openslot/web/static/build
RUN python -m compileall -q openslot \
    && SECRET_KEY=for-the-build-alone ENCRYPTION_KEYS=for-the-build-alone \
       BASE_URL=https://build.invalid DATABASE_URL=postgres://build.invalid/none DATA_DIR=/tmp \
       python -m openslot collectstatic --no-input --verbosity=0
USER openslot
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('PORT', '8000') + '/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "openslot"]
CMD ["web"]
