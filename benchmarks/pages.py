"""Project list and one project over HTTP, beside a hello view under the same server: granian as docker-compose.yml runs it."""

import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from statistics import median

from benchmarks import scratch

ROUNDS = 300
WARM_UP = 30
PAGES = {"hello": "/hello", "project list": "/projects/2021/", "one project": "/projects/2021/1/"}


def measure():
    """{page: (median seconds, bytes)} over ROUNDS rounds; each round asks for every page once, one connection kept alive."""
    with scratch.database() as (env, _), serving(env) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        times = {name: [] for name in PAGES}
        sizes = {}
        for turn in range(WARM_UP + ROUNDS):
            for name, path in PAGES.items():
                seconds, sizes[name] = timed(connection, path)
                if turn >= WARM_UP:
                    times[name].append(seconds)
        connection.close()
        return {name: (median(times[name]), sizes[name]) for name in PAGES}


def timed(connection, path):
    start = time.perf_counter()
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    seconds = time.perf_counter() - start
    if response.status != 200:
        raise SystemExit(f"{path} answered {response.status}")
    return seconds, len(body)


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
