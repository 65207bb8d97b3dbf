"""Sign-in and passwords: only the allauth pages the portal uses, under allauth's own names (it reverses them)."""

from allauth.account import views as allauth_views
from allauth.socialaccount import views as social_views
from allauth.socialaccount.providers.kakao import views as kakao
from allauth.socialaccount.providers.naver import views as naver
from allauth.socialaccount.providers.openid_connect import views as openid
from django.urls import path, re_path
from django.views.generic import RedirectView

from geumcheon.accounts import forms, signup_views, views
from geumcheon.accounts.social import off_without_keys

urlpatterns = [
    path("login/", allauth_views.LoginView.as_view(form_class=forms.SignInForm), name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("signup/", signup_views.sign_up, name="account_signup"),
    path("signup/done/", signup_views.sign_up_done, name="account_signup_done"),
    path("address/<str:token>/", signup_views.address, name="account_address"),
    path("invitation/<str:uid>/<str:token>/", views.invitation, name="account_invitation"),
    path(
        "password/change/",
        allauth_views.PasswordChangeView.as_view(form_class=forms.PasswordChangeForm),
        name="account_change_password",
    ),
    path(
        "password/set/",
        allauth_views.PasswordSetView.as_view(form_class=forms.PasswordSetForm),
        name="account_set_password",
    ),
    path(
        "password/reset/",
        allauth_views.PasswordResetView.as_view(form_class=forms.ResetForm),
        name="account_reset_password",
    ),
    path("password/reset/done/", allauth_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.PasswordResetFromKeyView.as_view(form_class=forms.ResetKeyForm),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("social/signup/", signup_views.social_sign_up, name="socialaccount_signup"),
    path("social/cancelled/", social_views.login_cancelled, name="socialaccount_login_cancelled"),
    path("social/error/", social_views.login_error, name="socialaccount_login_error"),
    path("social/", RedirectView.as_view(pattern_name="my:page"), name="socialaccount_connections"),
    path("kakao/login/", off_without_keys(kakao.oauth2_login), name="kakao_login"),
    path("kakao/login/callback/", off_without_keys(kakao.oauth2_callback), name="kakao_callback"),
    path("naver/login/", off_without_keys(naver.oauth2_login), name="naver_login"),
    path("naver/login/callback/", off_without_keys(naver.oauth2_callback), name="naver_callback"),
    path("oidc/<slug:provider_id>/login/", off_without_keys(openid.login), name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", off_without_keys(openid.callback), name="openid_connect_callback"),
]
