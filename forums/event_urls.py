"""Addresses of the event pages and of the desk behind them."""

from django.urls import path

from forums import event_desk_views as desk
from forums import event_door_views as door
from forums import event_ics, event_views, hall_pages
from forums import hall_views as hall
from geumcheon.lib import converters

converters.register()

urlpatterns = [
    path("forums/", event_views.events, name="events"),
    path("forums/calendar.ics", event_ics.feed, name="events_feed"),
    path("forums/own/<slug:token>/", event_views.own, name="event_own"),
    path("forums/check-in/<slug:token>/", door.scan, name="event_scan"),
    path("forums/<key:pk>/", event_views.event, name="event"),
    path("forums/<key:pk>/register/", event_views.register, name="event_register"),
    path("forums/<key:pk>/event.ics", event_ics.event_file, name="event_ics"),
    path("desk/events/", desk.queue, name="event_desk"),
    path("desk/events/new/", desk.new, name="event_new"),
    path("desk/events/<key:pk>/", door.people, name="event_people"),
    path("desk/events/<key:pk>/edit/", desk.edit, name="event_edit"),
    path("desk/events/<key:pk>/announce/", desk.announce, name="event_announce"),
    path("desk/events/<key:pk>/cancel/", desk.cancel, name="event_cancel"),
    path("desk/events/<key:pk>/close/", desk.close, name="event_close"),
    path("desk/events/<key:pk>/headcount/", desk.headcount, name="event_headcount"),
    path("forums/figures/<year:year>/", hall_pages.figures, name="event_figures"),
    path("desk/events/<key:pk>/hall/", hall.board, name="event_hall"),
    path("desk/events/<key:pk>/hall/tables/new/", hall.table, name="event_table_new"),
    path("desk/events/<key:pk>/hall/tables/<key:table>/", hall.table, name="event_table"),
    path("desk/events/<key:pk>/hall/priorities/new/", hall.priority, name="event_priority_new"),
    path("desk/events/<key:pk>/hall/priorities/<key:priority>/", hall.priority, name="event_priority"),
    path("desk/events/<key:pk>/hall/remove/<slug:kind>/<key:row>/", hall.remove, name="event_hall_remove"),
    path("desk/events/<key:pk>/print/", door.print_list, name="event_print"),
    path("desk/events/<key:pk>/people/add/", door.add, name="event_add"),
    path("desk/events/<key:pk>/people/<key:registration>/", door.seat, name="event_seat"),
]
