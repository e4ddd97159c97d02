"""What a service asks of whoever books it, through both doors: asked, answered, read, frozen."""

from __future__ import annotations

import csv
import io
from uuid import UUID

import pytest
from django.core import mail

from openslot.appointments.booking.asking import Guest
from openslot.appointments.models import Appointment
from openslot.catalog import offering, questions
from openslot.kernel.errors import Invalid
from openslot.privacy import erasure
from tests import town, working
from tests.api.calling import Caller, done, problem
from tests.web.pages import TEN, address, said, several

pytestmark = pytest.mark.django_db

SEVERAL = ["Oil", "Cream", "None"]
KINDS = {
    "text": ("Which side?", "Left"),
    "long_text": ("What happened?", "I fell.\nTwice."),
    "choice": ("With what?", "Oil"),
    "choices": ("What hurts?", ["Oil", "None"]),
    "checkbox": ("I have read it", True),
    "number": ("How tall?", 1.75),
    "date": ("Since when?", "2029-12-24"),
    "phone": ("Whom to call?", "+49 30 901820"),
}


def question(kind="text", **more):
    options = SEVERAL if kind in {"choice", "choices"} else []
    return {"label": KINDS[kind][0], "kind": kind, "required": True, "options": options} | more


def asking(service, *questions):
    """The service, asking these; the ids of them."""
    service = offering.change(service, questions=list(questions))
    return service, [each["id"] for each in service.questions]


def booking(service, **more):
    return {"service": str(service.pk), "start": town.at(8, day=1).isoformat()} | more


def page_books(client, service, **fields):
    return client.post(f"/p/{service.provider.slug}/{service.pk}/book/", {"at": TEN} | fields)


@pytest.mark.parametrize("kind", KINDS)
def test_a_program_and_a_page_ask_and_keep_the_same(kind, massage, bob, carol, signed_in):
    label, value = KINDS[kind]
    massage, [its] = asking(massage, question(kind))
    assert f">{label}<" in said(signed_in(carol).get(address(massage)))
    sent = {True: "on"}.get(value, value) if isinstance(value, bool) else value
    assert page_books(signed_in(carol), massage, **{its: sent}).status_code == 302
    made = done(Caller(bob).post("appointments/", booking(massage, answers={its: value})), 201)
    expected = [{"question": its, "label": label, "kind": kind, "value": value}]
    assert made["answers"] == expected
    [by_page] = Appointment.objects.exclude(pk=made["id"])
    kept = [{**each, "value": _lines(each["value"])} for each in by_page.answers]
    assert kept == expected


def _lines(value):
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_to_be_answered_is_asked_again_and_nothing_is_lost(
    kind, massage, bob, carol, signed_in
):
    massage, [its] = asking(massage, question(kind))
    refused = problem(Caller(bob).post("appointments/", booking(massage)), 400, "invalid")
    assert set(refused["errors"]) == {f"answers.{its}"}
    answer = page_books(signed_in(carol), massage, notes="Not lost")
    assert answer.status_code == 422
    assert f"id_{its}_error" in said(answer)
    assert "Not lost" in said(answer)
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        *(("text", wrong) for wrong in ("x" * 201, 5, ["Left"])),
        *(("long_text", wrong) for wrong in ("x" * 2001, True)),
        *(("choice", wrong) for wrong in ("Water", ["Oil"], 1)),
        *(("choices", wrong) for wrong in ("Oil", ["Oil", "Water"], [["Oil"]], [{}])),
        *(("checkbox", wrong) for wrong in ("on", 1)),
        *(("number", wrong) for wrong in ("1.75", True, 10**16, [1])),
        *(("date", wrong) for wrong in ("24.12.2029", "2029-02-30", "20291224", 2029)),
        *(("phone", wrong) for wrong in ("call me", "+49", 49)),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_beside_it(kind, wrong, massage, bob):
    massage, [its] = asking(massage, question(kind))
    sent = booking(massage, answers={its: wrong})
    refused = problem(Caller(bob).post("appointments/", sent), 400, "invalid")
    assert set(refused["errors"]) == {f"answers.{its}"}
    problem(Caller(bob).post("appointments/preview/", sent), 400, "invalid")


def test_an_answer_to_nothing_is_refused(massage, bob):
    sent = booking(massage, answers={town.NOBODY: "Left"})
    refused = problem(Caller(bob).post("appointments/", sent), 400, "invalid")
    assert set(refused["errors"]) == {f"answers.{town.NOBODY}"}


def test_a_preview_asks_nothing(massage, bob):
    massage, _ = asking(massage, question())
    shown = done(Caller(bob).post("appointments/preview/", booking(massage)))
    assert shown["occurrences"][0]["free"]


