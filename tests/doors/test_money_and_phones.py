"""What nobody can pay with or call is refused at both doors, beside its field."""

import pytest

from openslot.accounts import people, phones
from openslot.catalog import pricing
from openslot.catalog.models import Service
from openslot.kernel.errors import Invalid
from tests import town
from tests.api.calling import Caller, done, problem
from tests.doors import houses

pytestmark = pytest.mark.django_db

NO_MONEY = [
    "XXX",
    "XTS",
    "XAU",
    "XAG",
    "XDR",
    "XUA",
    "DEM",
    "FRF",
    "ATS",
    "CHE",
    "CLF",
    "USN",
    "HRK",
]
MONEY = ["EUR", "USD", "JPY", "KWD", "CHF", "XOF", "XPF", "XCD", "INR", "BTN", "VES"]
NO_PHONES = ["abc", "+", "-", "+49", "12", "+999 123456", "=1+1", "1" * 18, "++", "call me"]
PHONES = [
    "+49 30 901820",
    "030 901820",
    "(030) 90 18 20",
    "+1 (212) 555-0100",
    "020 7946 0018 ext. 12",
    "112",
    "٠٣٠٩٠١٨٢٠",
    "+49 (0) 30 901820",
    "",
]
SOLD = {"name": "Talk", "duration_minutes": 30, "pricing": "fixed", "price": "20"}


@pytest.fixture
def machine(ada):
    return Caller(ada)


@pytest.fixture
def page(ada):
    return houses.browser(ada)


@pytest.mark.parametrize("code", [*NO_MONEY, "eur", "EURO", "12"])
def test_what_is_no_money_is_no_price(code, machine, page, ada):
    said = problem(machine.post("provider/services/", {**SOLD, "currency": code}), 400, "invalid")
    assert said["errors"].keys() == {"currency"}
    form = {**SOLD, "currency": code, "location_kind": "in_person", "active": "on"}
    answer = page.post("/provider/services/new/", form)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"currency"}
    assert not Service.objects.filter(provider=ada.provider, name="Talk").exists()


@pytest.mark.parametrize("code", MONEY)
def test_what_one_can_pay_with_is(code, machine):
    made = done(machine.post("provider/services/", {**SOLD, "currency": code}), 201)
    assert made["price"]["currency"] == code


def test_nobody_is_looked_for_by_what_is_no_money():
    query = {"price_max": "50", "currency": "XAU"}
    said = problem(Caller().get("providers/", **query), 400, "invalid")
    assert said["errors"].keys() == {"currency"}
    problem(Caller().get("providers/", currency="DEM"), 400, "invalid")


def test_all_that_people_sell_in_can_be_paid_with():
    assert {"EUR", "USD", "GBP"} < pricing.TENDER
    assert not {code for code in pricing.TENDER if code.startswith("X")} - {
        *("XAF", "XOF", "XPF", "XCD", "XCG")
    }


@pytest.mark.parametrize("number", NO_PHONES)
def test_what_nobody_can_call_is_no_phone(number, bob):
    said = problem(Caller(bob).patch("me/", {"phone": number}), 400, "invalid")
    assert said["errors"] == {"phone": [phones.NONE]}
    form = {"first_name": "Bob", "phone": number, "timezone": "UTC", "language": "en"}
    answer = houses.browser(bob).post("/me/", form)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"phone": [phones.NONE]}
    with pytest.raises(Invalid):
        people.change_profile(bob, phone=number)
    bob.refresh_from_db()
    assert bob.phone == ""


@pytest.mark.parametrize("number", PHONES)
def test_a_number_is_kept_as_it_was_written(number, bob):
    assert done(Caller(bob).patch("me/", {"phone": number}))["phone"] == number


def test_an_old_number_keeps_nobody_from_changing_the_rest(bob):
    type(bob).objects.filter(pk=bob.pk).update(phone="ask at the desk")
    said = done(Caller(bob).patch("me/", {"first_name": "Robert"}))
    assert (said["first_name"], said["phone"]) == ("Robert", "ask at the desk")


def test_a_price_of_old_money_can_still_be_read(machine, ada):
    service = town.service(ada.provider, name="Old")
    Service.objects.filter(pk=service.pk).update(tariff_currency="DEM")
    assert done(machine.get(f"provider/services/{service.pk}/"))["price"]["currency"] == "DEM"
    done(machine.patch(f"provider/services/{service.pk}/", {"name": "Older"}))
