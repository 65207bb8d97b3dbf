from django.urls import include, path

from councils import calendar, feeds, notices, views
from geumcheon.lib import converters

converters.register()
app_name = "councils"

urlpatterns = [
    path("", include("councils.member_urls")),
    path("council/", views.index, name="index"),
    path("council/library/", views.library, name="library"),
    path("council/<key:pk>/", views.body, name="body"),
    path("meetings/", views.meetings, name="meetings"),
    path("meetings/", include("councils.log_urls")),
    path("meetings/calendar/", calendar.newest, name="calendar_newest"),
    path("meetings/calendar/<year:year>/<month:month>/", calendar.month, name="calendar"),
    path("meetings/<year:year>/<number:no>/", views.meeting, name="meeting"),
    path("meetings/feed.xml", feeds.meetings_feed, name="meetings_feed"),
    path("notices/", notices.notices, name="notices"),
    path("notices/feed.xml", feeds.notices_feed, name="notices_feed"),
    path("notices/<key:pk>/", notices.notice, name="notice"),
]
