"""What every test may use. The database of the run is made in tests/database.py."""

import os

import pytest
from hypothesis import HealthCheck, settings

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


def pytest_runtest_logreport(report):
    if report.when == "teardown":
        told.extend(line for name, line in report.user_properties if name == "figures")


def pytest_terminal_summary(terminalreporter):
    if told:
        terminalreporter.section("figures")
        for line in told:
            terminalreporter.write_line(line)
