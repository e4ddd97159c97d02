// A form that asks for a solved challenge waits for it: the task begins when somebody comes to the form, in a
// worker, and the button goes on once it is done. What cannot be solved is sent as it is; the page then says what to do.

import "altcha/external";

const place = document.querySelector(".challenge");
const { worker } = place.dataset;
$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(worker));

const widget = place.querySelector("altcha-widget");
const told = place.querySelector("[role=status]");
const form = place.closest("form");
const ready = new Promise((done) => {
  if (widget.getState) done();
  else widget.addEventListener("load", done, { once: true });
});
let waiting = false;

async function settled() {
  await ready;
  if (widget.getState() !== "verifying") return widget.verify();
  return new Promise((done) => {
    widget.addEventListener("statechange", (event) => event.detail.state !== "verifying" && done());
  });
}

form.addEventListener(
  "submit",
  async (event) => {
    if (["verified", "error"].includes(widget.getState?.())) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (waiting) return;
    const { submitter } = event;
    waiting = true;
    told.hidden = false;
    await settled();
    waiting = false;
    told.hidden = true;
    setTimeout(() => form.requestSubmit(submitter)); // the field with the solution is there by then
  },
  { capture: true },
);
