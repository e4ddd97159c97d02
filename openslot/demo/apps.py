from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "openslot.demo"
    label = "demo"
