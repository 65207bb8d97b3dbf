"""The portal's web processes as the image runs them, and a browser that sends again what got no answer."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds of sending again until a browser gives up
TIMEOUT = 20  # seconds of one request
TICKS = os.sysconf("SC_CLK_TCK")


def command(port):
    """The command of the image (Dockerfile), on another address; tests.voting.wsgi only adds where text messages go."""
    told = json.loads(re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[1])
    assert told[0] == "granian" and {"--workers=2", "--respawn-failed-workers"} <= set(told)
    kept = [part for part in told[1:-1] if not part.startswith(("--host=", "--port="))]
    return [
        sys.executable,
        "-m",
        "granian",
        "--host=127.0.0.1",
        f"--port={port}",
        *kept,
        "tests.voting.wsgi:application",
    ]


class Server:
    """granian and its workers."""

    def __init__(self, env, log):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        arguments = {"cwd": ROOT, "env": env, "stdout": log, "stderr": log}
        self.process = subprocess.Popen(command(self.port), start_new_session=True, **arguments)

    def stop(self):
        """All of its processes; a worker that is just starting would not hear a request to stop."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def workers(self):
        """{pid: its age in seconds} of granian's own processes."""
        ages, now = {}, time.clock_gettime(time.CLOCK_BOOTTIME)
        for pid in _read(f"/proc/{self.process.pid}/task/{self.process.pid}/children").split():
            if told := _read(f"/proc/{pid}/stat").rpartition(")")[2].split():
                ages[int(pid)] = now - int(told[19]) / TICKS
        return ages

    def worker_of(self, port):
        """The pid of the worker that holds the connection from a local port; None while it waits to be taken."""
        ours, theirs = f"0100007F:{self.port:04X}", f"0100007F:{port:04X}"
        rows = [row.split() for row in _read("/proc/net/tcp").splitlines()]
        held = {f"socket:[{row[9]}]" for row in rows if row[1:3] == [ours, theirs]}
        return next((pid for pid in self.workers() if held & _files(pid)), None)


def _read(path):
    """A file of /proc; "" of a process that is gone."""
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _files(pid):
    """What a process has open, as its links tell."""
    found = set()
    try:
        for entry in os.scandir(f"/proc/{pid}/fd"):
            found.add(os.readlink(entry.path))
    except OSError:
        pass  # gone, or closed in between
    return found


@contextmanager
def serving(env, folder):
    """A Server that answers."""
    with open(folder / "web.log", "wb") as log:
        server = Server(env, log)
        try:
            Browser(server.port).get("/healthz")
            yield server
        finally:
            server.stop()


class Casts:
    """The casts on their way now, and those whose answer never came."""

    def __init__(self):
        self.changed, self.number = threading.Condition(), 0
        self.sent, self.cut = {}, set()  # {number: local port}, numbers
        self.usual, self.over = 0.05, False  # seconds of the last one answered; whether nobody will cast any more

    @contextmanager
    def going(self, port):
        with self.changed:
            self.number += 1
            number, self.sent[self.number] = self.number, port
            self.changed.notify_all()
        started = time.monotonic()
        try:
            yield
            self.usual = time.monotonic() - started
        except (OSError, HTTPException):
            self.cut.add(number)
            raise
        finally:
            with self.changed:
                del self.sent[number]
                self.changed.notify_all()

    def wait(self):
        """{number: local port}: at least one, within PATIENCE; {} once it is over."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.sent or self.over, PATIENCE), "nobody casts"
            return dict(self.sent)

    def end(self):
        with self.changed:
            self.over = True
            self.changed.notify_all()

    def was_cut(self, number):
        """Whether a cast ended without an answer; waits for its end."""
        with self.changed:
            assert self.changed.wait_for(lambda: number not in self.sent, PATIENCE), "a cast hangs"
            return number in self.cut


class Browser:
    """What the Walker needs of a client, over sockets. No answer or an answer of 5xx: the same form is sent again."""

    def __init__(self, port, casts=None):
        self.port, self.casts, self.cookies, self.resent = port, casts or Casts(), SimpleCookie(), 0

    def get(self, url):
        return self._send("GET", url, None, False)

    def post(self, url, data):
        token = self.cookies["csrftoken"].value
        body = urlencode(data | {"csrfmiddlewaretoken": token}, doseq=True)
        return self._send("POST", url, body, data.get("do") == "cast")

    def _send(self, method, url, body, is_cast):
        until, answer = time.monotonic() + PATIENCE, None
        while time.monotonic() < until:
            try:
                answer = self._once(method, url, body, is_cast)
                if answer.status_code < 500:
                    return answer
            except (OSError, HTTPException) as error:
                answer = error
            self.resent += is_cast
            time.sleep(0.1)  # a person is slower
        raise AssertionError(f"{method} {url} was not answered: {getattr(answer, 'status_code', answer)!r}")

    def _once(self, method, url, body, is_cast):
        http = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            http.connect()
            if not is_cast:
                return self._answer(http, method, url, body)
            with self.casts.going(http.sock.getsockname()[1]):
                return self._answer(http, method, url, body)
        finally:
            http.close()

    def _answer(self, http, method, url, body):
        headers = {"Cookie": "; ".join(f"{name}={kept.value}" for name, kept in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        http.request(method, url, body, headers)
        response = http.getresponse()
        content = response.read()
        for cookie in response.headers.get_all("Set-Cookie", ()):
            self.cookies.load(cookie)
        return SimpleNamespace(status_code=response.status, content=content)
