"""Codes that may answer a survey once. The database holds keyed hashes alone, and they say nothing of whose a code is.

A participant's code is computed from the secret of the own address and the pepper, not kept: the own page shows it again,
and no row tells who has answered. A printed code is random and known to the paper alone.
"""

import secrets

from forums import event_mails
from geumcheon.accounts.verification import keys

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is taken for something else
LENGTH = 10  # 49 bits; wrong codes are counted (survey_views)
HALF = LENGTH // 2


def new():
    """A random code for paper."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def of_registration(survey, registration):
    """The code of somebody who came; needs SECRET_KEY and the pepper, neither of which is in the database."""
    value = f"{survey.pk}:{event_mails.token_of(registration)}"
    number, code = int(keys.derive_key("survey-person", value, keys.pepper()), 16), ""
    for _ in range(LENGTH):
        number, letter = divmod(number, len(ALPHABET))
        code += ALPHABET[letter]
    return code


def clean(text):
    """A code as typed, without spaces and hyphens; "" where it cannot be one."""
    code = "".join(text.upper().replace("-", "").split())
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def shown(code):
    """`ABCDE-FGHJK`."""
    return f"{code[:HALF]}-{code[HALF:]}"


def hash_of(survey, code):
    """What the row keeps of a code (64 hex digits)."""
    return keys.derive_key("survey-code", f"{survey.pk}:{code}", keys.pepper())
