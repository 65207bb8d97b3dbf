"""Arguments of the addresses in tests/roles.py: by the argument's name, or for one address alone."""

from django.apps import apps

from councils.models import Allowance, Body, Notice, Recruitment, RewardEntry, RewardRound
from forums.models import Event, Kinship, Proposal
from projects.models import Finding, InspectionTeam, Plan, Project
from voting.models import Objection, Round


def content_type_of(model):
    return apps.get_model("contenttypes", "ContentType").objects.get_for_model(model).pk


def at_roads():
    """A loaded proposal that 도로과 visited and another officer finds nothing of."""
    return Proposal.objects.filter(department__name="도로과", field_checks__isnull=False).order_by("pk").first()


def kin_at_desk():
    link = Kinship.objects.order_by("pk").first()
    return {"pk": link.source_proposal_id, "kinship": link.pk}


ARGUMENTS = {
    "year": lambda: 2021,
    "month": lambda: 3,
    "number": lambda: 1,
    "order": lambda: 1,
    "app_label": lambda: "accounts",
    "token": lambda: "token-of-a-job",
}
ARGUMENTS_OF = {
    **dict.fromkeys(["proposal_comments", "proposal_report"], lambda: {"pk": Proposal.objects.public().first().pk}),
    **dict.fromkeys(
        [f"comment{name}" for name in ("", "_edit", "_delete", "_endorse", "_report")], lambda: {"pk": 999_999_999}
    ),
    **dict.fromkeys(
        [f"desk_{name}" for name in ("proposal", "transfer", "merge", "split", "field_check", "project")],
        lambda: {"pk": at_roads().pk},
    ),
    **dict.fromkeys(
        [
            "proposal",
            *(f"proposal_{name}" for name in ("endorse", "follow", "edit", "preview", "withdraw", "discard")),
        ],
        lambda: {"pk": at_roads().pk},
    ),
    "call": lambda: {"pk": at_roads().call_id},
    "propose": lambda: {"pk": at_roads().call_id},
    "topic_remove": lambda: {"pk": 999_999_999},
    "story": lambda: {"pk": 999_999_999},
    "story_picture": lambda: {"pk": 999_999_999, "picture": 1},
    "proposal_photo": lambda: {"pk": at_roads().pk, "photo": 1},
    "proposal_autosave": lambda: {"key": "proposal-1"},
    **dict.fromkeys(
        [
            "event",
            *(
                f"event_{name}"
                for name in (
                    "register",
                    "ics",
                    "people",
                    "edit",
                    "announce",
                    "cancel",
                    "close",
                    "headcount",
                    "print",
                    "add",
                    "hall",
                    "table_new",
                    "priority_new",
                )
            ),
        ],
        lambda: {"pk": Event.objects.get(title="시험 행사 0").pk},
    ),
    **dict.fromkeys(
        ["survey", *(f"survey_{name}" for name in ("desk", "edit", "paper", "start", "codes", "close"))],
        lambda: {"pk": Event.objects.get(title="시험 행사 0").pk},
    ),
    "event_table": lambda: {"pk": Event.objects.get(title="시험 행사 0").pk, "table": 999_999_999},
    "event_priority": lambda: {"pk": Event.objects.get(title="시험 행사 0").pk, "priority": 999_999_999},
    "event_hall_remove": lambda: {"pk": Event.objects.get(title="시험 행사 0").pk, "kind": "table", "row": 1},
    "event_seat": lambda: {"pk": Event.objects.get(title="시험 행사 0").pk, "registration": 1},
    "desk_withdraw": lambda: {"pk": at_roads().pk, "review": at_roads().reviews.first().pk},
    "desk_undo": lambda: kin_at_desk(),
    "desk_field_check_edit": lambda: {"pk": at_roads().pk, "check": at_roads().field_checks.first().pk},
    "desk_photo": lambda: {"pk": at_roads().pk, "photo": 1},
    "councils:body": lambda: {"pk": Body.objects.first().pk},
    "councils:meeting": lambda: {"year": 2019, "no": 1},  # the log of 2021 is not handed over
    "councils:body_calendar": lambda: {"pk": Body.objects.first().pk},
    **dict.fromkeys(
        [
            f"councils:{name}"
            for name in ("meeting_ics", "reply", "replies", "minutes_print", "sign_sheet", "sign_sheet_xlsx")
        ],
        lambda: {"year": 2019, "no": 1},
    ),
    **{
        f"councils:{name}": lambda: {"year": 2019, "no": 1}
        for name in ("call", "log", "log_correct", "log_publish", "log_cancel")
    },
    "councils:draft": lambda: {"key": "new-log"},
    "councils:meeting_file": lambda: {"year": 2019, "no": 1, "pk": 1},
    "councils:notice": lambda: {"pk": Notice.objects.get().pk},
    "dong": lambda: {"name": "가산동"},
    "sitemap_part": lambda: {"section": "projects"},
    "projects:measurement_file": lambda: {"year": 2021, "number": 1, "order": 1, "pk": 1},
    "projects:team": lambda: {"year": 2021, "number": 4, "pk": InspectionTeam.objects.get(project__number=4).pk},
    "projects:visit_photo": lambda: {
        "year": 2021,
        "number": 4,
        "team": InspectionTeam.objects.get(project__number=4).pk,
        "pk": 1,
    },
    "projects:publicity_file": lambda: {"year": 2021, "number": 4, "pk": 1},
    "admin:projects_finding_move": lambda: {"pk": Finding.objects.first().pk, "to": "notified"},
    "open_data:json": lambda: {"name": "projects"},
    "open_data:csv": lambda: {"name": "projects"},
    "account_invitation": lambda: {"uid": "MQ", "token": "x-y"},
    "openid_connect_login": lambda: {"provider_id": "oidc"},
    "openid_connect_callback": lambda: {"provider_id": "oidc"},
    "account_reset_password_from_key": lambda: {"uidb36": "1", "key": "x-y"},
    "admin:view_on_site": lambda: {
        "content_type_id": content_type_of(Project),
        "object_id": Project.objects.first().pk,
    },
    "admin:accounts_user_invite": lambda: {"pk": 1},
    "imports:upload": lambda: {"kind": "members"},
    "imports:template": lambda: {"kind": "members"},
    "admin:councils_allowance_meeting": lambda: {"pk": Allowance.objects.first().meeting_id},
    "admin:councils_allowance_sheet": lambda: {"pk": Allowance.objects.first().meeting_id},
    "admin:councils_rewardentry_reverse": lambda: {"pk": RewardEntry.objects.first().pk},
    "admin:councils_rewardround_award": lambda: {"pk": RewardRound.objects.first().pk},
    "admin:councils_recruitment_move": lambda: {"pk": Recruitment.objects.first().pk, "state": "open"},
    "admin:councils_recruitment_scores": lambda: {"pk": Recruitment.objects.first().pk},
    "admin:councils_recruitment_appoint": lambda: {"pk": Recruitment.objects.first().pk},
    "admin:projects_plan_move": lambda: {"pk": Plan.objects.get(year=2021).pk, "status": "closed"},
    **dict.fromkeys(
        [
            f"voting:{name}"
            for name in (
                "round",
                "vote",
                "vote_end",
                "counter",
                "kiosk",
                "kiosk_end",
                "board",
                "checkpoints",
                "results",
                "announcement",
                "result_sheet",
                "objection",
            )
        ],
        lambda: {"slug": "napulnapul-2020"},
    ),
    **dict.fromkeys(["voting:paper", "voting:paper_hand"], lambda: {"slug": "napulnapul-2020"}),
    **dict.fromkeys(["voting:paper_new", "voting:paper_count"], lambda: {"slug": "napulnapul-2020", "order": 1}),
    **dict.fromkeys(
        ["voting:paper_batch", "voting:paper_enter"], lambda: {"slug": "napulnapul-2020", "order": 1, "number": 1}
    ),
    "voting:paper_settle": lambda: {"slug": "napulnapul-2020", "order": 1, "number": 1, "sheet": 1},
    "voting:board_rows": lambda: {"slug": "napulnapul-2020", "order": 1},
    "voting:result_file": lambda: {"slug": "napulnapul-2020", "name": "results.csv"},
    "admin:voting_round_move": lambda: {"pk": Round.objects.first().pk, "state": "frozen"},
    **{
        f"admin:voting_round_{name}": lambda: {"pk": Round.objects.first().pk}
        for name in ("void", "prove", "destroy", "decide", "projects")
    },
    "admin:voting_objection_answer": lambda: {"pk": Objection.objects.first().pk},
}
