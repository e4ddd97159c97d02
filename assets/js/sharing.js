// A button with data-share="an address" (and data-title) tells others of it: by the system's own dialogue where there is
// one, else by copying. data-copied is what is said then. It is hidden until there is a script; beside it the address
// stands in a field, to be copied by hand. A link of mail with data-tell opens the same dialogue, where there is one.

async function share(button) {
  const { share: address, title, copied } = button.dataset;
  const url = new URL(address, location.href).href;
  if (navigator.share) {
    await navigator.share({ url, title }).catch(() => {}); // who closes the dialogue has decided
    return;
  }
  const field = button.closest("[data-sharing]")?.querySelector("input");
  try {
    await navigator.clipboard.writeText(url);
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: copied, level: "success" } }));
  } catch {
    field?.focus();
    field?.select();
  }
}

function tell(event, link) {
  event.preventDefault();
  const mail = new URLSearchParams(link.search);
  navigator.share({ title: mail.get("subject"), text: mail.get("body") }).catch(() => {});
}

for (const button of document.querySelectorAll("[data-share]")) button.hidden = false;
if (navigator.share) {
  for (const link of document.querySelectorAll("[data-tell]")) link.lastChild.textContent = link.dataset.tell;
}
document.addEventListener("click", (event) => {
  const [button, link] = ["[data-share]", "[data-tell]"].map((which) => event.target.closest(which));
  if (button) share(button);
  else if (link && navigator.share) tell(event, link);
});
