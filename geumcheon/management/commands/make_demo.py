"""Demo accounts, one per role, and a body with twelve numbered members, for trying the portal with DEBUG on."""

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from councils import member_actions
from councils.actions import save_body
from councils.models import Body, BodyKind, BodyOffice, BodyRule, BodySeat, Membership, Person, SeatKind
from geumcheon.accounts import actions
from geumcheon.accounts.models import Department, Role, User
from geumcheon.lib import clock

# Printed in the open and good only while DEBUG is on (PortalBackend).
PASSWORD = "geumcheon-demo-2021"  # noqa: S105
ACCOUNTS = (
    ("demo-resident", "시연 주민", Role.RESIDENT),
    ("demo-member", "시연 위원", Role.MEMBER),
    ("demo-officer", "시연 담당자", Role.OFFICER),
    ("demo-secretariat", "시연 추진단", Role.SECRETARIAT),
)
OFFICER_DEPARTMENTS = ("마을자치과", "교육지원과")

# A body of its own: nobody is ever seated in a body of the plan.
BODY = "시연 분과"
MEMBERS = 12
OFFICES = (("위원장", 2, True), ("간사", 1, False))  # name, number of the member who holds it, whether it leads
RULES = (
    ("quorum_open", "재적위원 과반수의 출석으로 개의", "1/2"),
    ("quorum_decide", "출석위원 과반수의 찬성으로 의결", "1/2"),
    ("extraordinary", "재적위원 3분의 1 이상의 요구로 임시회 소집", "1/3"),
)


class Command(BaseCommand):
    help = "역할마다 시연 계정을 하나씩 만들고 비밀번호를 보여 줍니다. DEBUG에서만 됩니다."

    @transaction.atomic
    def handle(self, *args, **options):
        if not settings.DEBUG:
            raise CommandError("시연 계정은 DEBUG=1에서만 만듭니다.")
        departments = {d.name: d for d in Department.objects.filter(name__in=OFFICER_DEPARTMENTS)}
        missing = [name for name in OFFICER_DEPARTMENTS if name not in departments]
        if missing:
            raise CommandError(f"부서가 없습니다: {', '.join(missing)}. 먼저 `load_plan 2021`을 실행해 주세요.")
        encoded = self.encoded_password()
        self.stdout.write("시연 계정 — 아이디, 비밀번호, 역할 (DEBUG에서만 쓸 수 있습니다)")
        for username, name, role in ACCOUNTS:
            user = self.make(username, name, role, encoded)
            if role == Role.OFFICER:
                for wanted in OFFICER_DEPARTMENTS:
                    self.assign(user, departments[wanted])
            # The role stands last: Korean letters are two columns wide.
            self.stdout.write(f"  {username:<18}{PASSWORD:<21}{role.label}")
        self.seat_members(self.body(), User.objects.get(username="demo-member"))

    def encoded_password(self):
        """The hash all demo accounts share. Hashing is slow on purpose, so a stored one that still fits is kept."""
        stored = User.objects.filter(is_demo=True, username=ACCOUNTS[0][0]).values_list("password", flat=True).first()
        return stored if stored and check_password(PASSWORD, stored) else make_password(PASSWORD)

    def make(self, username, name, role, encoded):
        """The account as it should be; nothing is written when it is so already."""
        user = User.objects.filter(username=username).first() or User(username=username)
        if user.pk and not user.is_demo:
            raise CommandError(f"{username}은(는) 시연 계정이 아닌 사람이 쓰고 있습니다.")
        before = vars(user).copy()
        user.name, user.role, user.is_demo, user.is_active, user.is_superuser = name, role, True, True, False
        user.password = encoded
        if not user.pk or vars(user) != before:
            user.full_clean()
            user.save()
        return user

    def assign(self, user, department):
        if department.pk not in user.department_ids():
            actions.assign(user=user, department=department, starts_on=clock.today())

    def body(self):
        """The demo body with its seat, offices and rules; what is there already stays as it is."""
        body = Body.objects.filter(name=BODY).first()
        if body is None:
            note = "시연용 기구입니다. 계획에 없으며 개발 화면에서만 만듭니다."
            body = save_body(body=Body(name=BODY, is_demo=True, kind=BodyKind.SUBCOMMITTEE, order=999, note=note))
        seat = {"kind": SeatKind.CIVILIAN, "label": "시연 위원", "count": MEMBERS, "term_months": 24, "renewals": 1}
        BodySeat.objects.get_or_create(body=body, order=1, defaults=seat)
        for order, (name, _, leads) in enumerate(OFFICES, 1):
            about = {"order": order, "publishes": True, "leads": leads}
            BodyOffice.objects.get_or_create(body=body, name=name, defaults=about)
        for order, (key, text, number) in enumerate(RULES, 1):
            BodyRule.objects.get_or_create(
                body=body, order=order, defaults={"key": key, "text": text, "number": number}
            )
        return body

    def seat_members(self, body, user):
        """`위원 1` … `위원 12`, seated since New Year when nobody sits there; the demo member is the first and the 간사."""
        if Membership.objects.filter(body=body).seated(clock.today()).exists():
            return
        seat = body.seats.get(order=1)
        start = clock.today().replace(month=1, day=1)
        holders = {number: name for name, number, _ in OFFICES}
        Person.objects.filter(user=user).update(user=None)
        for number in range(1, MEMBERS + 1):
            person = Person.objects.create(name=f"위원 {number}", user=user if number == 1 else None)
            membership = member_actions.appoint(person=person, seat=seat, starts_on=start)
            if number in holders:
                office = body.offices.get(name=holders[number])
                member_actions.hold_office(membership=membership, office=office, starts_on=start)
