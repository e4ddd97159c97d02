// The browser's time zone: told in a cookie and at sign-up for a new account, and offered beside times
// in another one. Nothing changes by itself: a time that somebody has seen stays that time.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

function tell() {
  if (window !== window.parent) return; // in a frame of another site nothing is kept
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `timezone=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;
  for (const field of document.querySelectorAll('input[type="hidden"][name="timezone"]')) {
    if (!field.value || field.value === "UTC") field.value = zone;
  }
}

function offer() {
  for (const button of document.querySelectorAll("[data-zone-offer]")) {
    const select = button.form.elements.zone;
    const known = [...select.options].some((option) => option.value === zone);
    button.hidden = !known || select.value === zone;
    button.textContent = button.dataset.zoneOffer.replace("ZONE", zone);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zone-offer]");
  if (!button) return;
  button.form.elements.zone.value = zone;
  button.form.requestSubmit();
});

if (zone) {
  tell();
  offer();
  document.addEventListener("htmx:afterSettle", offer);
}
