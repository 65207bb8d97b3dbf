"""Who may sign in at all."""

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings


class PortalBackend(AuthenticationBackend):
    """Sign-in by username or mail address. What someone may do is answered by rules.py alone, never by rows of permissions."""

    def user_can_authenticate(self, user):
        """Active people; demo accounts (their passwords are printed in the open) only while DEBUG is on.

        Django asks this at sign-in and again for each request of a session.
        """
        return super().user_can_authenticate(user) and (settings.DEBUG or not user.is_demo)

    def has_perm(self, user_obj, perm, obj=None):
        return False

    def has_module_perms(self, user_obj, app_label):
        return False

    def get_all_permissions(self, user_obj, obj=None):
        return set()
