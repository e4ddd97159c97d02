from django.apps import AppConfig


class AvailabilityConfig(AppConfig):
    name = "openslot.availability"
    label = "availability"
