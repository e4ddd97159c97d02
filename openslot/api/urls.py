"""Every address under /api/. What no route takes is answered as a problem, by the last one."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from openslot.api import (
    accounts,
    appointments,
    availability,
    catalog,
    docs,
    errors,
    moves,
    notifications,
    provider_profile,
    series,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", docs.SchemaView.as_view(), name="api-schema"),
    path("docs/", docs.DocsView.as_view(url_name="api-schema"), name="api-docs"),
    # People and the catalogue
    path("signup/", accounts.SignUpView.as_view()),
    path("token/", accounts.TokenView.as_view()),
    path("token/refresh/", accounts.TokenRefreshView.as_view()),
    path("token/revoke/", accounts.TokenRevokeView.as_view()),
    path("token/google/", accounts.TokenGoogleView.as_view()),
    path("me/", accounts.MeView.as_view()),
    path("me/photo/", accounts.MyPhotoView.as_view()),
    path("me/export/", accounts.ExportView.as_view()),
    path("categories/", catalog.CategoriesView.as_view()),
    path("providers/", catalog.ProvidersView.as_view()),
    path("providers/<slug:slug>/", catalog.ProviderView.as_view()),
    # Free time
    path("providers/<slug:slug>/availability/", availability.Availability.as_view()),
    path("availability/earliest/", availability.Earliest.as_view()),
    # The provider's desk
    path("provider/", provider_profile.ProviderDeskView.as_view()),
    path("provider/photo/", provider_profile.ProviderPhotoView.as_view()),
    path("provider/services/", provider_profile.ServicesView.as_view()),
    path("provider/services/<uuid:service_id>/", provider_profile.ServiceView.as_view()),
    path("provider/customers/", provider_profile.CustomersView.as_view()),
    path("provider/customers/<uuid:customer_id>/", provider_profile.CustomerView.as_view()),
    path("provider/working-hours/", availability.Week.as_view()),
    path("provider/special-hours/", availability.SpecialDays.as_view()),
    path("provider/special-hours/<uuid:id>/", availability.SpecialDay.as_view()),
    path("provider/time-off/", availability.TimesOff.as_view()),
    path("provider/time-off/<uuid:id>/", availability.OneTimeOff.as_view()),
    # Appointments
    path("appointments/", appointments.Appointments.as_view()),
    path("appointments/preview/", appointments.Preview.as_view()),
    path("appointments/<uuid:id>.ics", notifications.CalendarFile.as_view()),
    path("appointments/<uuid:id>/", appointments.One.as_view()),
    path("appointments/<uuid:id>/history/", appointments.History.as_view()),
    path("appointments/<uuid:id>/accept/", moves.Accept.as_view()),
    path("appointments/<uuid:id>/decline/", moves.Decline.as_view()),
    path("appointments/<uuid:id>/withdraw/", moves.Withdraw.as_view()),
    path("appointments/<uuid:id>/cancel/", moves.Cancel.as_view()),
    path("appointments/<uuid:id>/reschedule/", moves.Reschedule.as_view()),
    path("appointments/<uuid:id>/complete/", moves.Complete.as_view()),
    path("appointments/<uuid:id>/no-show/", moves.NoShow.as_view()),
    path("series/<uuid:id>/", series.One.as_view()),
    path("series/<uuid:id>/extend/", series.Extend.as_view()),
    path("series/<uuid:id>/extend/preview/", series.ExtendPreview.as_view()),
    # Being told
    path("notifications/", notifications.Notices.as_view()),
    path("notifications/read-all/", notifications.ReadAll.as_view()),
    path("notifications/<uuid:id>/read/", notifications.Read.as_view()),
    path("notification-preferences/", notifications.PreferencesView.as_view()),
    path("me/feed/", notifications.FeedView.as_view()),
    # What no route takes
    re_path(r"", errors.unknown_path),
]
