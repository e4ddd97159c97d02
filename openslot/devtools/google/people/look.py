"""How the emulator's pages look: plain, and narrow enough for a phone."""

from __future__ import annotations

from html import escape

from openslot.devtools.google.server import Answer

STYLE = """
:root { color-scheme: light dark; --line: #d5d9df; --muted: #5f6670; --accent: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3a4048; --muted: #a8b0ba; --accent: #a8c7fa; }
}
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 42rem; padding: 1rem; }
h1 { font-size: 1.5rem; margin: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
p, li { overflow-wrap: anywhere; }
a { color: var(--accent); }
.muted { color: var(--muted); }
.note { border: 1px solid var(--line); border-radius: 8px; padding: .5rem .75rem; }
.note { color: var(--muted); }
ul { list-style: none; margin: 0; padding: 0; }
li { border-bottom: 1px solid var(--line); padding: .6rem 0; }
label { display: block; margin: .6rem 0; }
label.tick { align-items: start; display: flex; gap: .6rem; padding: .35rem 0; }
label.tick input { flex: none; height: 1.2rem; margin-top: .15rem; width: 1.2rem; }
input:not([type=checkbox]):not([type=radio]), select {
  border: 1px solid #7a828d; border-radius: 6px; display: block; font: inherit; max-width: 100%;
  min-height: 44px; padding: .4rem .6rem; width: 100%;
}
button { border: 1px solid var(--accent); border-radius: 22px; background: transparent;
  color: var(--accent); font: inherit; min-height: 44px; padding: 0 1.2rem; }
button.main { background: var(--accent); color: Canvas; }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0; }
fieldset { border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0; }
del { color: var(--muted); }
"""
NOTE = (
    '<p class="note">This is not Google. It is an emulator on this machine, for trying OpenSlot:'
    " nothing leaves it, and it forgets everything when it ends.</p>"
)


def page(title: str, *parts: str, status: int = 200, refresh: int = 0) -> Answer:
    again = f'<meta http-equiv="refresh" content="{refresh}">' if refresh else ""
    return Answer.page(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{again}<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body>{NOTE}<main><h1>{escape(title)}</h1>{''.join(parts)}</main></body></html>",
        status,
    )


def form(*parts: str, action: str = "") -> str:
    target = f' action="{escape(action)}"' if action else ""
    return f'<form method="post"{target}>{"".join(parts)}</form>'


def button(words: str, value: str, *, main: bool = False) -> str:
    kind = ' class="main"' if main else ""
    return f'<button{kind} name="action" value="{escape(value)}">{escape(words)}</button>'


def actions(*buttons: str) -> str:
    return f'<div class="actions">{"".join(buttons)}</div>'


def field(words: str, name: str, value: str = "", kind: str = "text") -> str:
    return (
        f'<label>{escape(words)}<input type="{kind}" name="{escape(name)}"'
        f' value="{escape(value)}"></label>'
    )


def tick(words: str, name: str, value: str, *, on: bool, kind: str = "checkbox") -> str:
    return (
        f'<label class="tick"><input type="{kind}" name="{escape(name)}" value="{escape(value)}"'
        f"{' checked' if on else ''}><span>{escape(words)}</span></label>"
    )


def choice(words: str, name: str, options: list[tuple[str, str]], chosen: str) -> str:
    each = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
        f"{escape(shown)}</option>"
        for value, shown in options
    )
    return f'<label>{escape(words)}<select name="{escape(name)}">{each}</select></label>'


def link(words: str, to: str) -> str:
    return f'<a href="{escape(to)}">{escape(words)}</a>'


def rows(items: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