def test_a_provider_may_leave_any_out(massage, ada, signed_in):
    massage, _ = asking(massage, question(), question("checkbox"))
    sent = booking(massage, customer={"first_name": "Gil"})
    assert done(Caller(ada).post("appointments/", sent), 201)["answers"] == []


def test_only_who_has_never_booked_has_to_say_what_new_customers_do(massage, bob):
    town.booked(massage, bob, town.at(8, day=2))
    massage, [its] = asking(massage, question(new_customers_only=True))
    assert done(Caller(bob).post("appointments/", booking(massage)), 201)["answers"] == []
    said_again = booking(massage, start=town.at(8, day=3).isoformat(), answers={its: "Left"})
    assert done(Caller(bob).post("appointments/", said_again), 201)["answers"][0]["value"] == "Left"


def test_who_is_new_has_to_and_is_told_whom_it_concerns(massage, bob, signed_in):
    massage, _ = asking(massage, question(new_customers_only=True))
    assert "Only if this is your first time here." in said(signed_in(bob).get(address(massage)))
    problem(Caller(bob).post("appointments/", booking(massage)), 400, "invalid")
    assert page_books(signed_in(bob), massage).status_code == 422


def test_an_address_that_was_not_shown_tells_nothing_about_itself(massage, ada, settings):
    settings.GUEST_VERIFICATION = "none"
    known = Guest("gil@example.org", "Gil")
    town.book(massage.pk, by=ada, start=town.at(12, day=2), customer=known)
    massage, _ = asking(massage, question(new_customers_only=True))
    for email in ("gil@example.org", "new@example.org"):
        sent = booking(massage, guest={"email": email, "first_name": "Gil"})
        problem(Caller().post("appointments/", sent), 400, "invalid")


def test_a_guest_is_asked_on_the_page_and_reads_it_behind_the_link(client, massage):
    massage, [its] = asking(massage, question())
    gil = {"name": "Gil", "email": "gil@example.org"}
    assert page_books(client, massage, **gil).status_code == 422
    answer = page_books(client, massage, **gil, **{its: "Left"})
    shown = said(client.get(answer.url))
    assert "Which side?" in shown
    assert "Left" in shown


def test_a_series_is_asked_once_and_goes_on_with_the_same(massage, bob, signed_in):
    massage, [its] = asking(massage, question())
    assert "Which side?" in said(several(signed_in(bob), massage))
    assert several(signed_in(bob), massage, "post").status_code == 422
    assert several(signed_in(bob), massage, "post", **{its: "Left"}).status_code == 302
    made = Appointment.objects.first().series
    done(Caller(bob).post(f"series/{made.pk}/extend/", {"count": 2}))
    assert made.occurrences.count() == 6
    for each in made.occurrences.all():
        assert [one["value"] for one in each.answers] == ["Left"]


def test_what_was_asked_stays_whatever_becomes_of_the_question(massage, ada, bob):
    massage, [its] = asking(massage, question())
    made = done(Caller(bob).post("appointments/", booking(massage, answers={its: "Left"})), 201)
    asking(massage, question(label="Which foot?"))
    for reader in (ada, bob):
        [kept] = done(Caller(reader).get(f"appointments/{made['id']}/"))["answers"]
        assert kept["label"] == "Which side?"


def test_an_id_that_is_sent_back_is_kept_and_no_other_is_taken(massage, ada):
    path = f"provider/services/{massage.pk}/"
    sent = {"questions": [question(), question("number", id="mine")]}
    made = done(Caller(ada).patch(path, sent))["questions"]
    assert all(UUID(each["id"]) for each in made)
    again = [{**made[1], "label": "How wide?"}, made[0], question("date", id=made[0]["id"])]
    changed = done(Caller(ada).patch(path, {"questions": again}))["questions"]
    assert [each["id"] for each in changed[:2]] == [made[1]["id"], made[0]["id"]]
    assert changed[2]["id"] not in {made[0]["id"], made[1]["id"]}


