"""The image, without an engine: its steps and rights, in a mount namespace whose root is read-only."""

import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.parse
from pathlib import Path

import pytest

from openslot import embedded
from tests.running.processes import PATIENCE, ROOT, Web, listens, until

pytestmark = pytest.mark.real_clock
DOCKERFILE = (ROOT / "Dockerfile").read_text()
FINAL = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :].replace("\\\n", " ")
# A checkout that lies in /tmp itself must stay in sight.
TMP = "--bind /tmp" if str(ROOT).startswith("/tmp/") else "-t tmpfs none"
CONFINED = f"""
mount --make-rprivate / && mount {TMP} /tmp &&
mount --bind "$APP" "$APP" && mount -o remount,ro,bind "$APP" && mount -o remount,ro,bind / &&
cd "$APP" && exec setpriv --reuid=nobody --regid=nogroup --clear-groups --no-new-privs \
  --bounding-set=-all --inh-caps=-all "$@"
"""
OPERATORS = {
    "BASE_URL": "https://book.example.org",
    "EMAIL_URL": "smtp://mail.example.org:25",
    "TRUSTED_PROXIES": "1",
    "SECRET_KEY": "iZ3uV0p2Yx5fQm8RkWc1Jt7Ln4Bg6HdSeAoXyPqTzUvM9rKwQ4sD2fG8hJ",
    "ENCRYPTION_KEYS": "Tn5Kq8Wm2Xz7Lc4Vb9Jh1Gf6Ds3Pa0RoUyEiMwQtBkZxCvNgY7uI3oP5lK",
}


class Image:
    """What COPY and RUN put where; ENV as the file has it, its paths moved into `folder`."""

    def __init__(self, folder):
        self.app, self.data = folder / "app", folder / "data"
        moved = {"/app": str(self.app), "/data": str(self.data), "/venv/bin:$PATH": ""}
        [env] = re.findall(r"^ENV (.*)$", FINAL, re.MULTILINE)
        self.env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        for name, value in re.findall(r"(\w+)=(\S+)", env):
            if name != "PATH":
                self.env[name] = re.sub(r"^(/app|/data)", lambda found: moved[found[1]], value)

    def build(self):
        """As root: copy, then what follows the last COPY."""
        shutil.copytree(
            ROOT / "openslot", self.app / "openslot", ignore=shutil.ignore_patterns("__pycache__")
        )
        self.data.mkdir(mode=0o700)
        os.chown(self.data, 65534, 65534)
        [run] = re.findall(r"^RUN (python .*)$", FINAL, re.MULTILINE)
        subprocess.run(["sh", "-c", run], cwd=self.app, env=self.env, check=True)

    def command(self, *arguments):
        return [
            *["unshare", "--mount", "sh", "-c", CONFINED, "sh"],
            *[sys.executable, "-m", "openslot", *arguments],
        ]

    def surroundings(self, **more):
        return {**self.env, **OPERATORS, "APP": str(self.app), **more}


@pytest.fixture
def image(nobody, data):
    if subprocess.run(
        ["unshare", "--mount", "mount", "-o", "remount,ro,bind", "/"], check=False
    ).returncode:
        pytest.skip("no mount namespace can be made here")
    made = Image(data)
    made.build()
    return made


def test_it_prepares_and_serves_as_a_plain_user_who_may_write_nothing(
    image, nobody, hold, free_port
):
    home = image.data / "postgres"
    hold(home, prefix=nobody).postmaster()
    url = "postgres://{USER}@:{PORT}/{HOST}/{NAME}".format(**embedded.dsn(home))
    env = image.surroundings(DATABASE_URL=url, PORT=str(free_port), WEB_PROCESSES="1")
    for _ in range(2):  # every `docker compose up` prepares
        prepared = subprocess.run(
            image.command("prepare"), env=env, capture_output=True, text=True, check=False
        )
        assert (prepared.returncode, prepared.stderr) == (0, "")
    process = subprocess.Popen(image.command("web"), env=env)
    try:
        until(lambda: listens(free_port), "the web server to listen")
        web = Web(process, free_port)
        there = {"Host": "book.example.org", "X-Forwarded-Proto": "https"}
        assert web.get("/readyz", **there)[0] == 200
        status, headers, *_ = web.get("/static/favicon.svg", **there)
        assert (status, headers["Content-Type"]) == (200, "image/svg+xml")
        user = re.search(
            r"^Uid:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text(), re.MULTILINE
        )
        assert user[1] == "65534"
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_the_image_does_not_run_as_root():
    user = FINAL.rindex("\nUSER openslot\n")
    assert not re.search(r"^(RUN|COPY|ADD|USER) ", FINAL[user + 6 :], re.MULTILINE)


@pytest.mark.parametrize("line", ["read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"])
def test_compose_confines_every_service(line):
    compose = (ROOT / "compose.yaml").read_text()
    shared, services = compose.split("\nservices:\n")
    confined, application = shared.split("x-openslot:")
    assert line in confined
    assert "<<: *confined" in application
    each = re.findall(r"^  (\w+):\n    <<: \*(\w+)\n", services, re.MULTILINE)
    assert dict(each) == {
        "database": "confined",
        "prepare": "openslot",
        "web": "openslot",
        "worker": "openslot",
    }


class Registry(http.server.BaseHTTPRequestHandler):
    digest = "sha256:" + "1" * 64

    def do_GET(self):
        asked = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"token": asked["scope"][0]}).encode())

    def do_HEAD(self):
        repository = self.path.removeprefix("/v2/").partition("/manifests/")[0]
        right = self.headers["Authorization"] == f"Bearer repository:{repository}:pull"
        self.send_response(200 if right else 401)
        self.send_header("Docker-Content-Digest", self.digest)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def registry():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_images_are_pinned_by_digest_and_anew(registry, tmp_path, monkeypatch):
    files = [shutil.copy(ROOT / name, tmp_path) for name in ("Dockerfile", "compose.yaml")]
    env = {**os.environ, "REGISTRY": registry, "REGISTRY_AUTH": registry}
    for digit in "12":
        monkeypatch.setattr(Registry, "digest", "sha256:" + digit * 64)
        pin = [sys.executable, ROOT / "scripts/pin_images.py", *files]
        subprocess.run(pin, env=env, check=True, capture_output=True)
        text = "".join(Path(file).read_text() for file in files)
        named = re.findall(r"^(?:FROM|    image:) (\S+)", text, re.MULTILINE)
        assert len(named) == 4
        assert all(each.endswith("@sha256:" + digit * 64) for each in named), named
    assert "image: openslot\n" in text
