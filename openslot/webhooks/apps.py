from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "openslot.webhooks"
    label = "webhooks"
