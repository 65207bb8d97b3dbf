"""Residents' verification behind one door. Levels: 0 none, 1 text, 2 identity provider (CI), 3 counter or roll.

For other apps, all importable from here: `level_of(user, day=None)`, `is_verified(user, level=1)`, `current(user)` (the Verification
or None), `person_key(user)`; the predicates `is_verified_resident` and `may_write` are in geumcheon.accounts.rules.
For a check without an account (the vote): `start_text(number, purpose, user, ip, pepper)`, `confirm_text(challenge_id, code, purpose,
user)`, `spend(…)` in the caller's transaction; `derive_key(kind, identity, pepper)` with kind keys.TEXT, IDENTITY or ROLL, the round's
pepper, and identity = `normalise_number(number)`, the CI, or the roll's number.
"""

from geumcheon.accounts.verification.challenges import confirm_text, spend, start_text
from geumcheon.accounts.verification.keys import derive_key, normalise_number
from geumcheon.accounts.verification.state import current, is_verified, level_of, person_key

__all__ = [
    "confirm_text",
    "current",
    "derive_key",
    "is_verified",
    "level_of",
    "normalise_number",
    "person_key",
    "spend",
    "start_text",
]
