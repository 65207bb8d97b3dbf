"""The lists of a meeting's record: writing them, what is still missing, and the record in words for corrections."""

from django.core.exceptions import ValidationError

from councils import quorum
from councils.models import AgendaItem, Attendance, Decision, GuestGroup, OfficeHolding
from councils.slots import Slot
from geumcheon.lib import clock, periods

# filler(meeting) -> [(label, text)]: what apps on the right hang on a meeting, in words, for corrections.
meeting_words = Slot()

VOTES = ("votes_for", "votes_against", "abstaining")


def write_attendance(meeting, present):
    """Keep {person id: bool}; only people seated in the meeting's bodies on its day. None leaves it as it is.

    Rows of people who are not seated that day (the day or the bodies changed) are dropped.
    """
    seated = set(quorum.seated_on(meeting).values_list("person_id", flat=True))
    meeting.attendances.exclude(person_id__in=seated).delete()
    if present is None:
        return
    strangers = set(present) - seated
    if strangers:
        raise ValidationError("그날 이 기구의 위원이 아닌 사람이 참석자에 있습니다. 명부를 다시 열어 주세요.")
    old = {row.person_id: row for row in meeting.attendances.all()}
    for person_id, was_present in present.items():
        row = old.get(person_id) or Attendance(meeting=meeting, person_id=person_id)
        if row.pk is None or row.present != was_present:
            row.present = was_present
            row.save()


def write_guests(meeting, guests):
    """Keep [(group, count of people)] in order."""
    if guests is None:
        return
    meeting.guests.all().delete()
    for order, (group, count) in enumerate(guests, 1):
        row = GuestGroup(meeting=meeting, order=order, group=group, count=count)
        row.full_clean()
        row.save()


def write_items(meeting, items):
    """Keep the agenda items in order, each with its decision and what apps on the right hang on it; rows keep their keys."""
    if items is None:
        return
    old = list(meeting.items.order_by("order", "pk"))
    for order, item in enumerate(items, 1):
        row = old.pop(0) if old else AgendaItem(meeting=meeting)
        row.order, row.kind, row.title, row.text = order, item.kind, item.title, item.text
        row.full_clean()
        row.save()
        _write_decision(row, item.decision)
        for part in item.parts:
            part.save(row)
    for row in old:
        row.delete()


def _write_decision(item, decision):
    old = Decision.objects.filter(item=item).first()
    if decision is None:
        if old:
            old.delete()
        return
    row = old or Decision(item=item)
    for name in ("outcome", "text", "unanimous", *VOTES):
        setattr(row, name, decision.get(name, row._meta.get_field(name).get_default()))
    row.full_clean(exclude=["item"] if row.pk is None else None)
    row.save()


def people(meeting, counted):
    """Everybody present: members once each and guests; None when nobody was written down (an old record keeps its number)."""
    guests = sum(meeting.guests.values_list("count", flat=True))
    if not guests and not meeting.attendances.exists():
        return None
    return counted.present + guests


def missing(meeting):
    """What a log lacks before it can be handed in, as Korean sentences ([] = nothing)."""
    sentences = []
    if meeting.starts_on > clock.today():
        sentences.append("아직 열리지 않은 회의입니다. 날짜를 확인해 주세요.")
    if not meeting.place and not meeting.online_link:
        sentences.append("장소를 적어 주세요.")
    if quorum.seated_on(meeting).exists() and not meeting.attendances.filter(present=True).exists():
        sentences.append("참석한 위원을 한 사람 이상 눌러 주세요.")
    if not meeting.items.exists() and not meeting.minutes.strip():
        sentences.append("안건이나 회의록을 적어 주세요.")
    return sentences


def words(meeting):
    """[(label, text)] of everything a published record says. Members are counted, not named (DESIGN.md rule 9)."""
    lines = [
        ("종류", str(meeting.kind)),
        ("기구", ", ".join(str(body) for body in meeting.bodies.all())),
        (
            "날짜",
            periods.day_text(meeting.starts_on)
            + (f" ~ {periods.day_text(meeting.ends_on)}" if meeting.ends_on else ""),
        ),
        ("시각", " ~ ".join(f"{t:%H:%M}" for t in (meeting.starts_at, meeting.ends_at) if t)),
        ("장소", meeting.place),
        ("주요 내용", meeting.agenda),
        ("참석 위원", f"{meeting.attendances.filter(present=True).count()}명"),
        ("참석 인원", "" if meeting.attendees is None else f"{meeting.attendees}명"),
        ("위원 아닌 참석자", ", ".join(str(guest) for guest in meeting.guests.all())),
    ]
    for item in meeting.items.select_related("decision"):
        lines.append((f"안건 {item.order}", f"[{item.get_kind_display()}] {item.title}"))
        lines.append((f"안건 {item.order} 논의", item.text))
        lines.append((f"안건 {item.order} 의결", decision_words(getattr(item, "decision", None))))
    lines.append(("회의록", meeting.minutes))
    lines.append(("사진과 파일", ", ".join(file.title for file in meeting.files.all())))
    for filled in meeting_words.collect(meeting):
        lines += filled
    return lines


def decision_words(decision):
    """A decision in words: `가결 (찬성 7, 반대 2, 기권 1)`; "" for none."""
    if decision is None:
        return ""
    votes = [
        f"{label} {getattr(decision, name)}"
        for label, name in zip(("찬성", "반대", "기권"), VOTES, strict=True)
        if getattr(decision, name) is not None
    ]
    how = "만장일치" if decision.unanimous else ", ".join(votes)
    return (
        f"{decision.get_outcome_display()}{f' ({how})' if how else ''}{f' — {decision.text}' if decision.text else ''}"
    )


def differences(before, after):
    """[{"field", "before", "after"}] between two records in words, in the order of the newer one."""
    old, new = dict(before), dict(after)
    names = [*new, *(name for name in old if name not in new)]
    return [
        {"field": name, "before": old.get(name, ""), "after": new.get(name, "")}
        for name in names
        if old.get(name, "") != new.get(name, "")
    ]


def office_of(user, meeting):
    """The office by which a user acts on a meeting, for print: `간사`, `대리`, or the secretariat's name."""
    person = getattr(user, "person", None)
    if person is not None:
        today = clock.today()
        holding = (
            OfficeHolding.objects.filter(
                periods.covering(today),
                membership__person=person,
                membership__body__in=meeting.bodies.all(),
                office__publishes=True,
            )
            .select_related("office")
            .first()
        )
        if holding:
            return holding.office.name
        if person.stand_ins.filter(periods.covering(today), body__in=meeting.bodies.all()).exists():
            return "대리"
    return user.get_role_display()
