// Toasts stand in one live region, #toasts. They come with the page, with an htmx answer (out of band), or as the
// event "toast" of an HX-Trigger header: {"toast": {"text": "Cancelled", "level": "error"}}.

const staysFor = 7000;
const region = document.getElementById("toasts");

function leaveLater(toast) {
  if (toast.dataset.level === "error" || toast.querySelector("form, a")) return;
  let timer = setTimeout(() => toast.remove(), staysFor);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => {
    timer = setTimeout(() => toast.remove(), staysFor);
  });
}

function say(text, level = "info") {
  const toast = document.getElementById("toast-shape").content.firstElementChild.cloneNode(true);
  toast.dataset.level = level;
  toast.querySelector("[data-text]").textContent = text;
  region.append(toast);
}

if (region) {
  new MutationObserver((changes) => {
    for (const toast of changes.flatMap((change) => [...change.addedNodes])) {
      if (toast instanceof HTMLElement) leaveLater(toast);
    }
  }).observe(region, { childList: true });

  // A live region speaks of what is added to it: what came with the page is added once more.
  const came = [...region.children];
  region.replaceChildren();
  requestAnimationFrame(() => region.append(...came));

  region.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss]")) event.target.closest(".toast-note").remove();
  });
  document.addEventListener("toast", (event) => say(event.detail.text, event.detail.level));
  const { unreached, refused } = document.getElementById("toast-shape").dataset;
  document.addEventListener("htmx:sendError", () => say(unreached, "error"));
  document.addEventListener("htmx:responseError", () => say(refused, "error"));
}
