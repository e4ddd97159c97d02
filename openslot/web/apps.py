from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "openslot.web"
    label = "web"
