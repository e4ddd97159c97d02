"""Every page's address. Names are what templates and views reverse; nothing else is fixed."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from openslot.web import (
    accounts,
    appointments,
    home,
    hours,
    look,
    mailbox,
    media,
    notifications,
    provider_book,
    provider_profile,
    providers,
    series,
    services,
    several,
    time_off,
)
from openslot.web import customers as known
from openslot.web import desk as desks


def later(_request: HttpRequest, **_kwargs: object) -> HttpResponse:
    raise Http404


everybody: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("find/", home.find, name="find"),
    path("p/<slug:slug>/", providers.provider, name="provider"),
    path("p/<slug:slug>/<uuid:service>/book/", appointments.book, name="book"),
    path("p/<slug:slug>/<uuid:service>/book/several/", several.book_several, name="book_several"),
]

customers: list[URLPattern | URLResolver] = [
    path("appointments/", appointments.appointments, name="appointments"),
    path("appointments/<uuid:pk>/", appointments.appointment, name="appointment"),
    path("appointments/<uuid:pk>/reschedule/", appointments.reschedule, name="reschedule"),
    path("appointments/<uuid:pk>/<slug:action>/", appointments.act, name="act"),
    path("series/<uuid:pk>/", series.series, name="series"),
    path("series/<uuid:pk>/extend/", series.extend, name="series_extend"),
    path("me/", accounts.profile, name="profile"),
    path("me/photo/", accounts.photo, name="me_photo"),
    path("me/export/", accounts.export, name="me_export"),
    path("me/erase/", accounts.erase, name="me_erase"),
    path("provider/new/", accounts.become_provider, name="become_provider"),
]

told: list[URLPattern | URLResolver] = [
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/unread/", notifications.unread, name="notifications_unread"),
    path("notifications/read-all/", notifications.read_all, name="notifications_read_all"),
    path("notifications/<uuid:pk>/", notifications.read, name="notification"),
    path("me/notifications/", notifications.preferences, name="notification_preferences"),
    path("me/feed/", notifications.renew_feed, name="feed_renew"),
    path("feeds/<str:secret>.ics", notifications.feed, name="feed"),
    path("unsubscribe/<str:token>/", notifications.unsubscribe, name="unsubscribe"),
]

# The provider's desk.
desk: list[URLPattern | URLResolver] = [
    path("provider/requests/", desks.requests, name="requests"),
    path("provider/requests/<uuid:pk>/accept/", desks.accept, name="accept_request"),
    path("provider/requests/<uuid:pk>/decline/", desks.decline, name="decline_request"),
    path("provider/agenda/", desks.agenda, name="agenda"),
    path("provider/services/", services.services, name="services"),
    path("provider/services/new/", services.new, name="service_new"),
    path("provider/services/<uuid:pk>/", services.service, name="service"),
    path("provider/services/<uuid:pk>/remove/", services.remove, name="service_remove"),
    path("provider/hours/", hours.hours, name="hours"),
    path("provider/special-hours/", hours.special_hours, name="special_hours"),
    path(
        "provider/special-hours/<uuid:pk>/remove/",
        hours.remove_special,
        name="special_hours_remove",
    ),
    path("provider/time-off/", time_off.time_off, name="time_off"),
    path("provider/time-off/take/", time_off.take, name="time_off_take"),
    path("provider/time-off/<uuid:pk>/give-back/", time_off.give_back, name="time_off_give_back"),
    path("provider/profile/", provider_profile.provider_profile, name="provider_profile"),
    path("provider/profile/photo/", provider_profile.provider_photo, name="provider_photo"),
    path("provider/customers/", known.customers, name="customers"),
    path("provider/customers/<uuid:pk>/", known.customer, name="customer"),
    path("provider/book/", provider_book.provider_book, name="provider_book"),
]

urlpatterns: list[URLPattern | URLResolver] = [*everybody, *customers, *told, *desk]

if not settings.STORAGE_URL:
    urlpatterns.append(path("media/<path:path>", media.photo, name="media"))

if not settings.PRODUCTION:
    urlpatterns += [
        path("dev/look/", look.look, name="look"),
        path("dev/mail/", mailbox.mails, name="mailbox"),
        path("dev/mail/<str:name>/", mailbox.mail, name="mailbox_mail"),
        path("dev/mail/<str:name>/html/", mailbox.html, name="mailbox_html"),
        path("dev/mail/<str:name>/<int:number>/", mailbox.part, name="mailbox_part"),
    ]
