"""`make bench`: every measurement in one run on PostgreSQL, each beside a bare version of the same work, targets beside the ratio.

Nothing here passes or fails: it prints. BENCH_DATABASE_URL names another PostgreSQL server (a role that may create databases).
"""

import os
import platform
import sys

from benchmarks import opendata, pages, rollup

LINE = "{:<34} {:>12} {:>12} {:>8}  {}"


def show(what, ours, bare, target):
    print(LINE.format(what, f"{ours * 1000:,.1f} ms", f"{bare * 1000:,.1f} ms", f"{ours / bare:.2f}", target))


def main():
    print(f"CPython {platform.python_version()}, {os.cpu_count()} cores\n")
    print(LINE.format("what", "portal", "beside", "ratio", "target"))
    found = pages.measure()
    hello = found["hello"][0]
    print(f"-- over HTTP, granian with 2 workers, median of {pages.ROUNDS}; beside: a hello view under the same server")
    for name, (seconds, size) in found.items():
        if name != "hello":
            show(f"{name} ({size / 1024:,.0f} KiB)", seconds, hello, "none set")
    found = rollup.measure()
    print(
        f"-- rollup of {found['lines']:,} lines and {found['indicators']:,} indicators; beside: the same sums as bare SQL"
    )
    show("sums", found["portal_sums"], found["bare_sums"], "")
    show("sums and storing them", found["portal_refresh"], found["bare_refresh"], "at most 3")
    found = opendata.measure()
    print(f"-- open data, {found['csv', 'portal']['rows']:,} budget lines; beside: a bare writer on the same rows")
    for kind in opendata.FORMATS:
        ours, bare = found[kind, "portal"], found[kind, "bare"]
        show(f"{kind} ({ours['bytes'] / 2**20:,.0f} MiB)", ours["seconds"], bare["seconds"], "at most 1.5")
        print(f"   peak memory {ours['megabytes']:,.0f} MB, bare {bare['megabytes']:,.0f} MB; target below 150 MB")


if __name__ == "__main__":
    sys.exit(main())
