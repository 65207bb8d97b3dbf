"""The first step of the booth: who is voting. What was picked before goes along and is there again afterwards."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied, ValidationError

from geumcheon.accounts.models import Dong
from geumcheon.accounts.verification import identity
from voting import checks, roll, session
from voting.check_forms import AccountForm, IdentityForm, PaperCodeForm
from voting.forms import ConfirmForm, NumberForm, RehearsalForm
from voting.models import Channel, Level

BACK = "voting:identity_callback"
LEADS = {
    "number": "휴대전화로 한 번 확인하면 바로 투표합니다. 가입하지 않아도 됩니다.",
    "confirm": f"문자로 보낸 숫자 6자리를 {checks.CODE_MINUTES}분 안에 넣어 주세요.",
    "rehearsal": "연습 투표입니다. 지어낸 이름표로 해 봅니다.",
    "account": "주민 확인을 마친 계정입니다. 이 투표에서 묻는 것 하나만 더 적어 주세요.",
    "identity": "본인확인 기관에서 한 번 확인하면 바로 투표합니다. 가입하지 않아도 됩니다.",
    "away": "본인확인 기관에서 확인하고 돌아오면 이어서 투표합니다.",
    "paper": "창구에서 신분증을 보이고 받은 코드를 넣으면 바로 투표합니다.",
}
BUTTONS = {"number": "인증번호 받기", "identity": "본인확인 하기", "away": "확인을 마쳤으면 이어서 투표하기"}
NO_WAY = "본인확인 기관이 아직 연결되지 않았습니다. 창구에서 물어 주세요."
FAILED = "본인확인을 마치지 못했습니다. 다시 해 주세요."
STAGES = {Level.TEXT: ("number", NumberForm), Level.IDENTITY: ("identity", IdentityForm)}


def start(booth, *, expired=False, notice=""):
    """The page that asks who is voting."""
    if expired and booth.carry.picks:
        notice = "확인 시간이 지났습니다. 고른 것은 그대로 있으니 다시 확인해 주세요."
    notice = notice or booth.refused
    if booth.round.is_rehearsal:
        return _page(booth, "rehearsal", RehearsalForm(round=booth.round), notice)
    if booth.asks_account:
        return _page(booth, "account", AccountForm(round=booth.round), notice)
    if booth.round.level == Level.ROLL:
        return _page(booth, "paper", PaperCodeForm(), notice)
    stage, form = STAGES[booth.round.level]
    return _page(booth, stage, form(round=booth.round), notice)


def answer(booth, do):
    """The answer to a button of the check."""
    if booth.round.is_rehearsal:
        return _rehearse(booth) if do != "again" else start(booth)
    if do == "account":
        return _ask_account(booth)
    if do == "paper" and booth.round.level == Level.ROLL:
        return _paper(booth)
    if do == "identity" and booth.round.level == Level.IDENTITY:
        return _go_away(booth)
    if booth.round.level != Level.TEXT or do not in ("number", "confirm"):
        return start(booth)
    return _send(booth) if do == "number" else _confirm(booth)


def by_account(booth, *, birth_year=None):
    """Let in who is signed in with a check of the round's level; True when that was done. Looking at a page (GET) writes nothing.

    Where that cannot be, `booth.refused` says why, or `booth.asks_account` that the birth year is missing.
    """
    held, round = checks.of_account(booth.round, booth.request.user), booth.round
    if held is None:
        return False
    if birth_year is None and (round.min_birth_year or round.max_birth_year) and round.level != Level.ROLL:
        booth.asks_account = held.basis in round.bases
    try:
        key = roll.key_of_person(round, held.key)
        if round.level == Level.ROLL and not roll.may_vote(round, key):
            raise roll.NotEligible(roll.NOT_LISTED)
        if booth.asks_account and roll.may_vote(round, key):
            booth.asks_account = False  # asked and found right before: the roll knows
        elif round.level != Level.ROLL and not booth.asks_account:
            roll.check_eligible(round, held.basis, birth_year)
        if booth.asks_account:
            return False
        if booth.request.method == "POST" and not roll.may_vote(round, key):
            roll.admit(round=round, voter_key=key, basis=held.basis, dong=held.dong, birth_year=birth_year)
    except ValidationError as error:
        booth.refused = " ".join(error.messages)
        return False
    if booth.request.method == "POST":
        session.begin(booth.request, round, key, Channel.ONLINE, by_account=True)
    booth.voter = session.new_voter(key, Channel.ONLINE)
    return True


def _page(booth, stage, form, notice="", status=200, **more):
    way = booth.round.is_rehearsal or booth.round.level != Level.IDENTITY or identity.available()
    return booth.page(
        "check", "check", "본인 확인", stage=stage, form=form, lead=LEADS[stage], notice=notice, minutes=session.MINUTES, way=way,
        no_way=NO_WAY, button=BUTTONS.get(stage, "확인"), status=status, **more,
    )  # fmt: skip


def _address(request):
    """The visitor's network address: behind the proxy the one it passes on, else all visitors would share one limit."""
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:
        return ""


