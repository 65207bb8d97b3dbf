"""What the proposals show on 내 활동, and what they let go when somebody leaves."""

import secrets

from django.urls import reverse

from forums import proposal_actions, proposals_list
from forums.models import Answer, Endorsement, Follow, MailStop, Proposal, ProposalState
from geumcheon.accounts.slots import Row, Section
from geumcheon.lib import clock

MOST = 20
SHOWN = ("call__channel", "stage")


def _row(proposal, meta=""):
    return Row(proposal.title, proposal.get_absolute_url(), meta or f"{proposal.call.title} · {_stand(proposal)}")


def _stand(proposal):
    return proposal.stage.name if proposal.is_open else proposal.get_state_display()


def own_proposals(user):
    """The own proposals, drafts first."""
    rows = list(Proposal.objects.filter(author=user).select_related(*SHOWN).order_by("-submitted_at", "-pk")[:MOST])
    drafts = [row for row in rows if row.state == ProposalState.DRAFT]
    rows = drafts + [row for row in rows if row.state != ProposalState.DRAFT]
    label = {"label": "내 제안", "more": reverse("proposals"), "more_label": "제안 보러 가기"}
    return Section("proposals", rows=[_row(row) for row in rows], empty="아직 낸 제안이 없습니다.", **label)


def own_endorsements(user):
    rows = (
        Proposal.objects.public().filter(endorsements__user=user).select_related(*SHOWN).order_by("-endorsements__pk")
    )
    rows = [_row(row) for row in rows[:MOST]]
    return Section("endorsements", "공감한 제안", rows) if rows else None


def own_follows(user):
    rows = Proposal.objects.public().filter(follows__user=user).select_related(*SHOWN).order_by("-follows__pk")
    rows = [_row(row) for row in rows[:MOST]]
    return Section("follows", "소식 받는 제안", rows) if rows else None


def own_data(user):
    """What the download of the own data holds of the proposals."""
    fields = ("call__title", "number", "title", "body", "place", "dong__name", "requested_krw", "state", "submitted_at")
    return {
        "proposals": list(Proposal.objects.filter(author=user).values(*fields)),
        "proposal_answers": list(
            Answer.objects.filter(proposal__author=user).values("proposal__title", "question__text", "text")
        ),
        "endorsements": list(Endorsement.objects.filter(user=user).values("proposal__title", "created_at")),
        "follows": list(Follow.objects.filter(user=user).values_list("proposal__title", flat=True)),
    }


def leave(user):
    """Drafts go; proposals stay without their author; support of what still collects goes, the rest keeps a key that leads nowhere."""
    for row in Proposal.objects.filter(author=user, state=ProposalState.DRAFT):
        proposal_actions.discard(proposal=row, by=user)
    own = list(Proposal.objects.filter(author=user))
    for row in own:
        row.author, row._change_reason = None, "제안한 사람이 탈퇴함"
        row.save(update_fields=["author"])
    Proposal.history.filter(author=user).update(author=None)
    Proposal.history.filter(history_user=user).update(history_user=None)
    running = proposals_list.endorsing(clock.today())
    mine = Endorsement.objects.filter(user=user)
    # Locked as endorsing locks them, in the order of their keys, so that a count at the threshold is of one moment.
    open_ones = Proposal.objects.filter(running, endorsements__user=user).order_by("pk").values_list("pk", flat=True)
    list(Proposal.objects.select_for_update(of=("self",)).filter(pk__in=list(open_ones)).order_by("pk"))
    mine.filter(proposal__in=Proposal.objects.filter(running)).delete()
    for row in mine:
        row.user, row.person_key = None, secrets.token_hex(32)
        row.save(update_fields=["user", "person_key"])
    Follow.objects.filter(user=user).delete()
    MailStop.objects.filter(user=user).delete()


def leaving_words():
    return {
        "kept": ["올린 제안은 ‘탈퇴한 주민’의 이름으로, 끝난 공감은 누구의 것인지 알 수 없는 수로 남습니다."],
        "destroyed": ["쓰던 제안과 사진, 공감 받는 중인 제안에 한 공감, 소식 받기"],
    }


def fill(slots):
    """Put all this into the slots of the accounts."""
    for filler in (own_proposals, own_endorsements, own_follows):
        slots.my_page.fill(filler)
    slots.own_data.fill(own_data)
    slots.leaving.fill(leave)
    slots.leaving_words.fill(leaving_words)
