"""The two races of a vote, for real threads. PostgreSQL runs them in the test's process; SQLite in a process with a file of its own:

`python -m tests.voting.race migrate` makes the tables, `… same_voter|closing [--no-key]` prints what was counted as JSON.
"""

import json
import sys
import time


def same_voter(threads=64):
    """So many threads cast for one voter, each with a code of its own. Counts."""
    from tests.voting import factories
    from voting.cast import AlreadyVoted, Cast, CodeTaken, TryAgain, cast
    from voting.counting.codes import new_code

    round_ = factories.an_open_round()
    key = factories.a_voter(round_)
    calls = [lambda: cast(round=round_, voter_key=key, code=new_code(), picks=factories.PICKS)] * threads
    results = factories.at_once(*calls)
    kinds = {kind.__name__: sum(type(r) is kind for r in results) for kind in (Cast, AlreadyVoted, CodeTaken, TryAgain)}
    voters, papers = factories.in_the_box(round_)
    return {
        "voters": voters,
        "papers": papers,
        **kinds,
        "others": [repr(r) for r in results if type(r).__name__ not in kinds],
    }


def closing(threads=20, each=4, hold=0.05):
    """Threads cast voter after voter while another closes; every cast waits `hold` seconds before it commits. Counts."""
    from tests.voting import factories
    from voting import actions
    from voting import cast as casting
    from voting.counting.codes import new_code
    from voting.models import InboxBallot

    round_ = factories.an_open_round()
    keys = [[factories.a_voter(round_, f"{t}-{n}") for n in range(each)] for t in range(threads)]
    write = casting._write

    def slow_write(*args):
        done = write(*args)
        time.sleep(hold)
        return done

    def voters(mine):
        counted = 0
        for key in mine:
            try:
                casting.cast(round=round_, voter_key=key, code=new_code(), picks=factories.PICKS)
            except casting.NotOpen:
                continue
            counted += 1
        return counted

    def close():
        time.sleep(hold * 1.5)
        return actions.close_round(round=round_, early=True)

    casting._write = slow_write
    try:
        *acknowledged, closed = factories.at_once(*[lambda mine=mine: voters(mine) for mine in keys], close)
    finally:
        casting._write = write
    final = round_.checkpoints.get(is_final=True)
    voted, papers = factories.in_the_box(round_)
    return {
        "acknowledged": sum(acknowledged),
        "final": final.voters,
        "in_final": {ref: paper["ballots"] for ref, paper in json.loads(final.body)["contests"].items()},
        "voters": voted,
        "papers": papers,
        "left_in_inbox": InboxBallot.objects.filter(contest__round=round_).count(),
        "state": getattr(closed, "state", repr(closed)),
    }


def drop_key():
    """Take the primary key from participations (SQLite)."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE voting_participation")
        cursor.execute("CREATE TABLE voting_participation (round_id integer, voter_key text, channel text)")


def main(what, *options):
    import django
    from django.core.management import call_command

    django.setup()
    if what == "migrate":
        call_command("migrate", verbosity=0)
        return
    if "--no-key" in options:
        drop_key()
    print(json.dumps({"same_voter": same_voter, "closing": closing}[what]()))


if __name__ == "__main__":
    main(*sys.argv[1:])
