"""What somebody keeps about themselves, and what they are told."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web import languages
from openslot.web.account import calendar, notifications, profile

urlpatterns: list[URLPattern] = [
    path("language/", languages.choose, name="language"),
    path("me/", profile.profile, name="profile"),
    path("me/photo/", profile.photo, name="me_photo"),
    path("me/export/", profile.export, name="me_export"),
    path("me/erase/", profile.erase, name="me_erase"),
    path("me/calendar/", calendar.calendar, name="calendar"),
    path("me/calendar/connect/", calendar.begin, name="calendar_connect"),
    path("me/calendar/callback/", calendar.callback, name="calendar_callback"),
    path("me/calendar/sync/", calendar.hurry, name="calendar_sync"),
    path("me/calendar/leave/", calendar.leave, name="calendar_leave"),
    path("me/calendar/questions/<uuid:pk>/", calendar.answer, name="calendar_answer"),
    path("provider/new/", profile.become_provider, name="become_provider"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/unread/", notifications.unread, name="notifications_unread"),
    path("notifications/read-all/", notifications.read_all, name="notifications_read_all"),
    path("notifications/<uuid:pk>/", notifications.read, name="notification"),
    path("me/notifications/", notifications.choose, name="notification_preferences"),
    path("me/feed/show/", notifications.show_feed, name="feed_show"),
    path("me/feed/", notifications.renew_feed, name="feed_renew"),
    path("feeds/<str:secret>.ics", notifications.feed_file, name="feed"),
    path("unsubscribe/<str:token>/", notifications.unsubscribe, name="unsubscribe"),
]
