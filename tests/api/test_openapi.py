"""The description of the API: as committed, whole, and readable by people."""

from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.yaml"


@pytest.fixture(scope="module")
def description():
    return yaml.safe_load(COMMITTED.read_text(encoding="utf-8"))


def test_the_committed_description_is_fresh(tmp_path):
    made = tmp_path / "openapi.yaml"
    call_command("spectacular", file=str(made), validate=True, fail_on_warn=True)
    fresh = made.read_text(encoding="utf-8") == COMMITTED.read_text(encoding="utf-8")
    assert fresh, "The API has changed: run `make openapi` and commit docs/openapi.yaml"


def test_it_is_openapi_3_1_with_bearer_tokens(description):
    assert description["openapi"].startswith("3.1")
    schemes = description["components"]["securitySchemes"]
    assert schemes == {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}


def test_every_refusal_is_described_as_a_problem(description):
    for path, item in description["paths"].items():
        for method, operation in item.items():
            refusals = {code for code in operation["responses"] if code >= "400"}
            assert {"400", "429"} <= refusals, (path, method)
            for code in refusals:
                assert list(operation["responses"][code]["content"]) == [
                    "application/problem+json"
                ], (path, method, code)


def test_the_served_description_is_the_same(client, description):
    answer = client.get("/api/schema/")
    assert answer.headers["Content-Type"].startswith("application/vnd.oai.openapi")
    assert yaml.safe_load(answer.content)["paths"].keys() == description["paths"].keys()


def test_it_can_be_had_as_json(client, description):
    answer = client.get("/api/schema/", headers={"accept": "application/json"})
    assert answer.json()["paths"].keys() == description["paths"].keys()


def test_the_page_for_people_needs_nothing_that_the_policy_forbids(client):
    page = client.get("/api/docs/")
    assert b"<style" not in page.content
    assert b"<script>" not in page.content
    assert b"://" not in page.content
    assert "'unsafe" not in page.headers["Content-Security-Policy"]
