from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "openslot.notifications"
    label = "notifications"
