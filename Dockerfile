# gleanings in a container: `serve` for the browser, `sync` every hour (compose.yaml runs both).
FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
RUN pip install --no-cache-dir build && python -m build --wheel --outdir /dist .

FROM python:3.13-slim
COPY --from=build /dist/*.whl /src/constraints.txt /tmp/install/
RUN wheel=$(echo /tmp/install/*.whl) \
    && pip install --no-cache-dir --constraint /tmp/install/constraints.txt "$wheel[browse]" \
    && rm -r /tmp/install \
    && useradd --create-home --uid 1000 reader
USER reader
# The configuration names paths below these folders: /graph (read), /notes and /library (written).
ENV GLEANINGS_CONFIG=/library/config.toml
WORKDIR /library
ENTRYPOINT ["gleanings"]
CMD ["--help"]
