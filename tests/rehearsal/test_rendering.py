"""The files that an operator copies, as each host of a rehearsal has them."""

from pathlib import Path

import pytest

from rehearsal import network, rendering
from rehearsal.programs import SECRETS

PASSWORDS = {name: f"the-{name}" for name in SECRETS}
FILES = sorted(rendering.FILES.glob("*.example"))


def test_a_host_stands_under_its_own_address_and_everybody_knows_all():
    found = rendering.etcd("front", Path("/srv/etcd"))
    assert found["ETCD_NAME"] == "front"
    assert found["ETCD_LISTEN_CLIENT_URLS"] == "http://10.99.0.10:2379"
    assert found["ETCD_DATA_DIR"] == "/srv/etcd"
    assert found["ETCD_INITIAL_CLUSTER"] == rendering.etcd("db1", Path())["ETCD_INITIAL_CLUSTER"]


@pytest.mark.parametrize("host", ["db1", "db2"])
def test_each_database_has_its_name_its_address_and_its_folder(host):
    text = rendering.patroni(host, Path("/srv/pg"), Path("/opt/pg/bin"), PASSWORDS)
    own = network.HOSTS[host]
    for line in (
        f"name: {host}",
        f"connect_address: {own}:5432",
        f"connect_address: {own}:8008",
        "data_dir: /srv/pg/openslot",
        "bin_dir: /opt/pg/bin",
        "password: the-rewinder",
    ):
        assert line in text
    assert "change-me" not in text
    assert "hosts: 10.99.0.11:2379,10.99.0.12:2379,10.99.0.10:2379" in text


def test_a_change_that_the_example_has_no_place_for_is_told():
    with pytest.raises(ValueError, match="has no 'nothing'"):
        rendering.render("haproxy.cfg", {"nothing": "something"})


def test_what_begins_with_a_hash_sets_nothing():
    assert rendering.variables("# A=1\n\nB=x=y\n") == {"B": "x=y"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_example_names_no_host_that_is_not_there(path):
    words = path.read_text().replace("/24", " ").replace("10.99.0.0", " ")
    known = {*network.HOSTS.values()}
    found = {
        word.strip("',;:") for part in words.split() for word in part.replace("/", " ").split(":")
    }
    addresses = {
        part for word in found for part in word.replace("@", " ").replace(",", " ").split()
    }
    assert {each for each in addresses if each.startswith("10.99.")} <= known


def test_webs_go_through_the_pooler_and_workers_past_it():
    web, worker = (
        rendering.variables(rendering.render(f"{kind}.env", {})) for kind in ("web", "worker")
    )
    assert web["DATABASE_URL"].endswith("@10.99.0.10:6432/openslot")
    assert worker["DATABASE_URL"].endswith("@10.99.0.10:5000/openslot")
    assert web["DATABASE_PREPARED"] == "off"
