"""Questions of every kind on a narrow phone: asked, answered, and read by both sides."""

import pytest

from openslot.appointments.models import Appointment
from openslot.catalog import offering
from openslot.catalog.questions import Kind
from tests.e2e.sweeping import LONG, earliest, sideways, violations

pytestmark = [pytest.mark.browser, pytest.mark.real_clock, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_kind_is_answered_on_a_phone(browse, sign_in, ada, massage, theme):
    choices = {Kind.CHOICE: ["Oil", LONG], Kind.CHOICES: [LONG, "Cream"]}
    asked = [
        {"label": f"{kind.label} {LONG}"[:200], "kind": kind, "required": True, "help": LONG}
        | {"options": choices.get(kind, [])}
        for kind in Kind
    ]
    sold = offering.change(massage, questions=asked, instructions=f"{LONG} https://example.org/")
    ids = {each["kind"]: each["id"] for each in sold.questions}
    page = browse("narrow", theme=theme)
    ask = f"/p/ada/{massage.pk}/book/?at={earliest(massage):%Y-%m-%dT%H:%M:%SZ}"
    assert sideways(page, [ask]) == {}
    page.get_by_label("Name").fill("Gil")
    page.get_by_label("E-mail").fill("gil@example.org")
    page.get_by_role("button", name="Book").click()
    page.wait_for_selector(".field-error")
    assert page.get_by_label("E-mail").input_value() == "gil@example.org"
    assert not violations(page, whole=True)
    page.locator(f"[id='id_{ids['text']}']").fill("Left")
    page.locator(f"[id='id_{ids['long_text']}']").fill("I fell")
    page.locator(f"[name='{ids['choice']}'][value=Oil]").check()
    page.locator(f"[name='{ids['choices']}'][value=Cream]").check()
    page.locator(f"[id='id_{ids['checkbox']}']").check()
    page.locator(f"[id='id_{ids['number']}']").fill("1.75")
    page.locator(f"[id='id_{ids['date']}']").fill("2020-12-24")
    page.locator(f"[id='id_{ids['phone']}']").fill("030 901820")
    page.get_by_role("button", name="Book").click()
    page.wait_for_url("**/guest/**")
    made = Appointment.objects.get()
    values = ["Left", "I fell", "Oil", ["Cream"], True, 1.75, "2020-12-24", "030 901820"]
    assert [each["value"] for each in made.answers] == values
    assert sideways(page, [page.url]) == {}
    assert not violations(page, whole=True)
    sign_in(page, ada)
    edited = f"/provider/services/{massage.pk}/questions/"
    for address in (f"/appointments/{made.pk}/", edited, f"{edited}{ids['choice']}/"):
        assert sideways(page, [address]) == {}
        assert not violations(page, whole=True), address
