# syntax=docker/dockerfile:1

# The service, or with other arguments any command of spamguard:
#   docker build -t spamguard .
#   docker run --rm --read-only --cap-drop ALL -p 127.0.0.1:8000:8000 -v spamguard-feedback:/feedback \
#     -e SPAMGUARD_TOKENS=... spamguard
#   docker run --rm -i spamguard clean - < article.txt

ARG PYTHON_VERSION=3.12

FROM python:${PYTHON_VERSION}-slim AS build
WORKDIR /build
# For the compiled road; the image itself needs no compiler.
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY src src
COPY models models
COPY training training
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:${PYTHON_VERSION}-slim
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SPAMGUARD_FEEDBACK=sqlite:/feedback/feedback.sqlite
# Mounted, not copied, so that the wheel takes no room in the image.
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --root-user-action=ignore "spamguard[postgres,service] @ file://$(ls /wheels/spamguard-*.whl)"

# The one place that is written, also where the rest is read-only: editors' verdicts outlive the container.
RUN install -d -o 10001 -g 10001 -m 700 /feedback
VOLUME /feedback

# A number, so that an orchestrator can see that it is not root; it owns nothing else.
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/readyz'); sys.exit(c.getresponse().status != 200)"]

ENTRYPOINT ["spamguard"]
# Within the container all addresses; without a token it refuses to, unless --insecure is added.
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
