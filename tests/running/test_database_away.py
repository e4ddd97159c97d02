"""The database goes away, stopped or frozen, and comes back: everybody is told, nobody is hung."""

import json
import signal
import subprocess
import sys
from contextlib import contextmanager

import psutil
import psycopg
import pytest
import requests

from openslot import embedded
from tests.running.processes import ROOT, surroundings, until

pytestmark = pytest.mark.real_clock

PURGE = "openslot.kernel.jobs.forget_counts"  # a job that is quick and tells nobody
ADDRESSES = ("/find/", "/api/categories/", "/api/providers/", "/accounts/login/")
SESSION = {"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"}


@pytest.fixture
def database(ready):
    """A server of its own, with the address that it is reached at."""
    with embedded.using(ready / "postgres"):
        yield ready / "postgres"


@pytest.fixture
def url(database):
    return "postgres://{USER}@:{PORT}/{HOST}/{NAME}".format(**embedded.dsn(database))


def processes(home):
    server = psutil.Process(embedded.postmaster(home))
    return [server, *server.children(recursive=True)]


def freeze(home):
    frozen = processes(home)
    for each in frozen:
        each.suspend()

    def back():
        for each in frozen:
            if each.is_running():
                each.resume()

    return back


def stop(home):
    embedded.stop(home)
    return lambda: embedded.ensure(home)


@pytest.mark.parametrize("away", [stop, freeze])
def test_pages_and_api_say_when_to_come_again(data, database, url, serve, away):
    web = serve(data, DATABASE_URL=url, WEB_PROCESSES="1")
    for address in (*ADDRESSES, "/readyz"):
        assert web.get(address)[0] == 200
    back = away(database)
    try:
        status, _, _, seconds = web.get("/readyz")
        assert (status, seconds < 1) == (503, True)
        for address in ADDRESSES:
            status, headers, body, seconds = web.get(address, **SESSION)
            assert (status, seconds < 2) == (503, True), (address, status, seconds)
            assert int(headers["Retry-After"]) > 0
            if address.startswith("/api/"):
                assert json.loads(body)["code"] == "unavailable"
            else:
                assert b"Back in a moment" in body
        assert web.get("/healthz")[0] == 200
    finally:
        back()
    until(lambda: web.get("/readyz")[0] == 200, "readiness", seconds=10)
    until(lambda: web.get("/find/")[0] == 200, "the pool to heal", seconds=10)


def test_a_server_that_was_demoted_is_away_and_welcome_again_at_once(data, database, url, serve):
    """As a standby that was a primary: it answers every question, and takes no change."""
    web = serve(data, DATABASE_URL=url, WEB_PROCESSES="1")
    taken, refused = {"status": 201}, {"status": 503, "code": "unavailable"}
    assert signed_up(web, "ann") == taken
    with takes_no_changes(database):
        answers = [signed_up(web, f"bea{number}") for number in range(5)]
        assert answers == [refused] * 5
        assert web.get("/api/categories/")[0] == 200
    until(lambda: signed_up(web, "cleo") == taken, "changes to be taken", seconds=10)


def signed_up(web, name):
    """What the API answers to somebody who signs up, without what is theirs."""
    told = {"email": f"{name}@example.org", "password": "a-Long-Pass-9", "first_name": name}
    address = f"http://127.0.0.1:{web.port}/api/signup/"
    answer = requests.post(address, json=told, timeout=30)
    code = {"code": answer.json()["code"]} if answer.status_code != 201 else {}
    return {"status": answer.status_code} | code


@contextmanager
def takes_no_changes(home):
    """New sessions may only read; those that might do more are ended."""
    name = embedded.dsn(home)["NAME"]

    def change(how, *, ends=True):
        with reached(home) as session:
            session.autocommit = True
            session.execute("SET default_transaction_read_only = off")
            session.execute(f'ALTER DATABASE "{name}" {how}')
            if ends:
                session.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    change("SET default_transaction_read_only = on")
    try:
        yield
    finally:
        change("RESET default_transaction_read_only", ends=False)


