"""Mails as their readers' programs have them, and the addresses that they go to."""

from email import message_from_bytes, policy

from icalendar import Calendar

BOB, ADA, DAN = "bob@example.org", "ada@example.org", "dan@example.org"


def parsed(sent):
    """A mail as its reader's program has it."""
    raw = sent if isinstance(sent, bytes) else sent.message().as_bytes()
    return message_from_bytes(raw, policy=policy.default)


def calendars(sent):
    """The iCalendar objects that a mail brings, with the method that its header names."""
    return [
        (part.get_param("method"), Calendar.from_ical(part.get_payload(decode=True)))
        for part in parsed(sent).walk()
        if part.get_content_type() == "text/calendar"
    ]


def event(calendar):
    [found] = calendar.walk("VEVENT")
    return found


def plain(sent):
    return parsed(sent).get_body(("plain",)).get_content()
