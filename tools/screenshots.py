"""`make screenshots`: eight pages at a phone's and a screen's width into docs/screenshots/, used in the README.

Needs Debian's chromium. The portal runs on a database of its own with the 2021 plan, as `make run` does; 256 colours keep
the files small.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
PAGES = {
    "home": "/",
    "projects": "/projects/2021/",
    "project": "/projects/2021/8/",
    "budget": "/budget/2021/",
    "line": "/budget/2021/1/6/",
    "council": "/council/",
    "meetings": "/meetings/",
    "reconciliation": "/reconciliation/2021/",
}
SIZES = {390: 844, 1280: 800}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def main():
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        return "chromium is missing: apt-get install chromium"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as files, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        env = os.environ | {
            "DEBUG": "1",
            "SECRET_KEY": "screenshots",
            "DATABASE_URL": f"sqlite:///{files}/portal.sqlite3",
            "REDIS_URL": "",
        }
        subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, env=env, check=True)
        command = [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}", "--noreload"]
        server = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
        try:
            wait_for(port)
            shoot(chromium, f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(20)


def wait_for(port):
    for _ in range(300):
        try:
            return HTTPConnection("127.0.0.1", port, timeout=5).connect()
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the portal did not start")


def shoot(chromium, base):
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        for width, height in SIZES.items():
            tab = browser.new_page(viewport={"width": width, "height": height}, locale="ko-KR", reduced_motion="reduce")
            for name, path in PAGES.items():
                tab.goto(base + path, wait_until="networkidle")
                file = FOLDER / f"{name}-{width}.png"
                tab.screenshot(path=file)
                with Image.open(file) as picture:
                    small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
                small.save(file, optimize=True)
                print(f"{file.relative_to(ROOT)} {file.stat().st_size // 1024} kB")
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
