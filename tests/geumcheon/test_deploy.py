"""What runs the portal outside tests: compose file, image, settings tables, and each service's own command."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import psycopg2
import pytest
import yaml
from django.conf import settings

import geumcheon.settings
from councils import log_files
from forums.proposal_actions import MAX_PHOTOS
from geumcheon.celery import app
from geumcheon.lib import uploads

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
PORTAL_SERVICES = ["web", "worker", "beat"]
START_SECONDS = 120


def table_rows(text):
    """The rows `| NAME | default | what |` of a Markdown table whose first cell is a setting's name."""
    found = re.findall(r"^\| *`?([A-Z_]+)`? *\| *(.*?) *\| *(.*?) *\|$", text, re.M)
    return [tuple(cell.replace("`", "") for cell in row) for row in found]


def example_settings():
    """{name: value} of .env.example, commented-out ones too."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^#?([A-Z_]+)=(.*)$", text, re.M))


# --- files ----------------------------------------------------------------------------------------------------------


def test_readme_lists_the_settings_as_settings_py_does():
    documented = table_rows(geumcheon.settings.__doc__)
    assert len(documented) > 10
    assert table_rows((ROOT / "README.md").read_text(encoding="utf-8")) == documented


def test_every_setting_read_is_documented():
    source = (ROOT / "geumcheon" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', source))
    assert {name for name, *_ in table_rows(geumcheon.settings.__doc__)} == read


def test_the_proxy_lets_through_what_the_portal_takes():
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    sizes = [int(size) * 1024 * 1024 for size in re.findall(r"client_max_body_size (\d+)m;", text)]
    assert sizes[0] > MAX_PHOTOS * uploads.MAX_BYTES
    assert sizes[1] > 2 * log_files.MAX_NEW * uploads.MAX_BYTES  # photos and papers of a meeting's log


def test_example_holds_known_settings_and_no_secret():
    known = {name for name, *_ in table_rows(geumcheon.settings.__doc__)} | {"POSTGRES_PASSWORD", "PORT"}
    assert set(example_settings()) <= known
    assert example_settings()["SECRET_KEY"] == example_settings()["POSTGRES_PASSWORD"] == ""


def test_compose_has_the_whole_set_with_health_checks():
    assert set(COMPOSE["services"]) == {*PORTAL_SERVICES, "postgres", "redis"}
    for name, service in COMPOSE["services"].items():
        assert service["healthcheck"]["test"], name
        assert service["restart"] == "unless-stopped", name


def test_compose_uses_one_settings_file_and_declared_volumes():
    assert [COMPOSE["services"][name]["env_file"] for name in PORTAL_SERVICES] == [".env"] * 3
    used = {volume.split(":")[0] for service in COMPOSE["services"].values() for volume in service["volumes"]}
    assert used == set(COMPOSE["volumes"])
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{([A-Z_]+)", text)) <= set(example_settings())


def test_only_web_is_published_and_only_on_this_machine():
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_image_runs_as_nobody_special_and_without_test_tools():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER portal$", dockerfile, re.M)
    assert "requirements-dev" not in dockerfile
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".env", ".git", "var", "tests", "requirements-dev.txt"} <= set(ignored)


def test_every_nightly_job_has_its_task():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


@pytest.mark.skipif(
    not shutil.which("docker-compose")
    and subprocess.run(["sh", "-c", "docker compose version"], capture_output=True).returncode,
    reason="no docker-compose and no `docker compose` on this machine",
)
def test_compose_client_accepts_the_file(tmp_path):
    shutil.copy(ROOT / "docker-compose.yml", tmp_path)
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    (tmp_path / ".env").write_text(re.sub(r"^(SECRET_KEY|POSTGRES_PASSWORD)=$", r"\1=abc123", example, flags=re.M))
    command = ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]
    result = subprocess.run([*command, "config"], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    services = yaml.safe_load(result.stdout)["services"]
    assert services["web"]["environment"]["DATABASE_URL"] == "postgres://portal:abc123@postgres:5432/portal"
    (tmp_path / ".env").write_text(example)
    refused = subprocess.run([*command, "config"], cwd=tmp_path, capture_output=True, text=True)
    assert refused.returncode != 0
    assert "POSTGRES_PASSWORD" in refused.stderr


# --- services -------------------------------------------------------------------------------------------------------


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(tmp_path, **extra):
    """What a container would have: the virtual environment's programs first, no settings of the test run."""
    ours = {name for name, *_ in table_rows(geumcheon.settings.__doc__)} | {"DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SECRET_KEY": "services",
        "DEBUG": "0",
        "REDIS_URL": "",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        # Beside the temporary folders of all xdist workers: collected by the first that comes, the others wait for it.
        "STATIC_ROOT": f"{tmp_path.parents[1]}/static",
        "MEDIA_ROOT": f"{tmp_path}/media",
        **extra,
    }


@contextmanager
def service(name, env, tmp_path, *replacements):
    """Start a compose service's own command through the image's entry point; yields (process, log path), stops it after."""
    command = COMPOSE["services"][name]["command"]
    for old, new in replacements:
        command = [word.replace(old, new) for word in command]
    log = tmp_path / f"{name}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [ROOT / "deploy" / "entrypoint", *command],
            cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            yield process, log
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise


