"""Importer of the filled 검토 목록: one row is one review, written by the same action as the form."""

import re

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from councils.models import Body, Meeting
from forums import review_actions
from forums.models import Answered, Outcome, Proposal, ProposalState
from forums.texts import clean_line, clean_text
from geumcheon.accounts import import_jobs
from geumcheon.accounts.models import User
from geumcheon.accounts.rules import is_office
from geumcheon.lib.imports import CHANGED, SAME, Column, Importer, choice, day, text

REASON_LIMIT = 2_000
ANSWERS = {label: value for value, label in Answered.choices}


def _token(value):
    found = re.fullmatch(r"([1-9][0-9]{0,8})-([1-9][0-9]{0,8})", value.strip())
    if not found:
        raise ValidationError("받은 목록의 값 그대로 두어야 합니다. 예: 12-3")
    return int(found[1]), int(found[2])


def _thousand(value):
    """Won from 천원: `200,000` or `200000`, at most three decimals."""
    digits = value.replace("천원", "").strip()
    found = re.fullmatch(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.([0-9]{1,3}))?", digits)
    if not found:
        raise ValidationError("천원 단위의 수로 적어 주세요. 예: 200,000")
    return int(found[1].replace(",", "")) * 1000 + int((found[2] or "0").ljust(3, "0"))


def _answers(value):
    """{criterion name: (Answered, note)} of lines `사업효과성: 좋음, 의견`; a line without an answer is left out."""
    found = {}
    for line in value.splitlines():
        name, colon, said = line.partition(":")
        if not line.strip():
            continue
        label, _, note = said.strip().partition(",")
        if not colon:
            raise ValidationError(f"‘기준: 답’처럼 적어 주세요: {line.strip()[:40]}")
        if not said.strip():
            continue
        if label.strip() not in ANSWERS:
            raise ValidationError(f"{name.strip()}: {' / '.join(ANSWERS)} 가운데 하나여야 합니다.")
        found[name.strip()] = (ANSWERS[label.strip()], clean_line(note, 300))
    return found


def _meeting(value):
    found = re.fullmatch(r"(\d{4})-(\d{1,4})", value.strip())
    meeting = Meeting.objects.filter(year=int(found[1]), no=int(found[2])).first() if found else None
    if meeting is None:
        raise ValidationError(f"그런 번호의 회의가 없습니다: {value[:20]}. 2026-12처럼 적어 주세요.")
    return meeting


def _body(value):
    body = Body.objects.filter(name=value.strip()).first()
    if body is None:
        raise ValidationError(f"등록되지 않은 기구입니다: {value[:40]}")
    return body


COLUMNS = (
    Column("제안 열쇠", "token", True, _token, "받은 목록의 값 그대로"),
    Column("제안사업명", "title", False, text, "받은 목록의 값 그대로"),
    Column("결과", "outcome", False, choice(Outcome), "그 단계의 결과 가운데 하나. 비우면 건너뜀"),
    Column("조정 사업비(천원)", "amount", False, _thousand, "천원 단위의 수"),
    Column("검토 기준", "answers", False, _answers, "한 줄에 하나씩 ‘기준: 좋음’"),
    Column("의견", "reason", False, lambda value: clean_text(value, REASON_LIMIT), "공개하는 이유"),
    Column("검토일", "on", False, day, "연-월-일. 비우면 오늘"),
    Column("기구", "body", False, _body, "회의에서 정했을 때만"),
    Column("회의", "meeting", False, _meeting, "회의 번호(연도-번호)"),
)
FIELDS = {
    "amount_krw": "amount",
    "meeting": "meeting",
    "body": "body",
    "on": "on",
    "reason": "reason",
    "answers": "answers",
    "outcome": "outcome",
}


def write(values, params):
    """Review the proposal of one row; a row without an outcome is passed over. Returns (effect, sentence)."""
    pk, version = values["token"]
    user = User.objects.filter(pk=params.get("user"), is_active=True).first()
    proposal = Proposal.objects.exclude(state=ProposalState.DRAFT).select_related("stage").filter(pk=pk).first()
    if proposal is None or user is None or not user.has_perm("forums.open_at_desk", proposal):
        raise ValidationError({"token": "검토할 수 있는 제안이 아닙니다."})
    if values["title"] and values["title"] != text(proposal.title):
        raise ValidationError({"title": f"제안 열쇠와 맞지 않습니다. 이 열쇠의 제안은 ‘{proposal.title}’입니다."})
    if not values["outcome"]:
        return SAME, "결과가 비어 있어 건너뜁니다"
    try:
        made = review_actions.review(
            proposal=proposal, by=user, stage=None, version=version, outcome=values["outcome"], amount_krw=values["amount"],
            answers=_by_key(proposal.stage, values["answers"] or {}), body=values["body"], meeting=values["meeting"],
            on=values["on"], reason=values["reason"] or "",
        )  # fmt: skip
    except PermissionDenied:
        raise ValidationError({"token": "이 단계를 검토할 수 있는 사람이 아닙니다."}) from None
    except ValidationError as error:
        raise _at_columns(error) from None
    return CHANGED, f"{made.stage.name}: {made.get_outcome_display()}"


def _by_key(stage, answers):
    keys = {criterion.name: criterion.pk for criterion in stage.criteria.all()}
    unknown = [name for name in answers if name not in keys]
    if unknown:
        raise ValidationError({"answers": f"이 단계의 검토 기준이 아닙니다: {', '.join(unknown)[:80]}"})
    return {keys[name]: said for name, said in answers.items()}


def _at_columns(error):
    """A refusal keyed by the action's fields, keyed by the file's columns."""
    if not hasattr(error, "error_dict"):
        return ValidationError({"token": error.messages})
    return ValidationError({FIELDS.get(key, "token"): found for key, found in error.message_dict.items()})


REVIEWS = Importer(
    kind="reviews",
    label="제안 검토 목록",
    columns=COLUMNS,
    write=write,
    may=is_office,
    intro="검토 목록을 받아 ‘결과’와 금액, 검토 기준, 의견을 채워 올립니다. 받은 뒤에 다른 사람이 처리한 제안은 오류로 알려 줍니다.",
    after=lambda: reverse("desk"),
)
import_jobs.register(REVIEWS)
