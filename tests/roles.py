"""The table of who may what: each named address and each admin model, for each role. tests/test_roles.py holds the portal to it.

A new address or a newly registered model needs an entry here.
"""

from dataclasses import dataclass

from geumcheon.lib import pdf

ROLES = (None, "resident", "member", "officer", "secretariat")

# --- addresses ----------------------------------------------------------------------------------------------------
# Status for: visitor, resident, member, officer, secretariat.
OPEN = (200, 200, 200, 200, 200)
MOVED = (302, 302, 302, 302, 302)
VISITORS_ONLY = (200, 302, 302, 302, 302)
SIGNED_IN = (302, 200, 200, 200, 200)
OFFICE = (302, 302, 302, 200, 200)  # the others are sent to sign in
SECRETARIAT_ONLY = (302, 403, 403, 403, 200)
GONE = (410, 410, 410, 410, 410)
DESK = (302, 403, 403, 200, 200)
OTHER_DEPARTMENT = (302, 403, 403, 404, 200)  # an officer finds nothing of another department at the desk
DEVELOPMENT = (404, 404, 404, 404, 404)  # with DEBUG only
PDF = OPEN if pdf.available() else (404, 404, 404, 404, 404)

URLS = {
    "home": OPEN,
    "healthz": OPEN,
    "readyz": OPEN,
    "search": OPEN,
    "dongs": OPEN,
    "dong": OPEN,
    "accessibility": OPEN,
    "privacy": OPEN,
    "terms": OPEN,
    "sitemap": OPEN,
    "sitemap_part": OPEN,
    "robots": OPEN,
    "patterns": DEVELOPMENT,
    "councils:index": OPEN,
    "councils:library": OPEN,
    "councils:body": OPEN,
    "councils:meetings": OPEN,
    "councils:meeting": OPEN,
    "councils:call_new": (302, 403, 403, 403, 200),  # who sits nowhere has no meeting to call
    "councils:log_new": (302, 403, 403, 403, 200),
    "councils:call": (302, 403, 403, 403, 302),  # a published record: back to its page
    "councils:log": (302, 403, 403, 403, 302),
    "councils:log_correct": (302, 403, 403, 403, 200),
    "councils:log_publish": (302, 403, 403, 403, 302),
    "councils:log_cancel": (302, 403, 403, 403, 302),
    "councils:draft": (405, 405, 405, 405, 405),
    "councils:draft_token": OPEN,
    "councils:meeting_file": (404, 404, 404, 404, 404),  # no such file
    "councils:me": SIGNED_IN,
    "councils:calendar_address": (302, 405, 405, 405, 405),
    "councils:own_calendar": (404, 404, 404, 404, 404),  # a wrong address
    "councils:calendar_feed": OPEN,
    "councils:body_calendar": OPEN,
    "councils:meeting_ics": OPEN,
    "councils:reply": (302, 405, 405, 405, 405),
    "councils:replies": (302, 403, 403, 403, 200),
    "councils:late": (302, 403, 403, 403, 200),
    "councils:statistics": OPEN,
    "councils:statistics_csv": OPEN,
    "councils:minutes_print": OPEN,
    "councils:sign_sheet": (302, 403, 403, 403, 200),
    "councils:sign_sheet_xlsx": (302, 403, 403, 403, 200),
    "councils:calendar_newest": MOVED,
    "councils:calendar": OPEN,
    "councils:meetings_feed": OPEN,
    "councils:notices": OPEN,
    "councils:notices_feed": OPEN,
    "councils:notice": OPEN,
    "projects:latest": MOVED,
    "projects:past": OPEN,
    "projects:list": OPEN,
    "projects:detail": OPEN,
    "projects:print": OPEN,
    "projects:pdf": PDF,
    "projects:indicator": OPEN,
    "projects:measurement_file": (404, 404, 404, 404, 404),  # no such file
    "projects:team": OPEN,
    "projects:visit_photo": (404, 404, 404, 404, 404),  # no such file
    "projects:publicity_file": (404, 404, 404, 404, 404),  # no such file
    "projects:results_latest": MOVED,
    "projects:results": OPEN,
    "projects:plan_latest": MOVED,
    "projects:plan": OPEN,
    "budgets:latest": MOVED,
    "budgets:overview": OPEN,
    "budgets:print": OPEN,
    "budgets:pdf": PDF,
    "budgets:lines": OPEN,
    "budgets:line": OPEN,
    "budgets:sheet": OPEN,
    "budgets:reconciliation_latest": MOVED,
    "budgets:reconciliation": OPEN,
    "events": OPEN,
    "events_feed": OPEN,
    "event": OPEN,
    "event_register": (405, 405, 405, 405, 405),
    "event_ics": OPEN,
    "event_own": (404, 404, 404, 404, 404),  # no such secret
    "event_scan": (302, 403, 403, 404, 404),
    "event_desk": DESK,
    "event_new": DESK,
    **dict.fromkeys([f"event_{name}" for name in ("people", "edit", "cancel", "headcount", "print")], SECRETARIAT_ONLY),
    "event_close": SECRETARIAT_ONLY,
    "event_figures": OPEN,
    "survey": OPEN,
    **dict.fromkeys([f"survey_{name}" for name in ("desk", "edit", "paper")], SECRETARIAT_ONLY),
    **dict.fromkeys([f"survey_{name}" for name in ("start", "codes", "close")], (302, 405, 405, 405, 405)),
    **dict.fromkeys([f"event_{name}" for name in ("hall", "table_new", "priority_new")], SECRETARIAT_ONLY),
    **dict.fromkeys(["event_table", "event_priority"], (302, 403, 403, 403, 404)),  # no such row
    "event_hall_remove": (302, 405, 405, 405, 405),
    **dict.fromkeys(["event_announce", "event_add", "event_seat"], (302, 405, 405, 405, 405)),
    "voting:rounds": OPEN,
    "voting:round": OPEN,
    "voting:vote": MOVED,  # the loaded vote is over: to its page
    "voting:identity_callback": (404, 404, 404, 404, 404),  # no identity provider is set
    "voting:vote_end": (405, 405, 405, 405, 405),
    "voting:counter": (302, 403, 403, 403, 200),
    "voting:kiosk": OPEN,
    "voting:kiosk_end": MOVED,
    **dict.fromkeys(  # a vote of totals has no papers; tests/voting/test_paper_pages.py asks one that has
        ["voting:paper", *(f"voting:paper_{name}" for name in ("hand", "new", "count", "batch", "enter", "settle"))],
        (302, 403, 403, 403, 404),
    ),
    "voting:board": (404, 404, 404, 404, 404),  # a vote of totals has no box
    "voting:board_rows": (404, 404, 404, 404, 404),
    "voting:checkpoints": (404, 404, 404, 404, 404),
    "voting:results": OPEN,
    "voting:announcement": OPEN,
    "voting:result_sheet": OPEN,
    "voting:result_file": (404, 404, 404, 404, 404),
    "voting:objection": OPEN,
    "open_data:catalogue": OPEN,
    "open_data:dcat": OPEN,
    "open_data:everything": MOVED,  # to the page of the job that packs it
    "open_data:json": OPEN,
    "open_data:csv": OPEN,
    "exports:job": OPEN,
    "exports:file": OPEN,
    "imports:upload": SECRETARIAT_ONLY,
    "imports:template": SECRETARIAT_ONLY,
    "imports:job": (302, 404, 404, 404, 200),
    "imports:apply": (302, 405, 405, 405, 405),
    "account_login": VISITORS_ONLY,
    "account_logout": SIGNED_IN,
    "account_inactive": OPEN,
    "account_signup": VISITORS_ONLY,
    "account_signup_done": OPEN,
    "account_address": GONE,
    "socialaccount_signup": MOVED,  # nobody has come from a provider
    "socialaccount_login_cancelled": OPEN,
    "socialaccount_login_error": (401, 401, 401, 401, 401),
    "socialaccount_connections": MOVED,
    **dict.fromkeys(  # no provider has its keys
        [f"{name}_{step}" for name in ("kakao", "naver", "openid_connect") for step in ("login", "callback")],
        (404, 404, 404, 404, 404),
    ),
    "my:page": SIGNED_IN,
    "my:name": SIGNED_IN,
    "my:email": SIGNED_IN,
    "my:data": SIGNED_IN,
    "my:leave": (302, 200, 403, 403, 403),  # accounts with an office are closed by the secretariat
    "my:verify": SIGNED_IN,
    "my:verify_code": MOVED,  # no code was ordered
    "my:verify_move": MOVED,
    "my:verify_paper": SIGNED_IN,
    "my:verify_identity": (302, 404, 404, 404, 404),  # no provider is set
    "my:verify_identity_callback": (302, 404, 404, 404, 404),
    "my:counter": SECRETARIAT_ONLY,
    "account_invitation": GONE,
    "account_change_password": SIGNED_IN,
    "account_set_password": MOVED,
    "account_reset_password": OPEN,
    "account_reset_password_done": OPEN,
    "account_reset_password_from_key": OPEN,
    "account_reset_password_from_key_done": OPEN,
    "admin:index": OFFICE,
    "admin:login": (302, 403, 403, 302, 302),
    "admin:logout": (302, 302, 302, 405, 405),
    "admin:password_change": MOVED,
    "admin:password_change_done": OFFICE,
    "admin:jsi18n": OFFICE,
    "admin:autocomplete": (302, 302, 302, 403, 403),  # without naming a field
    "admin:view_on_site": (302, 302, 302, 302, 302),
    "admin:app_list": OFFICE,
    "admin:accounts_user_invite": (302, 302, 302, 405, 405),
    "admin:projects_plan_move": (302, 302, 302, 403, 302),  # nothing to ask about a plan that is where it should go
    "admin:projects_finding_move": (302, 302, 302, 403, 200),
    "admin:budgets_formula_check": OFFICE,
    "admin:budgets_rateline_uses": OFFICE,
    "admin:councils_allowance_month": (302, 302, 302, 403, 302),  # without a month: back to the list
    "admin:councils_allowance_meeting": (302, 302, 302, 403, 200),
    "admin:councils_allowance_sheet": (302, 302, 302, 403, 200),
    "admin:councils_rewardentry_reverse": (302, 302, 302, 403, 200),
    "admin:councils_rewardentry_table": (302, 302, 302, 403, 200),
    "admin:councils_rewardentry_table_xlsx": (302, 302, 302, 403, 200),
    "admin:councils_rewardround_award": (302, 302, 302, 403, 200),
    "admin:councils_membership_board": (302, 302, 302, 403, 200),
    "admin:councils_recruitment_move": (302, 302, 302, 403, 200),
    "admin:councils_recruitment_scores": (302, 302, 302, 403, 302),  # the draft has no scores yet
    "admin:councils_recruitment_appoint": (302, 302, 302, 403, 200),
    "stories": OPEN,
    "stories_feed": OPEN,
    "story": (404, 404, 404, 404, 404),  # the plan holds no story; tests/forums/test_stories.py asks some
    "story_picture": (404, 404, 404, 404, 404),
    "proposal_funnel_latest": MOVED,
    "proposal_funnel": OPEN,
    "proposals": OPEN,
    "proposals_similar": OPEN,
    "call": OPEN,
    "propose": OPEN,  # a call from a document takes nothing, and says so
    "proposal": OPEN,
    "proposal_photo": (404, 404, 404, 404, 404),  # no such file
    "proposal_autosave": (405, 405, 405, 405, 405),
    "proposal_endorse": (405, 405, 405, 405, 405),
    "proposal_follow": (405, 405, 405, 405, 405),
    "proposal_edit": (302, 404, 404, 404, 404),  # nobody's own
    "proposal_preview": (302, 404, 404, 404, 404),
    "proposal_withdraw": (302, 404, 404, 404, 404),
    "proposal_discard": (405, 405, 405, 405, 405),
    "desk": DESK,
    "desk_candidates": SECRETARIAT_ONLY,
    "desk_sheet": DESK,
    "desk_proposal": OTHER_DEPARTMENT,
    "desk_transfer": OTHER_DEPARTMENT,
    "desk_withdraw": OTHER_DEPARTMENT,
    "desk_merge": OTHER_DEPARTMENT,
    "desk_split": OTHER_DEPARTMENT,
    "desk_undo": OTHER_DEPARTMENT,
    "desk_field_check": OTHER_DEPARTMENT,
    "desk_field_check_edit": OTHER_DEPARTMENT,
    "desk_project": OTHER_DEPARTMENT,
    "desk_photo": (404, 404, 404, 404, 404),  # no such file
    "proposal_comments": OPEN,
    "proposal_report": (302, 403, 403, 200, 200),  # who is not verified may not
    "topics": SIGNED_IN,
    "topic_remove": (405, 405, 405, 405, 405),
    "topic_leave": GONE,  # a wrong address
    "proposal_stop": (404, 404, 404, 404, 404),  # a wrong address
    "comment": (404, 404, 404, 404, 404),  # no such comment
    "comment_edit": (302, 404, 404, 404, 404),
    "comment_delete": (302, 404, 404, 404, 404),
    "comment_endorse": (405, 405, 405, 405, 405),
    "comment_report": (404, 404, 404, 404, 404),
    "comment_desk": SECRETARIAT_ONLY,
    "admin:voting_round_move": (302, 302, 302, 403, 200),
    "admin:voting_round_void": (302, 302, 302, 403, 200),
    "admin:voting_round_prove": (302, 302, 302, 403, 200),
    "admin:voting_round_destroy": (302, 302, 302, 403, 200),
    "admin:voting_round_decide": (302, 302, 302, 403, 200),
    "admin:voting_round_projects": (302, 302, 302, 403, 200),
    "admin:voting_objection_answer": (302, 302, 302, 403, 200),
}

