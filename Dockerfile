# The service, or a worker, in one image:
#   docker build -t hirevision-interviews .
#   docker run --env-file .env -p 8000:8000 hirevision-interviews    # for a reverse proxy only
#   docker run --env-file .env --stop-timeout 60 hirevision-interviews flask --app service worker
# With what reads recordings, whose licences docs/licences.md lists:
#   docker build --target analysis -t hirevision-interviews:analysis .
FROM python:3.11-slim-bookworm AS base

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --system --uid 10001 --no-create-home service

WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE gunicorn.conf.py ./
COPY email_templates email_templates
COPY service service
# Editable, because the email templates are outside the package.
RUN pip install -c constraints.txt -e .

EXPOSE 8000
# gunicorn reads gunicorn.conf.py in this folder. It and a worker shut down cleanly on SIGTERM.
CMD ["gunicorn"]

FROM base AS analysis
RUN pip install -c constraints.txt -e '.[analysis]'
# It needs /tmp, where a recording lies without a name while it is read.
USER 10001
CMD ["flask", "--app", "service", "analyst"]

# The last stage is the default: without the extra.
FROM base AS service
# It reads its files and writes none.
USER 10001
