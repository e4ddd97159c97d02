// <details class="menu"> opens by itself; here it closes: at Escape, at a click elsewhere, when another opens.

function closeAllBut(kept) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== kept) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeAllBut(event.target.closest("details.menu")));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details.menu[open]");
  closeAllBut(null);
  menu?.querySelector("summary").focus();
});

// In a row of links that can be pushed sideways, the page's own is to be seen.
for (const row of document.querySelectorAll(".desk-strip ul")) {
  const here = row.querySelector("[aria-current]");
  if (here) row.scrollLeft = here.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}
