"""The files of deploy/cluster as each host has them: what an operator would change, changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rehearsal.network import HOSTS

FILES = Path(__file__).parents[1] / "deploy" / "cluster"
EXAMPLE = HOSTS["db1"]  # the host whose own address stands in the examples
EVERYBODY = "ETCD_INITIAL_CLUSTER"


def render(name: str, changes: Mapping[str, str]) -> str:
    """The example of that name, with the words on the left replaced; each has to be there."""
    text = (FILES / f"{name}.example").read_text()
    for words, others in changes.items():
        if words not in text:
            raise ValueError(f"{name}.example has no {words!r}")
        text = text.replace(words, others)
    return text


def variables(text: str) -> dict[str, str]:
    """What a file of variables sets."""
    lines = (line.partition("=") for line in text.splitlines() if line and line[0] != "#")
    return {name: value for name, _, value in lines}


def etcd(host: str, folder: Path) -> dict[str, str]:
    found = variables(
        render(
            "etcd.env",
            {"ETCD_NAME=db1": f"ETCD_NAME={host}", "/var/lib/etcd/openslot": str(folder)},
        )
    )
    everybody = found.pop(EVERYBODY)
    own = {name: value.replace(EXAMPLE, HOSTS[host]) for name, value in found.items()}
    return own | {EVERYBODY: everybody}


def patroni(host: str, folder: Path, programs: Path, passwords: Mapping[str, str]) -> str:
    own = HOSTS[host]
    return render(
        "patroni.yml",
        {
            "name: db1": f"name: {host}",
            f"{EXAMPLE}:8008": f"{own}:8008",
            f"{EXAMPLE},127.0.0.1:5432": f"{own},127.0.0.1:5432",
            f"{EXAMPLE}:5432": f"{own}:5432",
            "/var/lib/postgresql/15/openslot": f"{folder}/openslot",
            "/var/lib/postgresql/openslot.pgpass": f"{folder}/pgpass",
            "/usr/lib/postgresql/15/bin": str(programs),
            "/var/run/postgresql": str(folder),
            **{
                f"change-me-{who}": passwords[who] for who in ("postgres", "replicator", "rewinder")
            },
        },
    )
