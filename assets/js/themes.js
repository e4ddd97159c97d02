// The theme switch: what is seen now turns into its opposite and is remembered.

const system = matchMedia("(prefers-color-scheme: dark)");

function current() {
  return document.documentElement.dataset.bsTheme ?? (system.matches ? "dark" : "light");
}

function tell() {
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    button.setAttribute("aria-pressed", String(current() === "dark"));
  }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-switch]")) return;
  const next = current() === "dark" ? "light" : "dark";
  document.documentElement.dataset.bsTheme = next;
  try {
    localStorage.setItem("theme", next);
  } catch {
    // not remembered, but shown
  }
  tell();
});

system.addEventListener("change", tell);
tell();