def wait_until(condition, process, log):
    """Poll until `condition()` is true; fails with the log when the process ends or the time is up."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        if condition():
            return
        time.sleep(0.2)
    pytest.fail(f"not ready after {START_SECONDS} s:\n{log.read_text()}")


def get(port, path, **headers):
    """(status, body) of a page, (None, "") while nothing answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except OSError:
        return None, ""
    finally:
        connection.close()


@contextmanager
def serving(tmp_path, env):
    """The web service, prepared and answering; yields its port."""
    port = str(free_port())
    with service("web", env | {"PREPARE": "1"}, tmp_path, ("8000", port), ("0.0.0.0", "127.0.0.1")) as (process, log):  # noqa: S104
        wait_until(lambda: get(port, "/healthz")[0] == 200, process, log)
        yield port


def healthcheck(which, env, **extra):
    check = [sys.executable, "deploy/healthcheck.py", which]
    return subprocess.run(check, cwd=ROOT, env=env | extra, capture_output=True).returncode


@pytest.mark.sqlite
def test_web_starts_from_nothing_on_the_embedded_default(tmp_path):
    env = environment(tmp_path)
    with serving(tmp_path, env) as port:
        status, body = get(port, "/readyz")
        assert (status, json.loads(body)["parts"]["broker"]) == (200, "in process")
        status, page = get(port, "/")
        assert status == 200
        # Collected, hashed and served by the process itself.
        stylesheet = re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
        assert get(port, stylesheet[1])[0] == 200
        assert healthcheck("web", env, GRANIAN_PORT=port) == 0
    assert healthcheck("web", env, GRANIAN_PORT=port) == 1


def test_prepare_makes_no_demo_accounts_outside_debug(tmp_path):
    result = subprocess.run(
        [sys.executable, "manage.py", "prepare", "--demo"],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "DEBUG=1" in result.stderr


@pytest.fixture
def services_env(tmp_path):
    """Environment with a scratch PostgreSQL database of its own and the test run's Redis."""
    server = settings.DATABASES["default"]
    name = f"portal_services_{uuid.uuid4().hex[:8]}"
    login = {
        "host": server["HOST"],
        "port": server["PORT"] or 5432,
        "user": server["USER"],
        "password": server["PASSWORD"],
    }
    connection = psycopg2.connect(dbname="postgres", **login)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        secret = f":{login['password']}" if login["password"] else ""
        url = f"postgres://{login['user']}{secret}@{login['host']}:{login['port']}/{name}"
        yield environment(tmp_path, DATABASE_URL=url, REDIS_URL=settings.REDIS_URL)
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    connection.close()


def manage(env, *arguments):
    return subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True)


@pytest.mark.postgres
def test_the_whole_set_works_together(services_env, tmp_path):
    """web prepares and serves, beat and worker start, a task started by hand reaches the worker and mends a rollup."""
    env = services_env | {"BEHIND_PROXY": "1"}
    env["BEAT_SCHEDULE"] = schedule = f"{tmp_path}/beat/schedule"
    Path(schedule).parent.mkdir()
    assert healthcheck("beat", env) == 1
    with (
        serving(tmp_path, env) as port,
        service("worker", env, tmp_path) as (worker, worker_log),
        service("beat", env, tmp_path, ("/app/var/beat/schedule", schedule)) as (beat, beat_log),
    ):
        # As deployed, behind a proxy that speaks HTTPS; health is asked for directly.
        assert get(port, "/")[0] == 301
        assert get(port, "/", **{"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"})[0] == 200
        assert json.loads(get(port, "/readyz")[1]) == {
            "ready": True,
            "failing": [],
            "parts": {"database": "postgresql", "migrations": "applied", "broker": "redis", "rollups": "0 hours old"},
        }
        wait_until(lambda: " ready." in worker_log.read_text(), worker, worker_log)
        wait_until(lambda: healthcheck("beat", env) == 0, beat, beat_log)
        ping = [
            "celery",
            "--app=geumcheon",
            "inspect",
            "ping",
            "--timeout=10",
            f"--destination=celery@{socket.gethostname()}",
        ]
        assert subprocess.run(ping, cwd=ROOT, env=env, capture_output=True).returncode == 0

        spoil = "UPDATE budgets_budgetrollup SET total_krw = total_krw + 1000 WHERE dimension = 'plan' RETURNING 1"
        with psycopg2.connect(env["DATABASE_URL"].replace("postgres://", "postgresql://")) as connection:
            with connection.cursor() as cursor:
                cursor.execute(spoil)
        connection.close()
        drift = manage(env, "check_rollups")
        assert (drift.returncode, drift.stdout.count("\n")) == (1, 1), drift.stdout + drift.stderr
        start = ["celery", "--app=geumcheon", "call", "geumcheon.tasks.refresh_all"]
        subprocess.run(start, cwd=ROOT, env=env, check=True, capture_output=True)
        wait_until(lambda: manage(env, "check_rollups").returncode == 0, worker, worker_log)


@pytest.mark.postgres
def test_two_web_processes_may_prepare_at_once(services_env, tmp_path):
    program = [sys.executable, "manage.py", "prepare"]
    both = [
        subprocess.Popen(
            program, cwd=ROOT, env=services_env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=START_SECONDS)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert sorted("추가" in output for output in outputs) == [False, True]
