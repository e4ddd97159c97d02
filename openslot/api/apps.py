from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "openslot.api"
    label = "api"
