from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "openslot.catalog"
    label = "catalog"
