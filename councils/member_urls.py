"""Addresses around the meetings: the own page, calendars, late minutes, statistics, prints."""

from django.urls import path

from councils import ics, member_views, record_prints, statistics
from geumcheon.lib import converters

converters.register()

urlpatterns = [
    path("me/", member_views.me, name="me"),
    path("me/calendar/", member_views.calendar_address, name="calendar_address"),
    path("me/calendar/<slug:token>.ics", ics.own_feed, name="own_calendar"),
    path("meetings/calendar.ics", ics.feed, name="calendar_feed"),
    path("meetings/late/", member_views.late, name="late"),
    path("meetings/statistics/", statistics.page, name="statistics"),
    path("meetings/statistics.csv", statistics.download, name="statistics_csv"),
    path("council/<key:pk>/calendar.ics", ics.body_feed, name="body_calendar"),
    path("meetings/<year:year>/<number:no>/calendar.ics", ics.meeting_file, name="meeting_ics"),
    path("meetings/<year:year>/<number:no>/reply/", member_views.reply, name="reply"),
    path("meetings/<year:year>/<number:no>/replies/", member_views.replies, name="replies"),
    path("meetings/<year:year>/<number:no>/print/", record_prints.minutes_page, name="minutes_print"),
    path("meetings/<year:year>/<number:no>/sign-sheet/", record_prints.sign_sheet, name="sign_sheet"),
    path("meetings/<year:year>/<number:no>/sign-sheet.xlsx", record_prints.sign_sheet_file, name="sign_sheet_xlsx"),
]
