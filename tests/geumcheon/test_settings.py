"""With no settings at all the portal runs; a shared database needs a shared key."""

import os
import stat
import subprocess
import sys
from pathlib import Path

from geumcheon.secret import local_secret_key

ROOT = Path(__file__).resolve().parents[2]


def manage(*args, **env):
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in ("SECRET_KEY", "DEBUG", "DATABASE_URL", "REDIS_URL")
    }
    clean["DJANGO_SETTINGS_MODULE"] = "geumcheon.settings"
    return subprocess.run(
        [sys.executable, "manage.py", *args],
        cwd=ROOT,
        env=clean | env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_no_settings_at_all_pass_the_check():
    assert manage("check").returncode == 0


def test_postgres_without_a_key_is_refused_and_with_one_starts():
    url = "postgres://nobody@127.0.0.1:1/none"
    refused = manage("check", DATABASE_URL=url)
    assert refused.returncode != 0
    assert "SECRET_KEY is not set" in refused.stderr
    assert manage("check", DATABASE_URL=url, SECRET_KEY="k" * 50).returncode == 0


def test_the_local_key_is_made_once_and_private(tmp_path):
    first = local_secret_key(tmp_path / "secret_key")
    assert len(first) >= 50
    assert local_secret_key(tmp_path / "secret_key") == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["secret_key"]