@pytest.mark.parametrize(
    "wrong",
    [
        [question()] * 21,
        [question(label="")],
        [question(label="x" * 201)],
        [question(kind="text", options=["Oil"])],
        [question("choice", options=[])],
        [question("choice", options=["Oil", "Oil"])],
        [question("choice", options=[str(each) for each in range(51)])],
        [question() | {"kind": "smell"}],
        [question() | {"colour": "red"}],
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(wrong, massage, ada):
    path = f"provider/services/{massage.pk}/"
    refused = problem(Caller(ada).patch(path, {"questions": wrong}), 400, "invalid")
    assert any(name.startswith("questions") for name in refused["errors"])
    massage.refresh_from_db()
    assert massage.questions == []


def test_the_domain_refuses_what_no_door_lets_through(massage):
    for wrong in ({"label": ""}, {"help": "x" * 201}):
        with pytest.raises(Invalid):
            offering.change(massage, questions=[question(**wrong)])
    massage, [its] = asking(massage, question("long_text"))
    with pytest.raises(Invalid):
        questions.answered(massage.questions, {its: "nul\0"})


def test_questions_are_public_and_instructions_are_not(massage, ada, bob):
    asking(massage, question())
    offering.change(massage, instructions="Ring twice")
    [shown] = done(Caller().get("providers/ada/"))["services"]
    assert shown["questions"][0]["label"] == "Which side?"
    assert "instructions" not in shown
    path = f"provider/services/{massage.pk}/"
    assert done(Caller(ada).get(path))["instructions"] == "Ring twice"


def test_the_page_of_questions_adds_changes_raises_and_removes_each_once(massage, ada, signed_in):
    client, path = signed_in(ada), f"/provider/services/{massage.pk}/questions/"

    def press(more="", **form):
        twice = [client.post(path + more, form | {"once": f"key {more}{form}"}) for _ in range(2)]
        assert [each.status_code for each in twice] == [302, 302]
        massage.refresh_from_db()
        return massage.questions

    [first] = press(label="Which side?", kind="text", required="on")
    second = press(label="With what?", kind="choice", options="Oil\n\n Cream \n")[1]
    assert second["options"] == ["Oil", "Cream"]
    assert [each["id"] for each in press(f"{second['id']}/up/")] == [second["id"], first["id"]]
    changed = press(f"{second['id']}/", label="Really?", kind="checkbox", options="Oil")[0]
    assert (changed["id"], changed["label"], changed["options"]) == (second["id"], "Really?", [])
    assert [each["id"] for each in press(f"{second['id']}/remove/")] == [first["id"]]
    assert client.get(f"{path}{second['id']}/").status_code == 404
    shown = said(client.get(path))
    assert "Which side?" in shown
    assert "has to be answered" in shown


def test_a_choice_without_options_says_so_beside_the_field(massage, ada, signed_in):
    path = f"/provider/services/{massage.pk}/questions/"
    answer = signed_in(ada).post(path, {"label": "With what?", "kind": "choice"})
    assert answer.status_code == 422
    assert "Say what can be chosen from." in said(answer)


def test_the_provider_reads_the_answers_in_the_mail_and_in_the_file(
    massage, ada, bob, signed_in, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    massage, [one, two] = asking(massage, question(), question("choices"))
    answers = {one: "<b>Left</b>", two: ["Cream", "Oil"]}
    done(Caller(bob).post("appointments/", booking(massage, answers=answers)), 201)
    mail.outbox = []
    working.work()
    to = {sent.to[0].rpartition("<")[2].rstrip(">"): sent for sent in mail.outbox}
    assert "Which side?: <b>Left</b>" in to[ada.email].body
    assert "What hurts?: Oil, Cream" in to[ada.email].body
    assert "&lt;b&gt;Left&lt;/b&gt;" in to[ada.email].alternatives[0].content
    assert "Which side?" not in to[bob.email].body
    rows = csv.DictReader(
        io.StringIO(signed_in(ada).get("/provider/appointments.csv").content.decode())
    )
    [row] = rows
    assert row["Answers"] == "Which side?: <b>Left</b>; What hurts?: Oil, Cream"


def test_whoever_has_booked_is_told_what_to_know(massage, ada, bob, signed_in, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    words = "Ring twice, <i>please</i>.\n\nThe way: https://example.org/way"
    offering.change(massage, instructions=words)
    made = done(Caller(bob).post("appointments/", booking(massage)), 201)
    assert made["instructions"] == words
    mail.outbox = []
    working.work()
    to = {sent.to[0].rpartition("<")[2].rstrip(">"): sent for sent in mail.outbox}
    assert words in to[bob.email].body
    assert words not in to[ada.email].body
    for shown in (
        to[bob.email].alternatives[0].content,
        signed_in(bob).get(f"/appointments/{made['id']}/").content.decode(),
    ):
        assert 'href="https://example.org/way"' in shown
        assert "&lt;i&gt;please&lt;/i&gt;" in shown
        assert "<i>please" not in shown


def test_answers_are_forgotten_with_who_gave_them(massage, bob):
    massage, [its] = asking(massage, question())
    done(Caller(bob).post("appointments/", booking(massage, answers={its: "Left"})), 201)
    erasure.erase(bob)
    assert Appointment.objects.get().answers == []
