"""List and search with 5,000 proposals and 100,000 endorsements, beside the same rows fetched by bare SQL."""

import json
import subprocess
import sys
import time
from statistics import median

from benchmarks import scratch

PROPOSALS, EACH = 5_000, 20  # 100,000 endorsements
ROUNDS = 30
WORD = "골목"
# Titles of few words in turn, so that a search finds hundreds; every tenth is at a later stage.
PROPOSAL_ROWS = """
    INSERT INTO forums_proposal
        (call_id, number, title, body, place, stage_id, state, departments_text, version, source, hidden_reason, hidden_from,
         submitted_at, endorse_before)
    SELECT call.id, 1000 + n,
           (ARRAY['골목길 가로등', '놀이터 그늘', '안양천 산책로', '도서관 시간', '주차장 나눔', '경로당 쉼터', '횡단보도 보수', '쓰레기 분리',
                  '버스 정류장', '돌봄 교실'])[1 + n %% 10] || ' ' || n,
           repeat('우리 동네를 더 낫게 하자는 제안의 내용입니다. ', 8), '', stage.id, 'open', '', 1, '', '', '',
           timestamptz '2026-01-01 00:00+09' + n * interval '1 minute', date '2027-01-01'
    FROM generate_series(1, %(proposals)s) AS n,
         (SELECT c.id, c.channel_id FROM forums_call c JOIN forums_channel h ON h.id = c.channel_id
          WHERE h.code = 'platform' AND c.year = 2021) call
    JOIN forums_stage stage ON stage.channel_id = call.channel_id AND stage.code = 'endorsing'
"""
ENDORSEMENT_ROWS = """
    INSERT INTO forums_endorsement (proposal_id, person_key, created_at)
    SELECT p.id, md5(p.id::text || '-' || n) || md5(n::text), timestamptz '2026-02-01 00:00+09'
    FROM forums_proposal p, generate_series(1, %(each)s * 2) AS n
    WHERE p.number > 1000 AND n <= %(each)s + (p.number %% 5) - 2
"""
COUNT_ENDORSEMENTS = "SELECT count(*) FROM forums_endorsement"
PUBLIC = "p.state NOT IN ('draft', 'hidden') AND c.published"
BARE_LIST = f"""
    SELECT p.*, c.*, h.*, s.*, d.*, m.*, j.*,
           coalesce((SELECT count(*) FROM forums_endorsement e WHERE e.proposal_id = p.id), 0) AS support
    FROM forums_proposal p JOIN forums_call c ON c.id = p.call_id JOIN forums_channel h ON h.id = c.channel_id
    JOIN forums_stage s ON s.id = p.stage_id LEFT JOIN accounts_dong d ON d.id = p.dong_id
    LEFT JOIN accounts_department m ON m.id = p.department_id LEFT JOIN projects_project j ON j.id = p.project_id
    WHERE {PUBLIC} %s
    ORDER BY %s p.submitted_at DESC NULLS LAST, c.year DESC, h."order", p.number, p.id LIMIT 20
"""
BARE_COUNT = f"SELECT count(*) FROM forums_proposal p JOIN forums_call c ON c.id = p.call_id WHERE {PUBLIC} %s"
LIKE = (
    "AND (upper(p.title) LIKE upper('%%{0}%%') OR upper(p.body) LIKE upper('%%{0}%%') OR upper(p.place) LIKE upper('%%{0}%%')"
    " OR p.id IN (SELECT proposal_id FROM forums_proposalalias WHERE upper(name) LIKE upper('%%{0}%%')))"
)
BARE_SEARCH = """
    SELECT e.*, i.title_first FROM geumcheon_searchentry e
    JOIN (SELECT entry_id, 0 AS title_first FROM geumcheon_searchindex WHERE vector @@ %s::tsquery ORDER BY entry_id LIMIT 500) i
      ON i.entry_id = e.id
    ORDER BY e.kind, e."order", e.id
"""
LISTS = {"list": "", "list by endorsements": "order=most", f"list, search {WORD}": f"q={WORD}"}


