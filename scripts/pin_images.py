"""Name the images in Dockerfile and compose.yaml by the digests that their tags have now.

    python3 scripts/pin_images.py Dockerfile compose.yaml

Asks the registry itself, so it needs no container engine; run it anew to take a newer image of the
same tag. Images of other registries than Docker's, or built here, are left as they are.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.request
from pathlib import Path

AUTH = os.environ.get("REGISTRY_AUTH", "https://auth.docker.io")
REGISTRY = os.environ.get("REGISTRY", "https://registry-1.docker.io")
KINDS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
NAMED = re.compile(
    r"^(?P<before>FROM |\s+image: )(?P<image>[a-z0-9/-]+):(?P<tag>[\w.-]+)"
    r"(?:@sha256:[0-9a-f]{64})?",
    re.MULTILINE,
)


def main(files: list[str]) -> None:
    for file in map(Path, files):
        text = file.read_text(encoding="utf-8")
        file.write_text(NAMED.sub(_pinned, text), encoding="utf-8")


def _pinned(found: re.Match[str]) -> str:
    image, tag = found["image"], found["tag"]
    digest = _digest(image if "/" in image else f"library/{image}", tag)
    print(f"{image}:{tag}  {digest}")
    return f"{found['before']}{image}:{tag}@{digest}"


def _digest(repository: str, tag: str) -> str:
    scope = f"service=registry.docker.io&scope=repository:{repository}:pull"
    with urllib.request.urlopen(f"{AUTH}/token?{scope}", timeout=30) as answer:
        token = json.load(answer)["token"]
    request = urllib.request.Request(
        f"{REGISTRY}/v2/{repository}/manifests/{tag}",
        headers={"Authorization": f"Bearer {token}", "Accept": ", ".join(KINDS)},
        method="HEAD",
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(answer.headers["Docker-Content-Digest"])


if __name__ == "__main__":
    main(sys.argv[1:])
