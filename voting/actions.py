"""The way of a round: draft → frozen → open → closed → tallied → published, or void. Every administrative act leaves an event.

Tallying has a file of its own (voting.tally), as have destroying (voting.destroy) and the joint meeting's decision (voting.decisions).
"""

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from geumcheon.lib import clock
from geumcheon.lib.text import squeeze
from voting import bundles, keys, locks, mix
from voting import freeze as freezing
from voting.counting import sealing
from voting.counting.errors import CountingError
from voting.counting.manifest import canonical, manifest_hash
from voting.models import AuditEvent, KeyHolder, Objection, Round, RoundState


def lock_round(round_):
    """The round as stored, its row locked until the transaction ends."""
    return Round.objects.select_for_update().get(pk=round_.pk)


def log(round_, act, *, by=None, note=""):
    """Note an administrative act."""
    AuditEvent.objects.create(round=round_, act=act, by=by, note=note)


def move(round_, state, *, by=None, note="", fields=()):
    """The one function that changes a round's state, along Round.MOVES. The row is locked by the caller."""
    if state not in Round.MOVES[round_.state]:
        raise ValidationError(
            f"지금 ‘{round_.get_state_display()}’ 상태라 ‘{RoundState(state).label}’(으)로 바꿀 수 없습니다."
        )
    round_.state = state
    round_.full_clean()
    round_.save(update_fields=["state", *fields])
    log(round_, RoundState(state).label, by=by, note=note)
    return round_


def freeze(*, round, by=None):
    """Fix everything: manifest, hash, pepper and signing key. Raises ValidationError with the list of what is missing."""
    with transaction.atomic():
        round = lock_round(round)
        if round.state == RoundState.FROZEN:
            return round
        missing = freezing.missing(round) if round.is_draft else []
        if missing:
            raise ValidationError(missing)
        manifest = freezing.make_manifest(round)
        round.manifest = canonical(manifest).decode()
        round.manifest_hash = manifest_hash(manifest)
        round.signing_public_key = manifest["signing_key"]
        fields = ("manifest", "manifest_hash", "signing_public_key")
        return move(round, RoundState.FROZEN, by=by, note=round.manifest_hash, fields=fields)


@transaction.atomic
def open_round(*, round, by=None):
    """Open a frozen round whose time has come. The papers are compared with the manifest once more."""
    round = lock_round(round)
    if round.state == RoundState.OPEN:
        return round
    if round.state == RoundState.FROZEN:
        if clock.now() < round.opens_at:
            raise ValidationError("아직 여는 때가 아닙니다.")
        if clock.now() >= round.closes_at:
            raise ValidationError("닫는 때가 이미 지났습니다. 무효로 하고 새 투표를 만들어 주세요.")
        if round.sealed and round.key_holders.filter(proved_at__isnull=False).count() < freezing.HOLDERS:
            raise ValidationError("열쇠 조각을 확인하지 않은 보관자가 있습니다.")
        check_unchanged(round)
    return move(round, RoundState.OPEN, by=by)


def check_unchanged(round_):
    """The rows still say what was frozen. Raises ValidationError: somebody changed them by other hands."""
    if manifest_hash(freezing.make_manifest(round_)) != round_.manifest_hash:
        raise ValidationError("확정한 내용과 지금 자료가 다릅니다. 누가 자료를 고쳤는지 확인해 주세요.")


