"""The funnel a document prints, beside what the rows of its proposals give (DESIGN.md rule 5). Nothing here knows which figures are wrong."""

from dataclasses import dataclass, field

from forums.models import FunnelStep, Kinship, Proposal, Review, ReviewState

REQUESTED = "requested"


@dataclass(frozen=True)
class Step:
    """One printed step beside its rows. Counts are proposals, amounts whole won.

    count and krw: what the rows give; krw is None where no amount is asked or known. `titles`: (title, address) of the rows counted.
    """

    row: FunnelStep
    count: int
    krw: int | None
    titles: list = field(default_factory=list)

    @property
    def count_matches(self):
        """None where nothing is printed or where not every counted proposal is named."""
        return None if self.row.count is None or not self.row.whole else self.row.count == self.count

    @property
    def amount_matches(self):
        return None if self.row.amount_krw is None or not self.row.whole else self.row.amount_krw == self.krw

    @property
    def matches(self):
        """False if one number differs, None if none can be compared."""
        found = {self.count_matches, self.amount_matches} - {None}
        return False if False in found else True if found else None

    @property
    def count_difference(self):
        """Printed − counted; None where they cannot be compared."""
        return None if self.count_matches is None else self.row.count - self.count

    @property
    def amount_difference(self):
        return None if self.amount_matches is None else self.row.amount_krw - (self.krw or 0)


def years():
    """The plan years a document prints a funnel of, newest first."""
    return list(FunnelStep.objects.order_by("-year").values_list("year", flat=True).distinct())


def steps(year):
    """[Step] of a year in the order of the document's figures; four queries whatever the number of rows."""
    printed = list(FunnelStep.objects.filter(year=year).select_related("channel", "body"))
    if not printed:
        return []
    proposals = _proposals(year)
    reviews = _reviews(year, proposals)
    return [_step(row, proposals, reviews) for row in printed]


def findings(year):
    """(key, label, where, unit, stated, computed, matches, note, source) of every printed number of a year; computed is None
    where not every counted proposal is named. Amounts in 천원, as printed.
    """
    for step in steps(year):
        row = step.row
        path = row.channel.name if row.channel else "모든 경로"
        where = f"제안의 단계 · {path}"
        if row.count is not None:
            computed = step.count if row.whole else None
            yield (
                f"funnel-{row.order}-count", f"{row.label}: 개수", where, "개", row.count, computed, step.count_matches,
                row.note, row.source,
            )  # fmt: skip
        if row.amount_krw is not None:
            computed = (step.krw or 0) // 1000 if row.whole else None
            yield (
                f"funnel-{row.order}-amount", f"{row.label}: 금액", where, "천원", row.amount_krw // 1000, computed,
                step.amount_matches, row.note, row.source,
            )  # fmt: skip


def _proposals(year):
    """{pk: Proposal} of the calls that were transcribed from that year's document; hidden ones and drafts are not counted."""
    rows = Proposal.objects.public().filter(call__year=year, call__historical=True)
    return {p.pk: p for p in rows.select_related("call").prefetch_related("bodies").order_by("call", "number")}


def _reviews(year, proposals):
    """{(proposal pk, stage code): Review} of the published reviews."""
    rows = Review.objects.filter(
        proposal__call__year=year, proposal__call__historical=True, state=ReviewState.PUBLISHED
    )
    return {
        (r.proposal_id, r.stage.code): r for r in rows.select_related("stage", "share") if r.proposal_id in proposals
    }


def _step(row, proposals, reviews):
    outcomes = row.outcomes.split()
    counted = [
        proposal
        for pk, proposal in proposals.items()
        if (review := reviews.get((pk, row.stage_code))) is not None
        and review.outcome in outcomes
        and row.channel_id in (None, proposal.call.channel_id)
        and (row.body_id is None or any(body.pk == row.body_id for body in proposal.bodies.all()))
    ]
    titles = [(proposal.title, proposal.get_absolute_url()) for proposal in counted]
    return Step(row, len(counted), _sum(row.amount_code, counted, reviews), titles)


def _sum(code, proposals, reviews):
    """Won of the proposals at a stage; an amount that several share counts once. None where no amount is known."""
    if not code:
        return None
    amounts = {}
    for proposal in proposals:
        if code == REQUESTED:
            amounts[proposal.pk] = proposal.requested_krw
        elif review := reviews.get((proposal.pk, code)):
            key, krw = (
                (f"share-{review.share_id}", review.share.amount_krw)
                if review.share_id
                else (proposal.pk, review.amount_krw)
            )
            amounts[key] = krw
    known = [krw for krw in amounts.values() if krw is not None]
    return sum(known) if known else None


def ways(year):
    """[Kinship] of what went into what among the transcribed proposals, with both proposals."""
    shown = Proposal.objects.public().filter(call__year=year, call__historical=True)
    rows = Kinship.objects.filter(source_proposal__in=shown, target__in=shown, undone_on__isnull=True)
    return list(
        rows.select_related("source_proposal", "target").order_by("source_proposal__call", "source_proposal__number")
    )