def _send(booth):
    form = NumberForm(booth.request.POST, round=booth.round)
    if not form.is_valid():
        return _page(booth, "number", form)
    number = form.cleaned_data["number"]
    try:
        pending = checks.start(booth.round, number, _address(booth.request))
    except ValidationError as error:
        form.add_error("number", error)
        return _page(booth, "number", form, status=429)
    session.set_pending(booth.request, pending)
    kept = {name: booth.request.POST.get(name, "") for name in form.fields} | {"number": number}
    return _page(booth, "confirm", ConfirmForm(round=booth.round, initial=kept))


def _confirm(booth):
    form = ConfirmForm(booth.request.POST, round=booth.round)
    if not form.is_valid():
        # What is wrong stands in fields nobody sees here: begin again.
        return _page(booth, "confirm", form) if set(form.errors) == {"typed"} else start(booth)
    pending = session.pending(booth.request)
    try:
        identity = checks.confirm(booth.round, form.cleaned_data["number"], form.cleaned_data["typed"], pending)
    except ValidationError as error:
        if pending:
            session.set_pending(booth.request, pending)
        form.add_error("typed", error)
        return _page(booth, "confirm", form)
    return _enter(booth, form, identity, "confirm", "typed")


def _rehearse(booth):
    form = RehearsalForm(booth.request.POST, round=booth.round)
    if not form.is_valid():
        return _page(booth, "rehearsal", form)
    return _enter(booth, form, f"rehearsal:{form.cleaned_data['plate']}", "rehearsal", "plate")


def _ask_account(booth):
    form = AccountForm(booth.request.POST, round=booth.round)
    if "birth_year" not in form.fields or checks.of_account(booth.round, booth.request.user) is None:
        return start(booth, expired=True)
    if not form.is_valid():
        return _page(booth, "account", form)
    if not by_account(booth, birth_year=form.cleaned_data["birth_year"]):
        return start(booth)
    return _on(booth)


def _paper(booth):
    """The counter's code: the person stands on the roll by the id that the counter wrote down."""
    form = PaperCodeForm(booth.request.POST)
    if not form.is_valid():
        return _page(booth, "paper", form)
    try:
        found = checks.of_paper_code(form.cleaned_data["paper"], _address(booth.request))
        key = roll.key_of_person(booth.round, found.key)
        roll.admit(round=booth.round, voter_key=key)
    except ValidationError as error:
        form.add_error("paper", error.messages)
        return _page(booth, "paper", form, status=429 if getattr(error, "code", "") == "limit" else 200)
    return _begin(booth, key)


def _go_away(booth):
    """Off to the identity provider, by a link: a form may not end at another host. With picks in hand it opens beside this page."""
    form = IdentityForm(booth.request.POST, round=booth.round)
    if not form.is_valid() or not identity.available():
        return _page(booth, "identity", form)
    try:
        address, kept = identity.begin(BACK)
    except identity.IdentityFailed:
        form.add_error(None, "본인확인 기관에 이어지지 않습니다. 잠시 뒤에 다시 해 주세요.")
        return _page(booth, "identity", form)
    dong = form.facts["dong"]
    session.set_away(booth.request, booth.round, kept | form.facts | {"dong": dong and dong.pk})
    return _page(booth, "away", form, address=address, beside=bool(booth.carry.picks))


def come_back(booth, kept):
    """Back from the identity provider: the voter's key, once its answer holds. Raises IdentityFailed, ValidationError."""
    key = roll.voter_key(booth.round, identity.finish(kept, booth.request.GET))
    dong = Dong.objects.filter(pk=kept["dong"]).first() if kept["dong"] else None
    roll.admit(round=booth.round, voter_key=key, basis=kept["basis"], dong=dong, birth_year=kept["birth_year"])
    session.begin(booth.request, booth.round, key, Channel.ONLINE)


def _enter(booth, form, identity, stage, field):
    """On the roll and on to the papers."""
    try:
        key = roll.voter_key(booth.round, identity)
        roll.admit(round=booth.round, voter_key=key, **form.facts)
    except ValidationError as error:
        form.add_error(field, error.messages)
        return _page(booth, stage, form)
    return _begin(booth, key)


def _begin(booth, key):
    session.begin(booth.request, booth.round, key, Channel.ONLINE)
    booth.voter = session.voter(booth.request, booth.round)
    return _on(booth)


def _on(booth):
    """To the papers. One who has voted learns it here, unless a code came along: then casting again answers."""
    if roll.has_voted(booth.round, booth.voter.key) and not booth.carry.code:
        return booth.already()
    return booth.resume()
