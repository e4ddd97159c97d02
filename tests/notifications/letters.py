"""Mails as their readers' programs have them, and the addresses that they go to."""

from email import message_from_bytes, policy
from html.parser import HTMLParser

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


def html(sent):
    return parsed(sent).get_body(("html",)).get_content()


class _Said(HTMLParser):
    """The paragraphs of a provider's own words in a mail, each with its text, tags and links."""

    def __init__(self, source):
        super().__init__()
        self.found, self.within = [], False
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag == "p" and "said" in (named.get("class") or "").split():
            self.within = True
            self.found.append({"text": "", "tags": set(), "links": [], "dir": named.get("dir")})
        elif self.within:
            self.found[-1]["tags"].add(tag)
            self.found[-1]["links"] += [named["href"]] if tag == "a" else []

    def handle_endtag(self, tag):
        self.within = self.within and tag != "p"

    def handle_data(self, data):
        if self.within:
            self.found[-1]["text"] += data


def own_words(source):
    return _Said(source).found
