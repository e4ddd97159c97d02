// Runs before the page is painted: the chosen theme, or the system's. Loaded without defer for that reason alone.

const chosen = (() => {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null; // storage may be forbidden; the system's theme stays
  }
})();

if (chosen === "light" || chosen === "dark") {
  document.documentElement.dataset.bsTheme = chosen;
}
document.documentElement.classList.add("scripted");
