from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "openslot.accounts"
    label = "accounts"
