"""A PostgreSQL of its own that a test may crash: made by initdb, on a free port of 127.0.0.1, as careful with the disk as a real one."""

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg2

SECONDS = 120  # that PostgreSQL may take to start, stop or recover
# What a server in use has, said here because the test stands on it.
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")


def program(name):
    """Where a server program of PostgreSQL is; None without it. Debian keeps them off the PATH."""
    known = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    return shutil.which(name) or (str(known[-1]) if known else None)


def missing():
    """What a cluster needs and this machine lacks, in a sentence; "" with everything."""
    lacks = [name for name in ("initdb", "pg_ctl", "pg_dump", "psql") if program(name) is None]
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        lacks.append("runuser")  # PostgreSQL refuses to run as root
    return f"{', '.join(lacks)} not installed: apt-get install postgresql" if lacks else ""


class Cluster:
    """A running server. `url(name)` is as DATABASE_URL takes it."""

    def __init__(self, folder, settings):
        self.folder, self.data = folder, folder / "data"
        self._program("initdb", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        lines = (f"port={self.port}", "listen_addresses='127.0.0.1'", f"unix_socket_directories='{folder}'", *settings)
        with open(self.data / "postgresql.conf", "a") as file:
            file.writelines(f"{line}\n" for line in lines)

    def _program(self, name, *arguments):
        """Run a server program on the data as the user who owns them."""
        command = [program(name), "-D", str(self.data), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, timeout=SECONDS)

    def start(self):
        self._program("pg_ctl", "start", "-w", "-l", str(self.folder / "log"))

    def crash(self):
        """All processes of the server die at once, nothing in memory is written; then it starts and recovers."""
        self._program("pg_ctl", "restart", "-w", "-m", "immediate", "-l", str(self.folder / "log"))

    def stop(self):
        self._program("pg_ctl", "stop", "-w", "-m", "immediate")

    def url(self, name="postgres"):
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def copy_tables(self, url, name):
        """Make a database with the tables, constraints and triggers of another one, and no rows; all of it on the disk.

        A start after a crash syncs every file first: what is there already costs it nothing.
        """
        self._tell(f"CREATE DATABASE {name} TEMPLATE template0")
        file = self.folder / "tables.sql"
        dump = [program("pg_dump"), "--schema-only", "--no-owner", "--no-privileges", f"--file={file}", url]
        subprocess.run(dump, check=True, timeout=SECONDS)
        load = [program("psql"), "-1", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(file), self.url(name)]
        subprocess.run(load, check=True, stdout=subprocess.DEVNULL, timeout=SECONDS)
        self._tell("CHECKPOINT")

    def _tell(self, sql):
        server = psycopg2.connect(self.url().replace("postgres:", "postgresql:", 1))
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(sql)
        server.close()


@contextmanager
def cluster(settings=DURABLE):
    """A started Cluster, gone at the end. settings: lines of its postgresql.conf."""
    # Not below pytest's folders: those are closed to the user who runs the server.
    folder = Path(tempfile.mkdtemp(prefix="vote-cluster-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        made = Cluster(folder, settings)
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder)
