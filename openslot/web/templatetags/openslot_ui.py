"""What the pages are drawn with: icons, form fields, badges, people, prices, times."""

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    RadioSelect,
    Select,
)
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, *, label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite (assets/icons.json lists them); silent unless it has a label."""
    href = f"{static('build/icons.svg')}#{name}"
    classes = f"icon {css}".strip()
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>',
            classes,
            label,
            href,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>',
        classes,
        href,
    )


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, *, label: str = "", help_text: str = "") -> dict[str, object]:
    """A form field whole: label, control, help, and the error beside it, tied together for a reader."""
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        kind = "check"
    elif isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        kind = "choices"
    else:
        kind = "control"
    helps = help_text or bound.help_text
    return {
        "field": bound,
        "kind": kind,
        "label": label or bound.label,
        "help_text": helps,
        "control": bound.as_widget(attrs=_attributes(bound, kind=kind, helps=bool(helps))),
    }


def _attributes(bound: BoundField, *, kind: str, helps: bool) -> dict[str, str | bool]:
    """The widget's own attributes, with our classes and what describes it."""
    attributes: dict[str, str | bool] = {}
    own = bound.field.widget.attrs
    if kind == "control":
        shape = "form-select" if isinstance(bound.field.widget, Select) else "form-control"
        invalid = "is-invalid" if bound.errors else ""
        attributes["class"] = " ".join(filter(None, [own.get("class", ""), shape, invalid]))
    described = [f"{bound.auto_id}_error"] if bound.errors else []
    if helps:
        described.append(f"{bound.auto_id}_help")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return attributes


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and the last word of a name, "?" for none."""
    words = str(name).split()
    if not words:
        return "?"
    ends = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in ends).upper()


@register.filter
def hue(name: str) -> int:
    """Which of six grounds an avatar without a photo has: the same name, the same ground."""
    return sum(str(name).encode()) % 6


@register.inclusion_tag("components/nav_link.html", takes_context=True)
def nav_link(
    context: template.Context,
    url_name: str,
    text: str,
    *,
    icon: str,
    also: str = "",
    count: int | None = None,
    css: str = "sidebar-link",
) -> dict[str, object]:
    """A link of the navigation, marked when the page is its own or one of those named in `also`."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match is not None and match.url_name in {url_name, *also.split()}
    return {
        "href": reverse(url_name),
        "text": text,
        "icon": icon,
        "count": count,
        "css": css,
        "here": here,
    }