def test_one_failure_speaks_for_all_that_come_within_a_second(data, database, url, serve):
    web = serve(data, DATABASE_URL=url, WEB_PROCESSES="1", WEB_THREADS="2")
    back = freeze(database)
    try:
        web.get("/api/categories/")
        connections = [
            web.connect(b"GET /api/categories/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
            for _ in range(20)
        ]
        assert web.get("/healthz")[3] < 2
        for connection in connections:
            connection.close()
    finally:
        back()


def test_a_lone_worker_waits_for_its_database(data, database, url, tmp_path):
    """What it says goes to a file: a pipe that nobody reads would hold it up."""
    embedded.stop(database)
    said = tmp_path / "worker.log"
    with said.open("w") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "openslot", "worker"],
            env=surroundings(data, DATABASE_URL=url),
            cwd=ROOT,
            stderr=log,
        )
    try:
        until(lambda: "No such file" in said.read_text(), "the worker to look")
        embedded.ensure(database)
        until(lambda: at_work(database), "the worker to work", seconds=180)
        before = said.read_text().count("waiting for the database")
        embedded.stop(database)
        until(
            lambda: said.read_text().count("waiting for the database") > before,
            "the worker to notice",
            seconds=180,  # its pools wait half a minute each for what they had
        )
        embedded.ensure(database)
        forget_the_clock(database)
        job = deferred(database)
        until(lambda: not is_waiting(database, job), "a job to be done", seconds=180)
        until(lambda: is_on_the_clock(database), "what is due to be noticed")
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(timeout=3)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=120)
    assert worker.returncode == 0, said.read_text()[-4000:]


def test_a_worker_goes_on_once_a_database_that_froze_is_back(data, database, url):
    worker = subprocess.Popen(
        [sys.executable, "-m", "openslot", "worker"],
        env=surroundings(data, DATABASE_URL=url),
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: at_work(database), "the worker to work")
        back = freeze(database)
        try:
            with pytest.raises(subprocess.TimeoutExpired):  # it waits, and does not end
                worker.wait(timeout=5)
        finally:
            back()
        job = deferred(database)
        until(lambda: not is_waiting(database, job), "a job to be done")
        assert worker.poll() is None
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=30)
    assert worker.returncode == 0


def test_a_worker_whose_connections_are_cut_makes_new_ones(data, database, url):
    """Also the one that looks what is due: within a minute, when it next has to."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "openslot", "worker"],
        env=surroundings(data, DATABASE_URL=url),
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: at_work(database) and is_on_the_clock(database), "the worker to work")
        forget_the_clock(database)
        cut(database)
        until(
            lambda: is_on_the_clock(database) or worker.poll() is not None,
            "what is due to be noticed",
            seconds=120,
        )
        job = deferred(database)
        until(lambda: not is_waiting(database, job), "a job to be done")
        assert worker.poll() is None
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=120)  # its pools wait half a minute each for what they had
    assert worker.returncode in {0, 143}  # 143 where it was about to begin anew just then


def cut(home):
    """End every connection but this one."""
    with reached(home) as connection:
        connection.execute("""
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
        """)


def deferred(home):
    """A job that sends nobody anything."""
    asked = """
        INSERT INTO procrastinate_jobs (queue_name, task_name, args, priority)
        VALUES ('default', %s, '{"timestamp": 1}', 100) RETURNING id
    """
    with reached(home) as connection:
        return connection.execute(asked, [PURGE]).fetchone()[0]


def is_waiting(home, job):
    """What succeeded is deleted."""
    with reached(home) as connection:
        asked = "SELECT count(*) FROM procrastinate_jobs WHERE id = %s"
        return connection.execute(asked, [job]).fetchone()[0] > 0


def forget_the_clock(home):
    """As if nothing had ever been due."""
    with reached(home) as connection:
        connection.execute("DELETE FROM procrastinate_periodic_defers")


def is_on_the_clock(home):
    """Whether somebody has looked since what is due."""
    with reached(home) as connection:
        asked = "SELECT count(*) FROM procrastinate_periodic_defers"
        return connection.execute(asked).fetchone()[0] > 0


def reached(home):
    where = embedded.dsn(home)
    return psycopg.connect(
        host=where["HOST"], port=where["PORT"], user=where["USER"], dbname=where["NAME"]
    )


def at_work(home):
    """Whether somebody listens for jobs there."""
    with reached(home) as connection:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE query ILIKE 'listen %'"
        return connection.execute(asked).fetchone()[0] > 0
