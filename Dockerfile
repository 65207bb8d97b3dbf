# One image for web, worker and beat; the command says which (docker-compose.yml).
FROM python:3.11-slim-bookworm

ENV LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore

# Pango and a Korean font: for the A4 prints as PDF.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
# Before the code: a change of the code then keeps this layer.
COPY requirements.txt .
RUN pip install -r requirements.txt

COPY . .
# The process writes below var only; a new named volume takes over these owners.
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal var var/static var/media var/beat \
    && python -m compileall -q geumcheon councils projects budgets forums voting

USER portal
RUN SECRET_KEY=build deploy/collect-static
EXPOSE 8000
ENTRYPOINT ["deploy/entrypoint"]
CMD ["granian", "--interface=wsgi", "--host=0.0.0.0", "--port=8000", "--workers=2", "--blocking-threads=4", "--respawn-failed-workers", "geumcheon.wsgi:application"]
