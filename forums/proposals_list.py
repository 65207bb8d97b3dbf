"""The list of proposals: filters, orders, and how far each is from its threshold. The number of queries does not grow with the rows."""

from datetime import timedelta

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from forums.models import WAITS, Call, Channel, Endorsement, Proposal, ProposalAlias, ProposalState, Stage
from forums.models.proposal import PUBLIC_STATES
from geumcheon.accounts.models import Department, Dong
from geumcheon.lib import clock
from geumcheon.lib.filters import FilterForm, pick, pick_number, pick_row, search_word

PER_PAGE = 20
ENDORSING, REVIEWING = "endorsing", "reviewing"
NEWEST, MOST, NEAREST = "", "most", "nearest"
ORDERS = ((MOST, "공감 많은 순"), (NEAREST, "공감 기준에 가까운 순"))
STATE_CHIPS = {
    ProposalState.OPEN: "chip-blue", ProposalState.PROJECT: "chip-green", ProposalState.ENDED: "", ProposalState.WITHDRAWN: "",
    ProposalState.HIDDEN: "chip-red", ProposalState.DRAFT: "chip-yellow",
}  # fmt: skip


def endorsing(day):
    """The condition of proposals that collect endorsements on a day."""
    running = Q(endorse_before__isnull=True) | Q(endorse_before__gt=day)
    return running & Q(state=ProposalState.OPEN, stage__endorsable=True, call__historical=False)


class ProposalFilter(FilterForm):
    """GET filters of the proposals."""

    q = search_word()
    year = pick_number("계획 연도")
    channel = pick("경로", ())
    state = pick("상태", ())
    stage = pick("단계", ())
    dong = pick_row("동", Dong.objects.all())
    department = pick_row("부서", Department.objects.none())
    order = pick("순서", ORDERS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        years = Call.objects.published().order_by("-year").values_list("year", flat=True).distinct()
        self.fields["year"].choices = [("", "전체"), *((year, f"{year}년") for year in years)]
        self.fields["channel"].choices = [("", "전체"), *Channel.objects.order_by("order").values_list("code", "name")]
        states = [(value, ProposalState(value).label) for value in PUBLIC_STATES if value != ProposalState.OPEN]
        self.fields["state"].choices = [("", "전체"), (ENDORSING, "공감 받는 중"), (REVIEWING, "검토 중"), *states]
        names = dict.fromkeys(Stage.objects.order_by("channel__order", "order").values_list("name", flat=True))
        self.fields["stage"].choices = [("", "전체"), *((name, name) for name in names)]
        self.fields["department"].queryset = Department.objects.filter(proposals__isnull=False).distinct()
        self.fields["order"].choices = [(NEWEST, "새로 올린 순"), *ORDERS]

    def apply(self, rows):
        """The proposals the valid filters leave, in the order asked for, with `support`."""
        self.is_valid()
        wanted, day = self.cleaned_data, clock.today()
        for name, field in (("year", "call__year"), ("channel", "call__channel__code"), ("stage", "stage__name")):
            if wanted.get(name):
                rows = rows.filter(**{field: wanted[name]})
        for name in ("dong", "department"):
            if wanted.get(name):
                rows = rows.filter(**{name: wanted[name]})
        if state := wanted.get("state"):
            rows = _in_state(rows, state, day)
        for word in (wanted.get("q") or "").split():
            told = Q(title__icontains=word) | Q(body__icontains=word) | Q(place__icontains=word)
            rows = rows.filter(told | Q(pk__in=_aliased(word)))
        return _ordered(with_support(rows), wanted.get("order", NEWEST), day)


def _aliased(word):
    return ProposalAlias.objects.filter(name__icontains=word).values("proposal")


def _in_state(rows, state, day):
    if state == ENDORSING:
        return rows.filter(endorsing(day))
    if state == REVIEWING:
        return rows.filter(state=ProposalState.OPEN).exclude(endorsing(day))
    return rows.filter(state=state)


def with_support(rows):
    """The proposals with `support`: how many endorse each."""
    counted = Endorsement.objects.filter(proposal=OuterRef("pk")).order_by().values("proposal").annotate(n=Count("pk"))
    return rows.annotate(support=Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), Value(0)))


def _ordered(rows, order, day):
    newest = (F("submitted_at").desc(nulls_last=True), "-call__year", "call__channel__order", "number", "pk")
    if order == MOST:
        return rows.order_by("-support", *newest)
    if order == NEAREST:
        # Those that still collect come first, the one that lacks least on top.
        lacks = F("call__endorsements_needed") - F("support")
        turn = Case(When(endorsing(day), then=lacks), output_field=IntegerField())
        return rows.annotate(lacks=turn).order_by(F("lacks").asc(nulls_last=True), *newest)
    return rows.order_by(*newest)


def listed():
    """The public proposals with all a card shows."""
    rows = Proposal.objects.public().filter(call__published=True)
    return rows.select_related("call__channel", "stage", "dong", "department", "project__plan")


def dress(proposal, day, support=None):
    """Give a proposal what pages show of its support on `day`: `chip`, `word`, `collects`, `needed`, `share`, `left`, `last_day`."""
    proposal.support = proposal.support if support is None else support
    proposal.chip = STATE_CHIPS.get(proposal.state, "")
    proposal.word = proposal.get_state_display()
    proposal.needed = proposal.call.endorsements_needed
    running = proposal.endorse_before is None or proposal.endorse_before > day
    proposal.collects = proposal.is_open and proposal.stage.endorsable and running and not proposal.call.historical
    proposal.last_day = proposal.endorse_before - timedelta(days=1) if proposal.endorse_before else None
    left = (proposal.last_day - day).days if proposal.last_day else None
    proposal.left = "" if left is None or left < 0 else f"D-{left}" if left else "오늘까지"
    proposal.share = min(100, proposal.support * 100 // proposal.needed) if proposal.needed else 100
    if proposal.collects:
        proposal.word, proposal.chip = "공감 받는 중", "chip-green"
    elif proposal.is_open:
        proposal.word = proposal.stage.name
    elif proposal.state == ProposalState.HIDDEN and proposal.hidden_reason == WAITS:
        proposal.word, proposal.chip = "살펴보는 중", "chip-yellow"
    return proposal


def dress_call(call, day):
    """Give a call `last_day`, `left` (`D-3`, `오늘까지`, "") and `is_open_now`."""
    call.last_day = call.ends_before - timedelta(days=1) if call.ends_before else None
    left = (call.last_day - day).days if call.last_day else None
    call.left = "" if left is None or left < 0 else f"D-{left}" if left else "오늘까지"
    call.is_open_now = call.is_open(day)
    return call


def open_calls(day):
    """The calls that take proposals on a day, the one that ends first on top."""
    rows = Call.objects.open(day).filter(historical=False).select_related("channel")
    return [
        dress_call(call, day) for call in rows.order_by(F("ends_before").asc(nulls_last=True), "channel__order", "pk")
    ]
