"""A process that casts votes until it is killed: `python -m tests.voting.caster SLUG FIRST LAST LOG`.

Codes come from the voter's number, as a browser keeps its code over a retry. Each acknowledged vote is a line of the log, written after
the answer. Voters already in the log are skipped; the one in flight when the process died is cast again with the same code.
"""

import hashlib
import sys

from voting.counting.encoding import letters


def code_of(number):
    """The same code for the same voter (a test's own way; real codes are random)."""
    return letters(hashlib.sha256(f"caster {number}".encode()).digest()[:16])


def main(slug, first, last, log):
    import django

    django.setup()
    from tests.voting.factories import PICKS, a_voter
    from voting.cast import cast
    from voting.models import Round

    round_ = Round.objects.get(slug=slug)
    with open(log, "a+") as file:
        file.seek(0)
        done = {int(line) for line in file.read().splitlines()}
        for number in range(int(first), int(last)):
            if number not in done:
                cast(round=round_, voter_key=a_voter(round_, number), code=code_of(number), picks=PICKS)
                file.write(f"{number}\n")
                file.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
