import contextlib
import shutil
import signal
import socket
import subprocess
import sys
from importlib.metadata import version

import psutil
import psycopg
import pytest

from openslot import backup, embedded, environment
from tests.running.processes import ROOT, Web, gone, openslot, surroundings, until

pytestmark = pytest.mark.real_clock


@pytest.fixture
def start(ready, free_port):
    """`openslot up` in a process of its own, once it has told its address."""
    started = []

    def up(*args):
        process = subprocess.Popen(
            [sys.executable, "-m", "openslot", "up", *args],
            env=surroundings(ready, PORT=str(free_port), WEB_PROCESSES="1"),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        if not any(f"http://localhost:{free_port}" in line for line in process.stdout):
            pytest.fail(f"openslot up ended with {process.wait()}")
        return process

    yield up
    for process in started:
        process.kill()
        process.communicate()


def test_the_demo_sends_no_mail_whatever_is_configured(start, monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("SPT_NOENV", "1")  # gunicorn's title leaves its environment readable
    process = start("--demo")
    children = psutil.Process(process.pid).children()
    found = {child.environ().get("EMAIL_URL") for child in children}
    assert "" in found
    assert found <= {"", None}  # none: the emulator of Google sends no mail


def family(process):
    """Its process ids, the database's left out."""
    return [process.pid, *(p.pid for p in psutil.Process(process.pid).children(recursive=True))]


def test_up_serves_and_ends_cleanly(home, start):
    process = start()
    server = embedded.postmaster(home)
    assert server is not None
    processes = family(process)
    process.terminate()
    assert process.wait(30) == 0
    until(lambda: all(map(gone, [server, *processes])), "every process to end")
    assert embedded.answers(home) is False


def test_up_starts_a_database_that_died_again(home, start):
    process = start()
    first = embedded.postmaster(home)
    psutil.Process(first).kill()
    until(lambda: embedded.postmaster(home) not in {None, first}, "another postmaster")
    until(lambda: embedded.answers(home), "the database to answer")
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert embedded.answers(home) is False


def child(process, name):
    """The web server or the worker of `up`, where it runs."""
    for each in psutil.Process(process.pid).children():
        with contextlib.suppress(psutil.Error):  # a zombie has no command
            if each.cmdline()[-1:] == [name]:
                return each
    return None


def test_a_worker_that_ends_again_and_again_leaves_the_web_alone(start, free_port):
    process = start()
    web = child(process, "web")
    for _ in range(3):
        until(lambda: child(process, "worker"), "a worker")
        worker = child(process, "worker")
        worker.kill()
        until(lambda pid=worker.pid: gone(pid), "it to be gone")
    until(lambda: child(process, "worker"), "another worker")
    assert process.poll() is None
    assert child(process, "web") == web
    assert Web(None, free_port).get("/readyz")[0] == 200


@pytest.fixture
def small_disk(as_root, data):
    """A disk of 200 MB where the data folder is."""
    mounted = ["mount", "-t", "tmpfs", "-o", "size=200m,mode=755", "none", str(data)]
    if not shutil.which("mount") or subprocess.run(mounted, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    yield data
    embedded.stop(data / "postgres")
    subprocess.run(["umount", "--lazy", str(data)], check=True)


def test_a_full_disk_ends_nothing_and_all_comes_back_by_itself(small_disk, start, free_port, home):
    process = start()
    web = Web(None, free_port)
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 100_000):
                pass
        except OSError:
            pass
    server = embedded.postmaster(home)
    write_until_it_fails(home)
    psutil.Process(server).kill()  # it may not come back: there is no room to
    for _ in range(3):
        if worker := child(process, "worker"):
            worker.kill()
            until(lambda pid=worker.pid: gone(pid), "the worker to end")
        assert web.get("/healthz")[0] == 200
    filler.unlink()
    until(lambda: web.get("/readyz")[0] == 200, "the database to be back")
    until(lambda: child(process, "worker"), "the worker to be back")
    assert process.poll() is None


def write_until_it_fails(home):
    where = embedded.dsn(home)
    address = {"host": where["HOST"], "port": 5432, "user": where["USER"], "dbname": where["NAME"]}
    with contextlib.suppress(psycopg.Error), psycopg.connect(**address, autocommit=True) as asked:
        asked.execute("CREATE TABLE filling AS SELECT 'x' AS words")
        with pytest.raises(psycopg.Error):
            asked.execute(
                "INSERT INTO filling SELECT md5(n::text) FROM generate_series(1, 10000000) AS n"
            )


def test_a_killed_up_takes_its_children_along(home, start):
    process = start()
    processes = family(process)
    process.kill()
    until(lambda: all(map(gone, processes)), "web and worker to end")
    until(lambda: embedded.answers(home) is False, "the last of them to stop the database")


def test_up_says_that_its_port_is_taken_before_it_starts_anything(data, home):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = openslot(data, "up", PORT=str(port))
    assert (refused.returncode, home.exists()) == (1, False)
    assert refused.stderr == f"openslot: port {port} is taken; set PORT to another one\n"


@pytest.fixture
def at(monkeypatch):
    """Let this process itself speak of another data folder."""
    monkeypatch.delenv("DATABASE_URL")

    def go(folder):
        monkeypatch.setenv("DATA_DIR", str(folder))
        return environment.database()

    return go


def test_a_backup_comes_back_in_another_database(data, ready, tmp_path, at):
    file = tmp_path / "with a space.dump"
    written = openslot(ready, "backup", str(file))
    assert (written.stdout, written.stderr) == (f"{file}\n", "")
    assert file.stat().st_mode & 0o777 == 0o600
    with at(data / "other"):
        backup.read(file)
        with pytest.raises(backup.BackupFailed, match="not empty"):
            backup.read(file)
        backup.read(file, replace=True)
        restored = openslot(data / "other", "migrate", "--check")
    assert (restored.returncode, restored.stderr) == (0, "")


def test_a_backup_of_a_later_release_is_refused_in_a_sentence(data, ready, at):
    with at(ready):
        later = "INSERT INTO django_migrations (app, name, applied) VALUES ('api', '0999', now())"
        backup._tool(*backup.PSQL, "--command", later)
        file = backup.write()
    refused = openslot(data / "other", "restore", str(file), "--replace")
    assert refused.returncode == 1
    said = (
        "openslot: {} was written by a later release of OpenSlot: api 0999 is unknown to this one."
    )
    assert refused.stderr.startswith(said.format(file))
    with at(data / "other"):
        assert backup._tool(*backup.PSQL, "--command", backup.TABLES) == "0\n"


def test_it_says_which_release_it_is(data):
    assert openslot(data, "--version").stdout == f"{version('openslot')}\n"


def test_a_backup_that_breaks_off_changes_nothing(ready, tmp_path, at):
    with at(ready):
        whole = backup.write()
        assert whole.parent == ready / "backups"
        half = tmp_path / "half.dump"
        half.write_bytes(whole.read_bytes()[: whole.stat().st_size * 9 // 10])
        before = backup._tool(*backup.PSQL, "--command", backup.TABLES)
        with pytest.raises(backup.BackupFailed):
            backup.read(half, replace=True)
        assert backup._tool(*backup.PSQL, "--command", backup.TABLES) == before != "0\n"


def test_a_file_that_is_no_backup_is_refused_in_a_line(data):
    refused = openslot(data, "restore", "pyproject.toml", "--replace")
    assert refused.returncode == 1
    assert refused.stderr.startswith("openslot: pg_restore")
    assert "Traceback" not in refused.stderr


def test_the_password_of_database_url_is_on_no_command_line(data):
    url = "postgres://ada:s3cret%21@127.0.0.1:1/shop?sslmode=disable"
    refused = openslot(data, "backup", DATABASE_URL=url)
    assert refused.returncode == 1
    assert "127.0.0.1" in refused.stderr
    assert "s3cret" not in refused.stderr


def test_a_database_that_is_not_there_is_a_line_and_no_traceback(data):
    refused = openslot(data, "prepare", DATABASE_URL="postgres://ada@127.0.0.1:1/shop")
    assert refused.returncode == 1
    assert "openslot: the database cannot be reached: " in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_backup_can_be_read_by_a_server_that_knows_fewer_settings(ready, at):
    with at(ready):
        file = backup.write()
        with backup._script(file) as script:
            lines = script.readlines()
        assert backup.TIMEOUT in lines[: backup.BEFORE_THE_FIRST]
        nobodys = backup.TIMEOUT_IF_KNOWN.decode().replace("transaction_t", "nobodys.t")
        assert backup._tool(*backup.PSQL, "--command", nobodys) == ""


def test_a_wrong_port_is_a_line_and_no_traceback(data):
    refused = openslot(data, "web", PORT="eight thousand")
    assert refused.stderr == "openslot: PORT must be a whole number, not 'eight thousand'\n"


def test_nothing_to_upgrade(data):
    assert "Nothing to do" in openslot(data, "db", "upgrade").stdout
