"""Meetings in every state for the tests of what stands around them."""

from datetime import date, time

from django.test import Client

from councils import meeting_actions as actions
from councils.meeting_actions import Item
from tests.councils.life import a_record

SOON = date(2026, 3, 20)
PASSED = {"outcome": "passed", "text": "원안대로 한다", "votes_for": 4, "votes_against": 1, "abstaining": 0}


def signed_in(person):
    client = Client()
    client.force_login(person.user)
    return client


def a_call(body, people, **fields):
    """A meeting called for 20 March 2026, 19:00, by the first of the people."""
    fields = {"starts_on": SOON, "starts_at": time(19), "minutes": "", "items": [Item("report", "살림 보고")], **fields}
    return actions.call_meeting(by=people[0].user, record=a_record([body], **fields))


def a_published(body, people, absent=(), **fields):
    """A published record: submitted by the first of the people, published by the second."""
    record = a_record([body], present=[p for p in people if p not in absent], absent=absent, **fields)
    meeting = actions.start_log(by=people[0].user, record=record)
    actions.submit(meeting=meeting, by=people[0].user)
    return actions.publish(meeting=meeting, by=people[1].user)
