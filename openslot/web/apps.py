from django.apps import AppConfig
from django.contrib.admin import apps as admin

from openslot import checks

__all__ = ["WebConfig", "checks"]


class WebConfig(AppConfig):
    default = True
    name = "openslot.web"
    label = "web"


class OperatorsConfig(admin.AdminConfig):
    default = False
    default_site = "openslot.web.operators.site.Site"
