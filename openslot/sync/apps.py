from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "openslot.sync"
    label = "sync"
