"""The admin site: stock Django, the portal's skin and Korean words."""

from django.contrib import admin


class PortalAdminSite(admin.AdminSite):
    site_header = "금천구 협치 포털 관리"
    site_title = "협치 포털 관리"
    index_title = "오늘 살필 것"
    enable_nav_sidebar = True
