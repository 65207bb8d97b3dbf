"""Pages over HTTP, beside a hello view under the same server: granian as docker-compose.yml runs it; the plan times ten."""

import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from statistics import median
from urllib.parse import quote

from benchmarks import scratch

TIMES = 10
ROUNDS = 300
WARM_UP = 30
PAGES = {
    "hello": "/hello",
    "home": "/",
    "search": f"/search/?q={quote('안양천')}",
    "project list": "/projects/2021/",
    "one project": "/projects/2021/1/",
}
CONDITIONAL = ("home", "search", "project list", "one project")


def measure():
    """{"pages": {page: (median seconds, bytes)}, "conditional": {page: (median seconds, status)}, "queries": {page: (once, times ten)}}.

    Each of ROUNDS rounds asks for every page once, one connection kept alive. Conditional: asked again with the page's ETag.
    """
    with scratch.database() as (env, connection):
        once = queries(env)
        grow(connection, env)
        with serving(env) as port:
            http = HTTPConnection("127.0.0.1", port, timeout=30)
            times, again, sizes, states = ({name: [] for name in PAGES} for _ in range(4))
            for turn in range(WARM_UP + ROUNDS):
                for name, path in PAGES.items():
                    seconds, sizes[name], etag, _ = timed(http, path)
                    if turn >= WARM_UP:
                        times[name].append(seconds)
                    if name in CONDITIONAL:
                        seconds, _, _, states[name] = timed(http, path, {"If-None-Match": etag})
                        if turn >= WARM_UP:
                            again[name].append(seconds)
            http.close()
        ten = queries(env)
    return {
        "pages": {name: (median(times[name]), sizes[name]) for name in PAGES},
        "conditional": {name: (median(again[name]), states[name]) for name in CONDITIONAL},
        "queries": {name: (once[name], ten[name]) for name in CONDITIONAL},
    }


def grow(connection, env):
    """Lines, indicators and meetings times ten, sums and search index made again."""
    scratch.clone_lines(connection, TIMES - 1)
    scratch.clone(connection, "projects_indicator", TIMES - 1, order='"order" + 20 * copy')
    scratch.clone(connection, "councils_meeting", TIMES - 1, no="no + 1000 * copy")
    scratch.manage(env, "refresh_rollups")
    scratch.manage(env, "shell", "-v0", "-c", "from geumcheon.search import index; index.rebuild()")


def queries(env):
    """{page: number of queries} of one warm request each, in a process of its own."""
    output = subprocess.run(
        [sys.executable, "-m", "benchmarks.pages"],
        cwd=scratch.ROOT,
        env=env,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return json.loads(output)


def count():
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, counted = Client(headers={"host": "127.0.0.1"}), {}
    for name in CONDITIONAL:
        client.get(PAGES[name])
        with CaptureQueriesContext(connection) as captured:
            client.get(PAGES[name])
        counted[name] = len(captured)
    return counted


def timed(http, path, headers=None):
    start = time.perf_counter()
    http.request("GET", path, headers=headers or {})
    response = http.getresponse()
    body = response.read()
    seconds = time.perf_counter() - start
    if response.status not in (200, 304):
        raise SystemExit(f"{path} answered {response.status}")
    return seconds, len(body), response.headers.get("ETag", ""), response.status


@contextmanager
def serving(env):
    scratch.manage(env, "collectstatic", "--noinput")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["--interface=wsgi", f"--port={port}", "--workers=2", "--blocking-threads=4", "--log-level=error"]
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", *command, "benchmarks.wsgi:application"], cwd=scratch.ROOT, env=env
    )
    try:
        for _ in range(300):
            try:
                HTTPConnection("127.0.0.1", port, timeout=5).connect()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


if __name__ == "__main__":
    print(json.dumps(count()))
