"""Health of one service, for docker-compose.yml and monitoring: `python deploy/healthcheck.py web|beat`; exit 0 or 1.

web: /healthz answers 200, asked for by the first host name the portal serves. beat: its schedule file was written
lately (beat writes it every three minutes while it runs). The worker is asked by `celery inspect ping`.
"""

import http.client
import os
import sys
import time
from pathlib import Path

PORT = int(os.environ.get("GRANIAN_PORT", "8000"))
BEAT_SCHEDULE = os.environ.get("BEAT_SCHEDULE", "var/beat/schedule")
BEAT_SILENT_SECONDS = 600


def host():
    """The first served name; a pattern (`.example.kr`, `*`) becomes a name it matches."""
    first = os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split(",")[0].strip()
    return first.lstrip(".").replace("*", "localhost") or "localhost"


def web():
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
    connection.request("GET", "/healthz", headers={"Host": host()})
    return connection.getresponse().status == 200


def beat():
    # The dbm behind the schedule may add a suffix of its own.
    written = [path.stat().st_mtime for path in Path(BEAT_SCHEDULE).parent.glob(Path(BEAT_SCHEDULE).name + "*")]
    return bool(written) and time.time() - max(written) < BEAT_SILENT_SECONDS


if __name__ == "__main__":
    try:
        healthy = {"web": web, "beat": beat}[sys.argv[1]]()
    except OSError as error:
        print(error, file=sys.stderr)
        healthy = False
    sys.exit(not healthy)
