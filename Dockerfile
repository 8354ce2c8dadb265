# One image for every process; docker-compose.yml says which one a container becomes.
FROM python:3.11-slim AS packages
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 BEAT_SCHEDULE=/var/lib/loyalty/beat
RUN useradd --system --uid 10001 --home-dir /var/lib/loyalty --create-home loyalty \
    && install -d -o loyalty -m 700 /var/lib/loyalty/imports
COPY --from=packages /venv /venv
WORKDIR /srv/loyalty
COPY . .
# Building needs settings but no secret and no server: these two are gone when the container starts.
RUN SECRET_KEY=only-while-building-the-image-and-never-afterwards DATABASE_URL=postgres://nobody@nowhere/nothing \
    sh -c 'python -m dashboard.running.translating && python manage.py collectstatic --no-input --verbosity 0'
USER loyalty
EXPOSE 8000
CMD ["python", "-m", "dashboard.running", "web"]
