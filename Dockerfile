# The API and the console script `sas`, without a Java of their own: Elasticsearch runs elsewhere
# (SAS_ELASTICSEARCH_URL).
FROM python:3.11-slim AS build
WORKDIR /build
COPY pyproject.toml README.md constraints.txt ./
COPY api api
COPY cli cli
COPY downloads downloads
COPY editors editors
COPY elastic elastic
COPY geography geography
COPY indexers indexers
COPY lrm lrm
COPY mappings mappings
COPY records records
COPY search_engine search_engine
COPY simulation simulation
COPY slots slots
COPY worker worker
# The versions that the tests ran with, and no others.
RUN python -m venv /opt/sas && /opt/sas/bin/pip install --no-cache-dir -c constraints.txt .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin sas
COPY --from=build /opt/sas /opt/sas
ENV PATH=/opt/sas/bin:$PATH PYTHONUNBUFFERED=1 XDG_DATA_HOME=/var/tmp
USER sas
EXPOSE 8000
CMD ["sas", "serve", "--host", "0.0.0.0"]
