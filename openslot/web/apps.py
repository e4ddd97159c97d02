from django.apps import AppConfig

from openslot import checks

__all__ = ["WebConfig", "checks"]


class WebConfig(AppConfig):
    name = "openslot.web"
    label = "web"
