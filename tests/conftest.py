"""What every test may use. The database of the run is made in tests/database.py."""

import os
import shutil
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.cache import caches
from django.utils import timezone, translation
from hypothesis import HealthCheck, settings
from pytest_django.fixtures import validate_django_db
from pytest_django.plugin import blocking_manager_key

from tests import emptying, migrated, town

pytest_plugins = ["tests.fakes.google"]

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ROUNDS = int(os.environ.get("OPENSLOT_ROUNDS", "1"))

settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.register_profile(
    "soak", settings.get_profile("default"), max_examples=settings.default.max_examples * 10
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

told: list[str] = []  # the figures of this run, gathered where the report is written


def rounds(n):
    """How often to repeat a race: `n` times in `make soak`, a tenth of that otherwise."""
    return max(1, n * ROUNDS // 10)


@pytest.fixture(name="rounds", scope="session")
def _rounds():
    return rounds


@pytest.fixture
def figures(request):
    """Tell a measurement, for the end of the report: figures("one slot", booked=150, worst_s=0.2)."""

    def tell(name, **values):
        line = f"{name}: " + ", ".join(f"{key}={value}" for key, value in values.items())
        request.node.user_properties.append(("figures", line))

    return tell


def pytest_runtest_setup(item):
    """Browser tests skip where there is no Chromium; in CI that is a failure."""
    if item.get_closest_marker("browser") and not any(map(shutil.which, CHROMIUM)):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no Chromium on the PATH")


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings):
    """Whether the database of this worker is there already: then nothing is left to migrate."""
    return migrated.copied()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        emptying.remember()


def _commits(item):
    marker = item.get_closest_marker("django_db")
    marked = marker is not None and validate_django_db(marker)[0]
    return marked or bool({"transactional_db", "live_server"} & {*item.fixturenames})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """Behind every fixture, Django's flush among them; with the last test the database is gone."""
    ended = yield
    if nextitem is not None and _commits(item):
        with item.config.stash[blocking_manager_key].unblock():
            emptying.empty()
    return ended


def pytest_runtest_logreport(report):
    if report.when == "teardown":
        told.extend(line for name, line in report.user_properties if name == "figures")


def pytest_terminal_summary(terminalreporter):
    if told:
        terminalreporter.section("figures")
        for line in told:
            terminalreporter.write_line(line)


@pytest.fixture(autouse=True)
def clock(request):
    """Monday, 1 April 2030, 06:00 UTC, standing still; `clock.move_to(…)` moves it.

    Tests with the `real_clock` marker keep the machine's.
    """
    if request.node.get_closest_marker("real_clock"):
        yield None
        return
    with time_machine.travel(town.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def uncounted():
    """The broad limit counts in the process; the clock stands, so it would never forget."""
    caches["local"].clear()


def _process():
    return {
        "language": translation.get_language(),
        "zone": timezone.get_current_timezone_name(),
        "folder": Path.cwd(),
        "settings": id(django_settings._wrapped),
        **{name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
    }


@pytest.fixture(autouse=True)
def unchanged(monkeypatch):
    """What a test turns on in its process (language, settings, environment …) ends with it."""
    before = _process()
    yield
    monkeypatch.undo()  # it was there before this fixture and would end after it
    after = _process()
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert not changed  # names alone: values of the environment may be secret


@pytest.fixture
def people(db):
    town.hash_once()


@pytest.fixture
def ada(people):
    """A provider in Berlin, open every day from 9 to 17, who answers every request."""
    user = town.person("Ada")
    town.hours(town.provider(user))
    return user


@pytest.fixture
def dan(people):
    """Another provider, who confirms automatically."""
    user = town.person("Dan")
    town.hours(town.provider(user, confirmation="automatic"))
    return user


@pytest.fixture
def bob(people):
    return town.person("Bob")


@pytest.fixture
def carol(people):
    return town.person("Carol")


@pytest.fixture
def eve(people):
    """The stranger."""
    return town.person("Eve")


@pytest.fixture
def massage(ada):
    """Ada's service of an hour for 50 euros."""
    return town.service(ada.provider)


@pytest.fixture
def haircut(dan):
    """Dan's service of half an hour."""
    return town.service(dan.provider, name="Haircut", duration_minutes=30)


@pytest.fixture
def media(settings, tmp_path):
    """Where photos go, for this test alone."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
