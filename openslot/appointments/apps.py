from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "openslot.appointments"
    label = "appointments"
