import os
from pathlib import Path
import environ
from openslot import embedded

env = environ.Env()
DATA_DIR = Path(os.environ.get("DATA_DIR") or "data").resolve()
SECRET_KEY = "x"
ROOT_URLCONF = "openslot.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "procrastinate.contrib.django",
]
url = env.str("DATABASE_URL", "")
d = env.db_url_config(url) if url else dict(embedded.dsn(DATA_DIR / "postgres"))
d["ENGINE"] = "django.db.backends.postgresql"
DATABASES = {"default": d}
USE_TZ = True
ALLOWED_HOSTS = ["*"]