def close_round(*, round, by=None, early=False):
    """Exclusive lock → closed → last mix over the whole urn → final checkpoint. Before its time only with `early`.

    Where there are papers, the final checkpoint waits for them (voting.paper_count.finish).

    A box that does not agree is closed all the same: the event names what is wrong, and the tally refuses.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        locks.exclude(cursor, round.pk)
        round = lock_round(round)
        if round.state == RoundState.CLOSED:
            return round
        if round.state == RoundState.OPEN and not early and locks.database_now(cursor) < round.closes_at:
            raise ValidationError("아직 닫는 때가 아닙니다.")
        broken = mix.problems(round) if round.state == RoundState.OPEN else []
        move(round, RoundState.CLOSED, by=by, note=" ".join(broken))
        mix.move(cursor, round, whole=True)
        mix.make_checkpoint(round, state=RoundState.CLOSED, is_final=not round.has_paper)
    mix.vacuum()
    return round


@transaction.atomic
def void(*, round, reason, by=None):
    """Declare a round void, with a public reason. A change of rules is this and a new round."""
    round = lock_round(round)
    if not squeeze(reason):
        raise ValidationError("무효로 하려면 사유를 적어 주세요.")
    round.void_reason = reason.strip()
    return move(round, RoundState.VOID, by=by, note=round.void_reason, fields=("void_reason",))


def publish(*, round, by=None):
    """Tell the results together with their files. Raises ValidationError: not tallied, or the files cannot be written or do not verify.

    What the files hold is fixed since the tally, so they are written before the lock; nothing is told without them.
    """
    round = Round.objects.get(pk=round.pk)
    if round.state != RoundState.TALLIED:
        return _publish(round, None, by)
    with bundles.written(round) as files:
        return _publish(round, files, by)


@transaction.atomic
def _publish(round, files, by):
    round = lock_round(round)
    if round.state == RoundState.PUBLISHED:
        return round
    if files is None and round.state == RoundState.TALLIED:
        raise ValidationError("그사이 개표했습니다. 다시 눌러 주세요.")
    move(round, RoundState.PUBLISHED, by=by)
    bundles.place(round, files)
    return round


@transaction.atomic
def keep_shares(*, round, public_key, commitments, by=None):
    """Store the public key and the holders' commitments of a key ceremony; a new ceremony replaces an old one until freezing."""
    round = lock_round(round)
    holders = list(KeyHolder.objects.select_for_update().filter(round=round).order_by("number"))
    if not round.is_draft:
        raise ValidationError("열쇠는 확정하기 전에 만듭니다.")
    if [holder.number for holder in holders] != [1, 2, 3]:
        raise ValidationError("열쇠 보관자 세 자리(1, 2, 3)를 먼저 적어 주세요.")
    for holder, commitment in zip(holders, commitments, strict=True):
        holder.commitment, holder.proved_at = commitment, None
        holder.full_clean()
        holder.save()
    round.public_key = public_key
    round.full_clean()
    round.save(update_fields=["public_key"])
    log(round, "열쇠 만들기", by=by, note=public_key)
    return holders


@transaction.atomic
def prove(*, round, share, by=None):
    """A holder shows that the share works; the KeyHolder. The share is compared and forgotten. Raises ValidationError."""
    round = lock_round(round)
    if not round.is_draft:
        raise ValidationError("열쇠 조각은 확정하기 전에 확인합니다.")
    try:
        number = sealing.share_holder(share, round.slug, bytes.fromhex(round.public_key))
        holder = KeyHolder.objects.get(round=round, number=number)
        sealing.prove_share(share, holder.commitment, round.slug, bytes.fromhex(round.public_key))
    except (CountingError, KeyHolder.DoesNotExist) as error:
        raise ValidationError(f"이 투표의 열쇠 조각이 아닙니다. {error}") from None
    holder.proved_at = clock.now()
    holder.save(update_fields=["proved_at"])
    log(round, "열쇠 조각 확인", by=by, note=holder.office)
    return holder


@transaction.atomic
def object_to(*, round, text, contact=""):
    """File an objection while the period runs; the Objection."""
    round = lock_round(round)
    if not round.takes_objections:
        raise ValidationError("지금은 이의 신청을 받는 기간이 아닙니다.")
    row = Objection(round=round, text=text.strip(), contact=contact.strip())
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def answer_objection(*, objection, state, answer, by=None):
    """Accept or reject an objection with an answer."""
    objection = Objection.objects.select_for_update().get(pk=objection.pk)
    if objection.state != Objection.State.RECEIVED:
        raise ValidationError("이미 답한 이의 신청입니다.")
    objection.state, objection.answer = state, answer.strip()
    objection.full_clean()
    objection.save(update_fields=["state", "answer"])
    log(objection.round, "이의 신청 답변", by=by, note=f"{objection.pk}: {objection.get_state_display()}")
    return objection


def has_secrets(round_):
    """Whether this process reaches the round's secrets."""
    try:
        keys.pepper(round_), keys.signing_seed(round_)
    except keys.SecretMissing:
        return False
    return True
