"""Seconds of the counting parts alone, without a database: `python -m benchmarks.counting [ballots]`."""

import random
import sys
import time

from voting.counting import codes, sealing
from voting.counting.equal_shares import equal_shares
from voting.counting.merkle import merkle_root
from voting.counting.ranks import count_picks


def measure(ballots=20_000):
    """{part: seconds} for that many ballots of 3 of 30."""
    chance, seconds, options = random.Random(7), {}, list(range(1, 31))
    key = sealing.new_round_key()
    picks = [tuple(chance.sample(options, 3)) for _ in range(ballots)]
    costs = {option: chance.randrange(5_000_000, 40_000_000, 100_000) for option in options}

    def timed(name, work):
        started = time.perf_counter()
        done = work()
        seconds[name] = round(time.perf_counter() - started, 3)
        return done

    cast = timed("code, tag, leaf", lambda: [codes.make_ballot(codes.new_code(), "r", "r-1", each) for each in picks])
    boxes = timed("seal", lambda: [sealing.seal(key.public, codes.pack_content(b.picks, b.nonce, 3)) for b in cast])
    opened = sealing.unsealer(key.private)
    timed(
        "open and check the leaf",
        lambda: [
            codes.check_ballot("r", "r-1", b.tag, b.leaf, opened(box)) for b, box in zip(cast, boxes, strict=True)
        ],
    )
    timed("merkle root", lambda: merkle_root([b.leaf for b in cast]))
    timed("count", lambda: count_picks(picks, options))
    timed("equal shares", lambda: equal_shares(picks, costs, 200_000_000))
    return seconds


if __name__ == "__main__":
    for part, taken in measure(*map(int, sys.argv[1:2])).items():
        print(f"{part:25} {taken:8.3f} s")
