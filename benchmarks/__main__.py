"""`make bench`: every measurement in one run on PostgreSQL, each beside a bare version of the same work, targets beside the ratio.

Nothing here passes or fails: it prints. BENCH_DATABASE_URL names another PostgreSQL server (a role that may create databases).
"""

import os
import platform
import sys

from benchmarks import indicators, opendata, pages, proposals, publishing, rollup, voting

LINE = "{:<34} {:>12} {:>12} {:>8}  {}"


def show(what, ours, bare, target):
    print(LINE.format(what, f"{ours * 1000:,.1f} ms", f"{bare * 1000:,.1f} ms", f"{ours / bare:.2f}", target))


def main():
    print(f"CPython {platform.python_version()}, {os.cpu_count()} cores\n")
    print(LINE.format("what", "portal", "beside", "ratio", "target"))
    found = pages.measure()
    hello = found["pages"]["hello"][0]
    print(
        f"-- over HTTP, the plan times {pages.TIMES}, granian with 2 workers, median of {pages.ROUNDS}; beside: a hello view"
    )
    for name, (seconds, size) in found["pages"].items():
        if name != "hello":
            show(f"{name} ({size / 1024:,.0f} KiB)", seconds, hello, "none set")
    for name, (seconds, status) in found["conditional"].items():
        show(f"{name} again, answered {status}", seconds, hello, "304")
    for name, (once, ten) in found["queries"].items():
        print(f"   {name}: {once} queries with the plan, {ten} with it times {pages.TIMES}; target: the same")
    found = rollup.measure()
    print(
        f"-- rollup of {found['lines']:,} lines and {found['indicators']:,} indicators; beside: the same sums as bare SQL"
    )
    show("sums", found["portal_sums"], found["bare_sums"], "")
    show("sums and storing them", found["portal_refresh"], found["bare_refresh"], "at most 3")
    found = indicators.measure()
    print(
        f"-- indicators over {indicators.MEETINGS:,} meetings ({found['counted'][0]:,} rows of evidence); beside: the same counts as bare SQL"
    )
    show("counting and storing", found["portal"], found["bare"], "at most 3")
    found = publishing.measure()
    print(
        "-- publishing a meeting of {} people and {} decisions; beside: writing the same rows by bare SQL".format(
            *publishing.BIG
        )
    )
    show("publishing", found["big"], found["bare"], "none set")
    few, many = found["queries"]
    print(
        f"   queries: {few} with {publishing.SMALL[0]} people and {publishing.SMALL[1]} decision, {many} with all; target: the same"
    )
    found = proposals.measure()
    print(
        f"-- {found['proposals']:,} proposals, {found['endorsements']:,} endorsements; beside: the same rows by bare SQL"
    )
    for name, (ours, bare) in found["work"].items():
        show(name, ours, bare, "at most 3")
    for name, (once, all_) in found["queries"].items():
        print(f"   {name}: {once} queries with the plan, {all_} with all; target: the same")
    found = opendata.measure()
    print(f"-- open data, {found['csv', 'portal']['rows']:,} budget lines; beside: a bare writer on the same rows")
    for kind in opendata.FORMATS:
        ours, bare = found[kind, "portal"], found[kind, "bare"]
        show(f"{kind} ({ours['bytes'] / 2**20:,.0f} MiB)", ours["seconds"], bare["seconds"], "at most 1.5")
        print(f"   peak memory {ours['megabytes']:,.0f} MB, bare {bare['megabytes']:,.0f} MB; target below 150 MB")
    show_vote(voting.measure())


def show_vote(found):
    print("-- the vote, two papers, sealed, granian with 2 workers; beside: the same SQL through pgbench")
    share = 100 * found["http"] / found["pgbench"]
    print(
        f"   {found['http']:,.0f} casts/s over HTTP, {found['pgbench']:,.0f} by pgbench: {share:.1f} %; target at least 5 %, aim 10 %"
    )
    print(f"   p99 at {voting.PACE} casts/s: {found['p99'] * 1000:,.0f} ms; target below 1,000 ms")
    parts = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in found["tally"].items())
    print(f"   tally of {voting.BALLOTS:,} sealed ballots: {parts}")
    show(f"counting {voting.COUNTED:,} ballots", *found["count"], "at most 3")


if __name__ == "__main__":
    sys.exit(main())