# --- admin --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rights:
    """Letters of what a role may with a model: v view, a add, c change, d delete.

    officer: with anybody's rows; own: with rows of a project the own department leads (None: no difference).
    """

    officer: str
    secretariat: str
    own: str | None = None


ALL = Rights("v", "vacd")
SECRETARIAT = Rights("", "vacd")
SECRETARIAT_READS = Rights("", "v")
EVERYBODY_READS = Rights("v", "v")
OWN_ROWS = Rights("v", "vacd", own="vacd")

ADMIN = {
    "forums.Channel": ALL,
    "forums.Stage": ALL,
    "forums.Call": ALL,
    "forums.AmountShare": ALL,
    "forums.EventKind": ALL,
    "forums.Event": EVERYBODY_READS,
    "forums.Proposal": EVERYBODY_READS,
    "forums.Review": EVERYBODY_READS,
    "forums.Comment": SECRETARIAT_READS,
    "forums.Story": ALL,
    "accounts.User": SECRETARIAT,
    "accounts.Department": ALL,
    "accounts.Dong": ALL,
    "accounts.OutboxMessage": SECRETARIAT_READS,
    "accounts.ExportJob": SECRETARIAT_READS,
    "accounts.Verification": SECRETARIAT_READS,
    "projects.Project": Rights("v", "vacd", own="vc"),
    "projects.Stage": OWN_ROWS,
    "projects.Indicator": OWN_ROWS,
    "projects.Partner": OWN_ROWS,
    "budgets.BudgetLine": OWN_ROWS,
    "projects.IndicatorRollup": EVERYBODY_READS,
    "projects.IndicatorSource": ALL,
    "projects.IndicatorResult": EVERYBODY_READS,
    "projects.Measurement": Rights("", "vacd", own="va"),  # the loaded plan is closed: the secretariat alone writes
    "projects.InspectionTeam": ALL,
    "projects.Visit": ALL,
    "projects.Finding": ALL,  # as long as no department was told
    "projects.Publicity": OWN_ROWS,
    "budgets.BudgetRollup": EVERYBODY_READS,
    "projects.Plan": Rights("v", "vac"),  # the loaded plan is closed: only a draft may be deleted
    "projects.PastProject": ALL,
    "projects.Feedback": ALL,
    "budgets.BudgetGroup": ALL,
    "budgets.BudgetItem": ALL,
    "budgets.BudgetVersion": ALL,
    "budgets.StatedFigure": ALL,
    "budgets.RateLine": ALL,
    "budgets.ActivityPayment": ALL,
    "budgets.ExpensePayment": ALL,
    "councils.Body": ALL,
    "councils.Meeting": ALL,
    "councils.MeetingKind": ALL,
    "councils.Document": ALL,
    "councils.Membership": SECRETARIAT,
    "councils.Person": SECRETARIAT,
    "councils.StandIn": SECRETARIAT,
    "councils.Recruitment": SECRETARIAT,
    "councils.AllowanceRate": SECRETARIAT,
    "councils.Allowance": SECRETARIAT_READS,
    "councils.RewardRule": SECRETARIAT,
    "councils.RewardEntry": Rights("", "va"),  # a ledger: lines are added, never changed
    "councils.RewardRound": SECRETARIAT,
    "councils.Notice": ALL,
    "voting.Round": Rights("v", "va"),  # the loaded vote is published: nothing in it changes any more
    "voting.Contest": Rights("v", "va"),
    "voting.Option": Rights("v", "va"),
    "voting.Objection": SECRETARIAT_READS,  # answered by a form of its own
    "voting.VoteDecision": SECRETARIAT_READS,
}
# Page -> the letter it needs. `save` sends an empty form: who may change gets it back with its errors.
PAGES = {"list": "v", "add": "a", "change": "v", "save": "c", "delete": "d", "history": "v"}
ROW_PAGES = ("change", "save", "delete", "history")
ADMIN_NAMES = ("changelist", "add", "history", "delete", "change")
