# The steps are start.py's, the ones that `make` runs: nothing here that is not tried on every machine.
FROM python:3.11-slim-trixie

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
RUN useradd --create-home --uid 10001 soundings
# What backups of PostgreSQL are made with, of the major version that docker-compose.yml runs.
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client-17 && rm -rf /var/lib/apt/lists/*
# What PDFs are drawn with.
RUN apt-get update && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    fonts-dejavu-core && rm -rf /var/lib/apt/lists/*
WORKDIR /app

# The lock first, so that a change of the code does not install everything again.
COPY start.py ./
COPY requirements requirements
RUN python3 start.py install base

COPY manage.py pyproject.toml ./
COPY core core
COPY screening screening
COPY templates templates
COPY static static
RUN python3 start.py static

# What runs may read the code and write nothing but its temporary files.
USER soundings
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 CMD ["python3", "start.py", "alive"]
CMD ["python3", "start.py", "serve"]
