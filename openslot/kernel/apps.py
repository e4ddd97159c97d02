from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "openslot.kernel"
    label = "kernel"
