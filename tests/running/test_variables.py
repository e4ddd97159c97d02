"""What the environment says: one reader, one table, and mistakes told before anything starts."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import openslot
from openslot import environment, variables
from openslot.variables import mistakes, reading, table
from tests.running.processes import ROOT, surroundings

PACKAGE = Path(openslot.__file__).parent
SECRETS = [v.name for v in table.VARIABLES if v.secret]
# What stands in the environments of machines, shells, containers and other programs.
FOREIGN = """
PATH HOME USER LANG LC_ALL TERM SHELL PWD OLDPWD HOSTNAME LOGNAME MAIL TZ EDITOR PAGER DISPLAY CI
XDG_DATA_DIRS XDG_DATA_HOME PYTHONPATH VIRTUAL_ENV HTTP_PROXY HTTPS_PROXY NO_PROXY SSL_CERT_FILE
SSL_CERT_DIR NODE_ENV NODE_OPTIONS RAILS_ENV SECRET_KEY_BASE WEB_CONCURRENCY LOG_FORMAT LOG_FILE
POSTGRES_PASSWORD POSTGRES_USER POSTGRES_DB PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE DATABASE_HOST
DATABASE_USER DATABASE_NAME DATABASE_PORT DATABASE_PASSWORD EMAIL_HOST EMAIL_PORT EMAIL_HOST_USER
EMAIL_HOST_PASSWORD DJANGO_SETTINGS_MODULE STATIC_URL MEDIA_ROOT STATICFILES_DIRS API_BASE_URL
GOOGLE_APPLICATION_CREDENTIALS GOOGLE_CLOUD_PROJECT GOOGLE_API_KEY AWS_SECRET_ACCESS_KEY REDIS_URL
KUBERNETES_PORT KUBERNETES_SERVICE_HOST OPENSLOT_SERVICE_HOST OPENSLOT_SERVICE_PORT OPENSLOT_PORT
OPENSLOT_PORT_8000_TCP OPENSLOT_PORT_8000_TCP_ADDR INVOCATION_ID JOURNAL_STREAM NOTIFY_SOCKET
SYSTEMD_EXEC_PID CREDENTIALS_DIRECTORY DEBIAN_FRONTEND GITHUB_TOKEN ENV DEBUGINFOD_URLS
""".split()  # noqa: SIM905
WELL_FORMED = {
    "DATABASE_URL": "postgres://openslot:a%23b@database,other:5433/openslot?sslmode=require",
    "EMAIL_URL": "smtp+tls://user:pass%2Fword@mail.example.org:587",
    "NOTIFY_URL_SMS": "jsons://gateway.example.org/texts/{phone}",
    "STORAGE_URL": "s3://key:secret@/bucket",
    "BASE_URL": "https://book.example.org:8443/",
    "ALLOWED_HOSTS": "a.example, b.example",
    "SSL_REDIRECT": "false",
    "DEBUG": "1",
    "PORT": "80",
    "GOOGLE_PUSH_ENABLED": "auto",
}
ILL_FORMED = {
    "DATABASE_URL": "mysql://u:hidden@h/name",
    "EMAIL_URL": "smtp://user:hidden@host:port",
    "NOTIFY_URL_SMS": "nonsense://hidden/{phone}",
    "STORAGE_URL": "s3://key:hidden@endpoint/",
    "BASE_URL": "book.example.org",
    "ENVIRONMENT": "staging",
    "PORT": "70000",
    "TRUSTED_PROXIES": "-1",
    "WEB_THREADS": "0",
    "WORKER_THREADS": "٣",
    "RATE_LIMITS": "no",
    "DEBUG": "express:*",
    "LOG_LEVEL": "loud",
    "GOOGLE_EMULATOR_URL": "localhost:9000",
    "GOOGLE_PUSH_ENABLED": "maybe",
    "GUEST_VERIFICATION": "sms",
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in table.NAMED:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def told():
    with pytest.raises(variables.WrongVariable) as raised:
        variables.check()
    return str(raised.value)


@pytest.mark.parametrize("name", table.NAMED)
def test_an_empty_variable_counts_as_unset(monkeypatch, name):
    unset = reading.value(name)
    monkeypatch.setenv(name, "")
    variables.check()
    assert reading.value(name) == unset


def test_an_empty_folder_and_an_empty_port_mean_the_same_to_everybody(monkeypatch):
    monkeypatch.setenv("DATA_DIR", "")
    monkeypatch.setenv("PORT", "")
    assert environment.data_dir() == Path("data").resolve()
    assert environment.base_url() == "http://localhost:8000"
    read = "from openslot import settings; print(settings.DATA_DIR, settings.BASE_URL, sep='|')"
    env = surroundings("", PORT="", ENVIRONMENT="production")
    done = subprocess.run(
        [sys.executable, "-c", read], env=env, cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip().split("|") == [str(ROOT / "data"), "http://localhost:8000"]


@pytest.mark.parametrize(("name", "value"), WELL_FORMED.items())
def test_what_is_well_formed_is_taken(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    variables.check()


@pytest.mark.parametrize(("name", "value"), ILL_FORMED.items())
def test_what_is_ill_formed_is_named_and_no_secret_told(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    said = told()
    assert said.startswith(f"{name} must ")
    assert "\n" not in said
    assert (value in said) is (name not in SECRETS)
    assert "hidden" not in said


def test_all_mistakes_are_told_at_once(monkeypatch):
    monkeypatch.setenv("PORT", "no")
    monkeypatch.setenv("RATE_LIMITS", "no")
    monkeypatch.setenv("BASEURL", "http://localhost")
    assert all(name in told() for name in ("PORT", "RATE_LIMITS", "BASEURL"))


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("BASEURL", "BASE_URL"),
        ("base_url", "BASE_URL"),
        ("ALLOWED_HOST", "ALLOWED_HOSTS"),
        ("EMAIL_VERIFCATION", "EMAIL_VERIFICATION"),
        ("ENCRYPTION_KEY", "ENCRYPTION_KEYS"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("TRUSTEDPROXIES", "TRUSTED_PROXIES"),
        ("GOOGLE_CLIENTID", "GOOGLE_CLIENT_ID"),
        ("SECRET_KEYFILE", "SECRET_KEY_FILE"),
        ("EMAIL_URL_FLIE", "EMAIL_URL_FILE"),
    ],
)
def test_a_misspelt_name_is_told_with_the_right_one(monkeypatch, name, meant):
    monkeypatch.setenv(name, "anything")
    said = told()
    assert said.startswith(f"{name} is unknown")
    assert meant in said


def test_another_programs_variable_may_resemble_one_that_is_set(monkeypatch):
    monkeypatch.setenv("DATABASE_URI", "anything")
    monkeypatch.setenv("DATABASE_URL", "")
    variables.check()


def test_the_variables_of_others_are_their_own_affair(monkeypatch):
    for name in FOREIGN:
        monkeypatch.setenv(name, "anything")
    variables.check()


@pytest.mark.parametrize("name", ["OPENSLOT_PGUSER", "OPENSLOT_SECRET", "PORT_FILE"])
def test_names_that_must_be_ours_are_known(monkeypatch, name):
    monkeypatch.setenv(name, "anything")
    assert told().startswith(f"{name} is unknown")


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path, name):
    value = WELL_FORMED.get(name, "from the file")
    (tmp_path / "secret").write_text(f"{value}\n")
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv(name, "")
    assert variables.text(name) == value
    assert variables.is_set(name)


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_from_two_places_is_refused(monkeypatch, tmp_path, name):
    (tmp_path / "secret").write_text("from the file")
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv(name, "from the variable")
    assert told() == f"{name} and {name}_FILE are both set; keep one of them"


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_a_file_that_holds_no_secret_is_named(monkeypatch, tmp_path, content):
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "secret"))
    assert told().startswith(f"SECRET_KEY_FILE: {tmp_path / 'secret'} ")


def test_google_is_configured_whole(monkeypatch):
    monkeypatch.setenv("GOOGLE_CALENDAR_CLIENT_ID", "id")
    assert "GOOGLE_CALENDAR_CLIENT_SECRET go together" in told()
    monkeypatch.setenv("GOOGLE_CALENDAR_CLIENT_SECRET", "secret")
    monkeypatch.setenv("GOOGLE_PUSH_ENABLED", "on")
    assert told().startswith("GOOGLE_PUSH_ENABLED is on")
    monkeypatch.setenv("GOOGLE_EMULATOR_URL", "http://127.0.0.1:9000")
    variables.check()


@pytest.mark.parametrize(
    "command", [["up"], ["web"], ["worker"], ["prepare"], ["check"], ["migrate"], ["backup"]]
)
def test_every_command_tells_mistakes_in_one_line(tmp_path, command):
    env = surroundings(tmp_path, PORT="no", ALLOWED_HOST="x")
    done = subprocess.run(
        [sys.executable, "-m", "openslot", *command],
        env=env,
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("openslot: PORT must be a whole number, not 'no'; ALLOWED_HOST ")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []  # nothing was started or made


def rows():
    """The table as the docs show it."""
    for variable in table.VARIABLES:
        default = variable.otherwise or (f"`{variable.default}`" if variable.default else "")
        name = f"`{variable.name}`{' (secret)' if variable.secret else ''}"
        yield f"| {name} | {variable.meaning} | {default or 'unset'} |"


def test_the_docs_show_the_table():
    page = (ROOT / "docs" / "self-hosting.md").read_text()
    shown = re.findall(r"^\| `[A-Z_0-9]+`.*\|$", page, flags=re.MULTILINE)
    assert shown == list(rows()), "put these rows there:\n" + "\n".join(rows())


def test_nothing_else_reads_the_environment():
    """A look at `os.environ` for one name is a reader; to hand it on whole is none."""
    readers = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case (
                    ast.Call(func=ast.Attribute(value=ast.Attribute(attr="environ"), attr="get"))
                    | ast.Subscript(value=ast.Attribute(attr="environ"), ctx=ast.Load())
                    | ast.Attribute(attr="getenv")
                    | ast.Attribute(value=ast.Name(id="environ"), attr="Env")
                ):
                    readers.add(file.relative_to(PACKAGE).as_posix())
    assert readers == {"variables/reading.py", "variables/addresses.py"}


def test_every_name_that_is_read_is_declared():
    read = set()
    for file in PACKAGE.rglob("*.py"):
        read |= set(re.findall(r'variables\.(?:\w+)\(\s*"([A-Z_]+)"', file.read_text()))
    assert read - table.NAMED.keys() == set()
    assert len(read) > 20


def test_no_name_of_ours_is_mistaken_for_another():
    known = set(table.NAMED)
    for name in known:
        assert mistakes._resembled(name, known - {name}) is None, name
