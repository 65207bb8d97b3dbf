"""내 활동: the own account, its checks, and the counter of the secretariat."""

from django.urls import path

from geumcheon.accounts import counter_views, my_views, verify_views

app_name = "my"

urlpatterns = [
    path("", my_views.page, name="page"),
    path("name/", my_views.name, name="name"),
    path("email/", my_views.email, name="email"),
    path("data.json", my_views.data, name="data"),
    path("leave/", my_views.leave, name="leave"),
    path("verify/", verify_views.start, name="verify"),
    path("verify/code/", verify_views.code, name="verify_code"),
    path("verify/move/", verify_views.move, name="verify_move"),
    path("verify/paper/", verify_views.paper, name="verify_paper"),
    path("verify/identity/", verify_views.identity_start, name="verify_identity"),
    path("verify/identity/callback/", verify_views.identity_callback, name="verify_identity_callback"),
    path("counter/", counter_views.counter, name="counter"),
]
