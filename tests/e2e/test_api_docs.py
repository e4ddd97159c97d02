"""The page that describes the API works under the policy that all pages have."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_people_can_read_the_description_and_nothing_comes_from_elsewhere(browse, live_server):
    page, told, asked = browse(), [], []
    page.on("console", lambda message: told.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/docs/")
    page.locator("#operations-appointments-appointments_create .opblock-summary").click()
    page.get_by_text("Idempotency-Key").first.wait_for()
    assert told == []
    assert all(url.startswith((live_server.url, "data:")) for url in asked)
