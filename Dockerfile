# rarml on the CPU:  docker build -t rarml .
#                    docker run --rm -v "$PWD:/work" rarml score CYP26A1 DHRS3 --out answers
FROM python:3.12-slim

# torch from an index with CPU builds is a tenth of the size; say which with --build-arg TORCH_INDEX=…
ARG TORCH_INDEX=""
WORKDIR /opt/rarml
COPY constraints.txt requirements.lock ./
RUN pip install --no-cache-dir ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} --constraint constraints.txt torch \
    && pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY models models
COPY rarml rarml
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
    && useradd --create-home rarml
USER rarml
WORKDIR /work
ENTRYPOINT ["rarml"]
CMD ["--help"]
