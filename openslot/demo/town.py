"""A small town to look at: who offers what, when, and where their clocks stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PASSWORD = "openslot-demo"  # noqa: S105  printed at every start of the demo
PROVIDER_LOGIN = "provider@example.org"
CUSTOMER_LOGIN = "customer@example.org"


@dataclass(frozen=True)
class Offer:
    name: str
    minutes: int
    tariff: str
    pricing: str = "fixed"
    description: str = ""
    # What has to come first, and how many days before: the shop's offer of that name
    requires: tuple[str, int, int] | None = None


@dataclass(frozen=True)
class Shop:
    slug: str
    name: str
    owner: tuple[str, str]  # first and last name
    headline: str
    bio: str
    category: str
    zone: str
    currency: str
    # "1-5 09:00-12:30 13:30-17:00; 6 10:00-14:00": days of the week (Monday is 1) and spans
    hours: str
    offers: tuple[Offer, ...]
    place: tuple[str, str] = ("in_person", "")
    rules: dict[str, Any] = field(default_factory=dict)
    busy: float = 0.45  # the share of its time that is taken


SHOPS = (
    Shop(
        "linden-physiotherapy",
        "Linden Physiotherapy",
        ("Mara", "Linden"),
        "Back on your feet, one step at a time",
        "Manual therapy and training for backs, knees and shoulders. The first visit takes an "
        "hour: we look at how you move before we treat anything.",
        "health",
        "Europe/Berlin",
        "EUR",
        "1-4 08:00-12:00 13:00-18:00; 5 08:00-14:00",
        (
            Offer("First visit", 60, "78.00", description="Examination and a plan"),
            Offer("Follow-up treatment", 30, "42.00"),
            Offer("Training session", 45, "64.00", "hourly"),
        ),
        ("in_person", "Lindenallee 12, 10115 Berlin"),
        {"buffer_after_minutes": 10, "slot_step_minutes": 30, "cancellation_notice_hours": 24},
        0.55,
    ),
    Shop(
        "harbour-physio",
        "Harbour Physio",
        ("Ines", "Hafner"),
        "Sports injuries and rehabilitation",
        "We treat runners, rowers and people who sit too much.",
        "health",
        "Europe/Lisbon",
        "EUR",
        "1,3,5 07:30-13:30; 2,4 12:00-20:00",
        (Offer("Assessment", 50, "65.00"), Offer("Treatment", 40, "48.00")),
        ("in_person", "Rua do Cais 4, Lisboa"),
        {"buffer_before_minutes": 5, "buffer_after_minutes": 5},
    ),
    Shop(
        "studio-kamm",
        "Studio Kamm",
        ("Ayla", "Kamm"),
        "Cuts, colour and a good cup of coffee",
        "A small studio with two chairs. Colour takes its time, and so do we.",
        "hair",
        "Europe/Berlin",
        "EUR",
        "2-5 09:00-18:30; 6 09:00-15:00",
        (
            Offer("Cut and finish", 45, "49.00"),
            Offer("Colour", 120, "118.00"),
            Offer("Fringe trim", 15, "12.00"),
        ),
        ("in_person", "Torstraße 88, 10119 Berlin"),
        {"confirmation": "automatic", "slot_step_minutes": 15, "daily_limit": 9},
        0.6,
    ),
    Shop(
        "fold-and-fade",
        "Fold & Fade Barbers",
        ("Marcus", "Fold"),
        "Walk in tidy, walk out tidier",
        "Fades, beards and hot towels, six days a week.",
        "hair",
        "Europe/Dublin",
        "EUR",
        "1-6 10:00-19:00",
        (Offer("Fade", 30, "28.00"), Offer("Beard", 20, "18.00"), Offer("The lot", 60, "42.00")),
        ("in_person", "Capel Street 7, Dublin"),
        {"confirmation": "automatic", "minimum_notice_minutes": 30, "slot_step_minutes": 20},
    ),
    Shop(
        "stillpoint-massage",
        "Stillpoint Massage",
        ("Ruth", "Still"),
        "Quiet hands for busy backs",
        "Classic and deep-tissue massage in a room where no telephone rings.",
        "massage",
        "Europe/Vienna",
        "EUR",
        "1-5 10:00-14:00 15:00-20:00; 7 11:00-17:00",
        (Offer("Massage", 60, "72.00"), Offer("Long massage", 90, "102.00")),
        ("in_person", "Neubaugasse 31, Wien"),
        {"buffer_before_minutes": 10, "buffer_after_minutes": 15, "pending_limit": 2},
    ),
    Shop(
        "riverside-shiatsu",
        "Riverside Shiatsu",
        ("Kenji", "Mori"),
        "On the mat, in your own time",
        "Sessions at the studio or in your home within the ring road.",
        "massage",
        "Asia/Kolkata",
        "INR",
        "1-6 08:30-12:30 16:00-21:00",
        (Offer("Shiatsu", 60, "2400.00"), Offer("Home visit", 75, "3000.00", "hourly")),
        ("customer", "Within the ring road"),
        {"buffer_before_minutes": 30, "buffer_after_minutes": 30},
        0.3,
    ),
    Shop(
        "fractions-tutoring",
        "Fractions Tutoring",
        ("Tom", "Bruch"),
        "Mathematics without the fear",
        "From times tables to calculus, one question after the other, by video.",
        "tutoring",
        "Europe/London",
        "GBP",
        "1-5 15:00-20:30; 6 09:00-13:00",
        (
            Offer("Trial lesson", 30, "0.00", description="We meet, you decide"),
            Offer("Lesson", 60, "38.00", "hourly"),
            Offer("Exam evening", 90, "36.00", "hourly"),
        ),
        ("video", "A link comes with the confirmation"),
        {"confirmation": "automatic", "minimum_notice_minutes": 240},
    ),
    Shop(
        "lingua-loft",
        "Lingua Loft",
        ("Chiara", "Loft"),
        "Conversation in five languages",
        "Forty-five minutes of talking, with notes in your inbox afterwards.",
        "tutoring",
        "America/New_York",
        "USD",
        "1-4 07:00-11:00 17:00-22:00; 5 07:00-12:00",
        (Offer("Conversation", 45, "55.00"), Offer("Writing workshop", 75, "60.00", "hourly")),
        ("video", "A link comes with the confirmation"),
        {"buffer_after_minutes": 15, "slot_step_minutes": 15},
    ),
    Shop(
        "ledger-and-leaf",
        "Ledger & Leaf",
        ("Owen", "Leaf"),
        "Taxes, calmly",
        "Returns, bookkeeping and the letters nobody wants to open.",
        "finance",
        "Europe/Berlin",
        "EUR",
        "1-5 09:00-12:00 13:00-16:30",
        (
            Offer("First consultation", 60, "120.00"),
            Offer(
                "Consultation by the hour",
                90,
                "140.00",
                "hourly",
                requires=("First consultation", 1, 60),
            ),
        ),
        ("phone", "We call you"),
        {"minimum_notice_minutes": 1440, "booking_window_days": 90, "slot_step_minutes": 60},
        0.35,
    ),
    Shop(
        "cedar-careers",
        "Cedar Careers",
        ("Nadia", "Cedar"),
        "Interviews, changes, next steps",
        "Coaching for people between two jobs, or about to be.",
        "coaching",
        "America/St_Johns",
        "CAD",
        "2-6 10:00-18:00",
        (Offer("Coaching", 50, "95.00"), Offer("Mock interview", 80, "140.00")),
        ("video", "A link comes with the confirmation"),
        {"cancellation_notice_hours": 48},
        0.3,
    ),
    Shop(
        "night-owl-vets",
        "Night Owl Vets",
        ("Hugo", "Eule"),
        "For animals that do not keep office hours",
        "Open through the night, every night but one.",
        "pets",
        "America/New_York",
        "USD",
        "1-6 20:00-04:00",
        (Offer("Check-up", 20, "60.00"), Offer("Vaccination", 15, "45.00")),
        ("in_person", "Atlantic Avenue 501, Brooklyn"),
        {"confirmation": "automatic", "minimum_notice_minutes": 15, "slot_step_minutes": 20},
        0.25,
    ),
    Shop(
        "island-groomers",
        "Island Groomers",
        ("Tavita", "Leota"),
        "Clean paws at the end of the world",
        "Dogs, cats and one very patient goat.",
        "pets",
        "Australia/Lord_Howe",
        "AUD",
        "1-5 08:00-16:00; 6 08:00-12:00",
        (Offer("Wash and brush", 40, "48.00"), Offer("Full groom", 100, "110.00")),
        ("in_person", "Lagoon Road, Lord Howe Island"),
        {"buffer_after_minutes": 20},
        0.25,
    ),
)

# The customer of the demo has a lesson every week.
WEEKLY = ("fractions-tutoring", "Lesson", "FREQ=WEEKLY;COUNT=6")

CUSTOMERS = (
    "Amal", "Bea", "Chidi", "Dora", "Emre", "Fiona", "Goran", "Hana", "Ines", "Jonas", "Kofi",
    "Lena", "Mateo", "Nora", "Oskar", "Priya", "Quinn", "Rosa", "Sami", "Tove", "Uma", "Vito",
    "Wanda", "Xenia", "Yusuf", "Zoe",
)  # fmt: skip
