"""The provider's desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from openslot.web.desk import (
    analytics,
    booking_rules,
    bookings,
    customers,
    desk,
    provider_book,
    provider_profile,
    services,
    time_off,
    why,
)

urlpatterns: list[URLPattern] = [
    path("provider/agenda/", desk.calendar, name="agenda"),
    path("provider/services/", services.services, name="services"),
    path("provider/services/new/", services.new, name="service_new"),
    path("provider/services/<uuid:pk>/", services.service, name="service"),
    path("provider/services/<uuid:pk>/remove/", services.remove, name="service_remove"),
    path("provider/time-off/", time_off.index, name="time_off"),
    path("provider/time-off/take/", time_off.take, name="time_off_take"),
    path("provider/time-off/<uuid:pk>/", time_off.change, name="time_off_change"),
    path("provider/time-off/<uuid:pk>/give-back/", time_off.give_back, name="time_off_give_back"),
    path("provider/profile/", provider_profile.provider_profile, name="provider_profile"),
    path("provider/profile/photo/", provider_profile.provider_photo, name="provider_photo"),
    path("provider/rules/", booking_rules.booking_rules, name="booking_rules"),
    path("provider/why/", why.why_not, name="why_not"),
    path("provider/appointments/", bookings.bookings, name="bookings"),
    path("provider/appointments.csv", bookings.bookings_csv, name="bookings_csv"),
    path("provider/analytics/", analytics.analytics, name="analytics"),
    path("provider/analytics.csv", analytics.analytics_csv, name="analytics_csv"),
    path("provider/customers/", customers.index, name="customers"),
    path("provider/customers/<uuid:pk>/", customers.customer, name="customer"),
    path("provider/customers/<uuid:pk>/merge/", customers.merge, name="customer_merge"),
    path("provider/book/", provider_book.provider_book, name="provider_book"),
]
