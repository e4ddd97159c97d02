// Stands on a provider's own site: <script async src="…/static/build/embed.js" data-provider="…"></script>
// puts a frame with their booking in its place, as high as what is in it. `data-service` opens one service.

const script = document.currentScript;
const home = new URL(script.src).origin;
const { provider, service } = script.dataset;
const frame = document.createElement("iframe");

frame.src = `${home}/embed/${encodeURIComponent(provider)}/${service ? `?service=${encodeURIComponent(service)}` : ""}`;
frame.title = script.dataset.title || "Book an appointment"; // until the page in it says its own
frame.style.cssText = "display:block;width:100%;min-height:320px;border:0";
script.after(frame);

addEventListener("message", (event) => {
  const { height, title } = event.data?.openslot ?? {};
  if (event.origin !== home || event.source !== frame.contentWindow || !(height > 0)) return;
  if (!script.dataset.title && title) frame.title = title;
  frame.style.height = `${Math.ceil(height)}px`;
});
