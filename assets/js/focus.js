// After htmx has swapped a part of the page, whoever uses a keyboard or a screen reader goes on where they were: at the
// thing they chose, or at what took its place. What has an id, or `autofocus`, htmx sees to itself.

let left = null; // what had the focus in the part that goes

function place(element) {
  const panel = element.closest("details.menu");
  return {
    href: element.getAttribute("href"),
    label: element.getAttribute("aria-label"),
    summary: panel?.querySelector("summary")?.textContent.trim(),
  };
}

function same(part) {
  const all = [...part.querySelectorAll("a[href], button, summary")].filter((each) => each.checkVisibility());
  return (
    all.find((each) => left.href && each.getAttribute("href") === left.href) ??
    all.find((each) => left.label && each.getAttribute("aria-label") === left.label) ??
    all.find((each) => left.summary && each.textContent.trim() === left.summary)
  );
}

function rest(part) {
  part.tabIndex = -1;
  return part;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const active = document.activeElement;
  left = event.detail.target?.contains(active) && active !== document.body ? { ...place(active), part: event.detail.target.id } : null;
});

document.addEventListener("htmx:afterSettle", () => {
  if (!left || document.activeElement !== document.body) return;
  const part = left.part && document.getElementById(left.part);
  if (part) (same(part) ?? part.querySelector("[autofocus]") ?? rest(part)).focus();
  left = null;
});
