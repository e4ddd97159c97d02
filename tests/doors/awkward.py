"""Texts that have broken schedulers."""

import os

LONG = "Donaudampfschifffahrtsgesellschaft" * 5
TEXTS = [
    "plain",
    "W" * 37,
    LONG,
    "x" * 199,
    "a" + "\N{COMBINING ACUTE ACCENT}" * 60,
    "Zoe\N{COMBINING DIAERESIS}",
    "Zoë",
    "שלום עולם",
    "مرحبا بالعالم",
    "abc שלום 123 (x)",
    "می\N{ZERO WIDTH NON-JOINER}خواهم",
    "\N{RIGHT-TO-LEFT MARK}x\N{LEFT-TO-RIGHT MARK}y",
    "日本語のテキスト、長い。",
    "ภาษาไทยไม่มีช่องว่าง",
    "नमस्ते क्षत्रिय",
    "Ελληνικά Кириллица",
    "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}",
    "\N{WAVING BLACK FLAG}\N{VARIATION SELECTOR-16}\N{ZERO WIDTH JOINER}\N{RAINBOW}",
    "\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-5}",
    "\N{MATHEMATICAL BOLD FRAKTUR CAPITAL A}\N{CJK UNIFIED IDEOGRAPH-20000}",
    "soft\N{SOFT HYPHEN}hyphen",
    "no\N{NO-BREAK SPACE}break  two",
    "a\nb",
    "a\r\nb",
    "a\rb",
    "a\n\n\nb",
    "a\u2028b",
    "a\u2029b",
    "a\x85b",
    "a\x0bb\x0cc",
    "tab\there",
    "bell\x07esc\x1b[31m",
    "c1\x9bcontrol",
    "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe",
    "\N{LEFT-TO-RIGHT ISOLATE}open",
    r"C:\New\notes",
    r"back\\slash\;\,\n\N",
    "semi;colon,comma:colon",
    "\"double\" 'single' `tick` „low“",
    "<script>alert(1)</script>",
    "<b>&amp; &lt;bold&gt;</b>",
    "{{ 7*7 }} {% now %} ${x} %s %(a)s {0}",
    "]]><!--",
    "=1+1",
    "+49 30 1234",
    "-2+3",
    "@SUM(A1)",
    "BEGIN:VEVENT",
    "END:VCALENDAR\r\nX:Y",
    "Subject: x\r\nBcc: eve@example.org",
    "https://example.org/?a=1&b=2#c",
    ".",
    "From here",
    "=?utf-8?q?x?=",
]
assert len(set(TEXTS)) >= 40
SHARE = 1 if int(os.environ.get("OPENSLOT_ROUNDS", "1")) >= 10 else 3


def in_turn(turn: int) -> list[str]:
    """A third of them, another one each turn; all of them with OPENSLOT_ROUNDS=10."""
    return TEXTS[turn % SHARE :: SHARE]
