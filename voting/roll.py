"""The roll: from a verified identity to a key of this round, and who may vote."""

import hashlib
import hmac

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection, transaction

from geumcheon.accounts.models import Dong
from geumcheon.accounts.verification import derive_key
from geumcheon.accounts.verification import keys as person_keys
from voting import keys
from voting.models import Basis, Level, Participation, RollEntry

MADE_UP = "rehearsal:"  # identities of rehearsals begin so; no check of a real person gives such a one
BAND_YEARS = 10
NOT_LISTED = "이 투표의 명부에 없습니다. 창구에 신분증을 가지고 오시면 확인해 드립니다."
KINDS = {Level.TEXT: person_keys.TEXT, Level.IDENTITY: person_keys.IDENTITY, Level.ROLL: person_keys.ROLL}


class NotEligible(ValidationError):
    """The person may not vote in this round."""


class RollClosed(ValidationError):
    """The round's pepper is not there (not frozen yet, or destroyed)."""


def voter_key(round_, identity):
    """Hex HMAC of a verified identity at the round's level: the same person and round give the same key, nothing leads back.

    identity: a number in one notation, an identity provider's CI, a roll's own id. Raises NotEligible, RollClosed.
    The key is made of the person's key as the residents' verification keeps it, so that an account once verified meets its person
    (`key_of_person`) although no number, CI or roll id is stored anywhere.
    """
    identity = identity.strip()
    if not identity:
        raise NotEligible("확인된 사람이 없습니다.")
    if identity.startswith(MADE_UP) != round_.is_rehearsal:
        raise NotEligible("연습에는 지어낸 유권자만, 실제 투표에는 확인된 사람만 참여합니다.")
    return key_of_person(round_, identity if round_.is_rehearsal else _person(round_, identity))


def _person(round_, identity):
    """The portal's keyed hash of an identity, as geumcheon.accounts.verification makes it."""
    if round_.level == Level.ROLL:
        identity = "".join(identity.split())  # as the counter's verification reads a roll's id
    try:
        return derive_key(KINDS[round_.level], identity, person_keys.pepper())
    except ImproperlyConfigured as error:
        raise RollClosed("확인에 쓰는 비밀값(VERIFICATION_PEPPER)이 없어 명부를 쓸 수 없습니다.") from error


def key_of_person(round_, person):
    """The voter key of a person's key at the round's level (`Verification.key`). Raises RollClosed."""
    try:
        pepper = keys.pepper(round_)
    except keys.SecretMissing as error:
        raise RollClosed("이 투표의 명부는 쓸 수 없습니다.") from error
    message = b"\x00".join(part.encode() for part in ("geumcheon-voter-2", round_.slug, round_.level, person))
    return hmac.new(pepper, message, hashlib.sha256).hexdigest()


def band(birth_year):
    """`1980년대` of a birth year; `` without one."""
    return f"{birth_year // BAND_YEARS * BAND_YEARS}년대" if birth_year else ""


def check_eligible(round_, basis, birth_year=None):
    """Raises NotEligible that says why."""
    if basis not in round_.bases:
        raise NotEligible(f"이 투표는 {round_.bases_label} 자격으로 참여합니다.")
    low, high = round_.min_birth_year, round_.max_birth_year
    if (low or high) and birth_year is None:
        raise NotEligible("출생연도를 확인해야 하는 투표입니다.")
    if (low and birth_year < low) or (high and birth_year > high):
        raise NotEligible("이 투표의 나이 조건에 맞지 않습니다.")


@transaction.atomic
def enter(*, round, voter_key, basis, dong=None, birth_year=None):
    """Put a checked person on the roll; a second check changes nothing. Raises NotEligible.

    Rounds of level "roll" are entered from the roll's file only (`load_entries`).
    """
    check_eligible(round, basis, birth_year)
    if basis not in Basis.values:
        raise NotEligible("정해진 자격 가운데 하나여야 합니다.")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO voting_rollentry (round_id, voter_key, basis, dong_id, band) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            [round.pk, voter_key, basis, dong.pk if dong else None, band(birth_year)],
        )
    return RollEntry.objects.get(pk=(round.pk, voter_key))


def admit(*, round, voter_key, **facts):
    """A checked person goes on the roll; where the round has a roll of its own, the person must stand there. Raises NotEligible.

    facts: basis, dong, birth_year, as `enter` takes them; the roll's own entry already tells them.
    """
    if round.level != Level.ROLL or round.is_rehearsal:
        enter(round=round, voter_key=voter_key, **facts)
    elif not may_vote(round, voter_key):
        raise NotEligible(NOT_LISTED)


@transaction.atomic
def load_entries(*, round, records):
    """Put the people of a roll's file on the roll of a round in draft; how many are new. All or nothing.

    records: geumcheon.lib.loading.Record with identity, basis, dong (name or ""), birth_year (or ""). Raises LoadError that names the line.
    The identities are not kept: only their keys are.
    """
    if not round.is_draft:
        raise ValidationError("명부는 확정하기 전에 올립니다.")
    keys.make_secrets(round)
    dongs = {dong.name: dong for dong in Dong.objects.all()}
    before = RollEntry.objects.filter(round=round).count()
    for record in records:
        name = record.text("dong")
        if name and name not in dongs:
            raise record.error("dong", f"모르는 동입니다: {name}")
        basis, year = record.choice("basis", Basis.values), record.integer("birth_year")
        try:
            key = voter_key(round, record.text("identity", True))
            enter(round=round, voter_key=key, basis=basis, dong=dongs.get(name), birth_year=year)
        except ValidationError as error:
            raise record.error(None, " ".join(error.messages)) from None
    return RollEntry.objects.filter(round=round).count() - before


def may_vote(round_, key):
    return RollEntry.objects.filter(pk=(round_.pk, key)).exists()


def has_voted(round_, key):
    return Participation.objects.filter(pk=(round_.pk, key)).exists()
