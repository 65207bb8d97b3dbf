"""Addresses of surveys."""

from django.urls import path

from forums import survey_desk_views as desk
from forums import survey_views
from geumcheon.lib import converters

converters.register()

urlpatterns = [
    path("forums/<key:pk>/survey/", survey_views.survey, name="survey"),
    path("desk/events/<key:pk>/survey/", desk.desk, name="survey_desk"),
    path("desk/events/<key:pk>/survey/edit/", desk.edit, name="survey_edit"),
    path("desk/events/<key:pk>/survey/start/", desk.start, name="survey_start"),
    path("desk/events/<key:pk>/survey/codes/", desk.codes, name="survey_codes"),
    path("desk/events/<key:pk>/survey/paper/", desk.paper, name="survey_paper"),
    path("desk/events/<key:pk>/survey/close/", desk.close, name="survey_close"),
]