def measure():
    """Run the measurement in processes of its own on a scratch database; returns its numbers.

    {"proposals", "endorsements", "queries": {page: (with the plan, with all)}, and per work (median seconds, bare median seconds)}.
    """
    with scratch.database() as (env, connection):
        before = _run(env, "queries")
        with connection.cursor() as cursor:
            cursor.execute(PROPOSAL_ROWS, {"proposals": PROPOSALS})
            cursor.execute(ENDORSEMENT_ROWS, {"each": EACH})
            cursor.execute("ANALYZE")
            cursor.execute(COUNT_ENDORSEMENTS)
            endorsements = cursor.fetchone()[0]
        scratch.manage(env, "shell", "-v0", "-c", "from geumcheon.search import index; index.rebuild()")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        after = _run(env, "queries")
        queries = {name: (before[name], after[name]) for name in before}
        return {"proposals": PROPOSALS, "endorsements": endorsements, "queries": queries, "work": _run(env, "times")}


def _run(env, what):
    command = [sys.executable, "-m", "benchmarks.proposals", what]
    run = subprocess.run(command, cwd=scratch.ROOT, env=env, check=True, capture_output=True, text=True)
    return json.loads(run.stdout)


def _pages():
    from urllib.parse import quote

    return {name: f"/proposals/?{quote(asked, safe='=&')}" for name, asked in LISTS.items()} | {
        f"search {WORD}": f"/search/?q={quote(WORD)}"
    }


def count():
    """{page: number of queries} of one warm request each."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, counted = Client(headers={"host": "127.0.0.1"}), {}
    for name, path in _pages().items():
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            if client.get(path).status_code != 200:
                raise SystemExit(f"{path} did not answer.")
        counted[name] = len(captured)
    return counted


def _bare(connection, where, order):
    def run():
        with connection.cursor() as cursor:
            cursor.execute(BARE_COUNT % where.replace("%%", "%"))
            total = cursor.fetchone()[0]
            cursor.execute(BARE_LIST % (where.replace("%%", "%"), order))
            return total, len(cursor.fetchall())

    return run


def _listed(asked):
    """Our list as the page asks for it: the count and the first page with its supports."""
    from django.core.paginator import Paginator
    from django.http import QueryDict

    from forums import proposals_list

    def run():
        form = proposals_list.ProposalFilter(QueryDict(asked))
        pages = Paginator(form.apply(proposals_list.listed()), proposals_list.PER_PAGE)
        return pages.count, len(list(pages.get_page(1).object_list))

    return run


def compare():
    """{work: (median seconds, median seconds of bare SQL)}, turn by turn in one process."""
    from django.db import connection

    from geumcheon.search import index, tokens

    def bare_search():
        with connection.cursor() as cursor:
            cursor.execute(BARE_SEARCH, [tokens.tsquery(tokens.words(WORD))])
            return len(cursor.fetchall())

    like = LIKE.format(WORD)
    work = {
        "list": (_listed(""), _bare(connection, "", "")),
        "list by endorsements": (_listed("order=most"), _bare(connection, "", "support DESC,")),
        f"list, search {WORD}": (_listed(f"q={WORD}"), _bare(connection, like, "")),
        f"search {WORD}": (lambda: sum(len(entries) for _, entries in index.search(WORD)), bare_search),
    }
    times = {name: ([], []) for name in work}
    for name, (ours, bare) in work.items():
        if ours() != bare():
            raise SystemExit(f"{name}: the portal finds {ours()} and bare SQL {bare()}.")
    for _turn in range(ROUNDS):
        for name, pair in work.items():
            for run, spent in zip(pair, times[name], strict=True):
                start = time.perf_counter()
                run()
                spent.append(time.perf_counter() - start)
    return {name: [median(ours), median(bare)] for name, (ours, bare) in times.items()}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(count() if sys.argv[1] == "queries" else compare()))
