"""Importer of the roll of members: one row is one term of one person in one body."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from councils.member_actions import appoint, change_term
from councils.models import Body, Membership, Person, Recruited
from geumcheon.accounts import import_jobs
from geumcheon.accounts.rules import is_secretariat
from geumcheon.lib import periods
from geumcheon.lib.admin_parts import admin_url
from geumcheon.lib.imports import ADDED, CHANGED, SAME, Column, Importer, choice, day, text, whole

COMPARED = ("seat", "starts_on", "ends_before", "recruited")
LABELS = {"seat": "자리", "ends_before": "임기 종료일", "recruited": "경로", "email": "전자우편"}


def _email(value):
    try:
        validate_email(value)
    except ValidationError:
        raise ValidationError(f"전자우편 주소가 아닙니다: {value[:60]}") from None
    return value


def _name(value):
    name = text(value)
    if len(name) > Person._meta.get_field("name").max_length:
        raise ValidationError("이름이 너무 깁니다.")
    return name


COLUMNS = (
    Column("기구", "body", True, text, "기구의 이름 그대로"),
    Column("자리", "seat", True, text, "기구 화면에 있는 자리의 이름 그대로"),
    Column("이름", "name", True, _name, "위원의 이름"),
    Column("전자우편", "email", False, _email, "회의 알림을 받을 주소. 없으면 비움"),
    Column("위촉일", "starts_on", True, day, "연-월-일"),
    Column("임기 종료일", "last_day", False, day, "임기의 마지막 날. 비우면 자리의 임기대로"),
    Column("경로", "recruited", True, choice(Recruited), "공개모집, 추천, 당연직, 호선 가운데 하나"),
    Column("몇 번째 임기", "term_no", False, whole, "앞 임기가 명부에 없을 때만. 보통 비움"),
)


def _body(name):
    body = Body.objects.filter(Q(name=name) | Q(aliases__name=name)).distinct()
    if len(body) != 1:
        raise ValidationError({"body": f"등록되지 않은 기구입니다: {name[:40]}"})
    return body[0]


def _seat(body, label):
    seats = list(body.seats.all())
    found = [seat for seat in seats if seat.label == label]
    if len(found) != 1:
        known = ", ".join(seat.label for seat in seats) or "등록된 자리가 없음"
        raise ValidationError({"seat": f"{body}에 없는 자리입니다: {label[:40]} (있는 자리: {known})"})
    return found[0]


def _person(name, email):
    """The person on the roll, or a new unsaved one: by address, else by a name only one has. Two people may share a name."""
    known = Person.objects.filter(forgotten_on__isnull=True)
    if email:
        found = known.filter(email__iexact=email).first()
        if found and found.name != name:
            raise ValidationError({"email": "명부에서 다른 이름의 사람이 쓰는 주소입니다."})
        if found:
            return found
    same = list(known.filter(name=name, **({"email": ""} if email else {}))[:2])
    if len(same) > 1:
        raise ValidationError({"name": "같은 이름의 사람이 여럿입니다. 전자우편을 적어 주세요."})
    return same[0] if same else Person(name=name)


def _save_person(person, email):
    if person.pk and (not email or person.email):
        return False
    person.email = email or person.email
    person.full_clean()
    person.save()
    return True


def _says(membership):
    last = f" ~ {periods.day_text(membership.last_day)}" if membership.until else "부터"
    return f"{periods.day_text(membership.starts_on)}{last}, {membership.term_no}번째 임기"


def write(values, params):
    """Appoint, or change the term of the same person, body and first day. Returns (effect, sentence)."""
    body = _body(values["body"])
    seat = _seat(body, values["seat"])
    person = _person(values["name"], values["email"])
    new_address = _save_person(person, values["email"] or "")
    fields = {
        "seat": seat,
        "starts_on": values["starts_on"],
        "ends_before": periods.day_after(values["last_day"]),
        "recruited": values["recruited"],
    }
    membership = Membership.objects.filter(person=person, body=body, starts_on=fields["starts_on"]).first()
    try:
        if membership is None:
            membership = appoint(person=person, term_no=values["term_no"] or 1, **fields)
            return ADDED, _says(membership)
        before = {name: getattr(membership, name) for name in COMPARED}
        if fields["ends_before"] is None:
            del fields["ends_before"]  # an empty cell says nothing about a term that has an end
        changed = [name for name in COMPARED if name in fields and fields[name] != before[name]]
        if changed:
            change_term(membership=membership, **{name: fields[name] for name in changed})
    except ValidationError as error:
        raise _at_columns(error) from None
    named = [LABELS[name] for name in changed] + ([LABELS["email"]] if new_address else [])
    return (CHANGED, f"{', '.join(named)} 바꿈") if named else (SAME, "")


def _at_columns(error):
    """A refusal keyed by the model's fields, keyed by the file's columns."""
    if not hasattr(error, "error_dict"):
        return error
    columns = {"ends_before": "last_day", "person": "name"}
    return ValidationError({columns.get(key, key): messages for key, messages in error.message_dict.items()})


MEMBERS = Importer(
    kind="members",
    label="위원 명부",
    columns=COLUMNS,
    write=write,
    may=is_secretariat,
    intro="한 줄에 한 사람의 한 임기를 적습니다. 같은 사람의 같은 기구, 같은 위촉일이 명부에 있으면 그 임기를 고칩니다.",
    after=lambda: admin_url(Membership),
)
import_jobs.register(MEMBERS)
