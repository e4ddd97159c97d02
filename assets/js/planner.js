// The planner: what stands in a provider's days, to look at and to drag. A drag leads to the page that asks.

import { Calendar } from "fullcalendar";
import dayGrid from "fullcalendar/daygrid";
import interaction from "fullcalendar/interaction";
import classic from "fullcalendar/themes/classic";
import timeGrid from "fullcalendar/timegrid";
import "fullcalendar/skeleton.css";
import "fullcalendar/themes/classic/theme.css";
import "./planner.css";

const place = document.getElementById("planner");
const trouble = document.querySelector(".planner-trouble");
const marked = document.getElementById("planner-span");
const narrow = matchMedia("(max-width: 767px)").matches;
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

function stamp(moment) {
  return moment.toISOString().replace(/\.\d+Z$/, "Z");
}

function address(path, query) {
  return `${path}?${new URLSearchParams(query)}`;
}

function dayBefore(text) {
  const day = new Date(`${text.slice(0, 10)}T12:00:00Z`);
  day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}

async function events(asked) {
  const query = { first: asked.startStr.slice(0, 10), last: dayBefore(asked.endStr) };
  const answer = await fetch(address(place.dataset.events, query), { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
  trouble.hidden = true;
  return (await answer.json()).map(({ kind, move, change, ...event }) => ({
    ...event,
    startEditable: Boolean(move || change),
    durationEditable: Boolean(change),
    extendedProps: { kind, move, change },
  }));
}

// To the page that moves it: there it is said who is told, and what hangs on it.
function dragged({ event, revert }) {
  const { move, change } = event.extendedProps;
  const span = { since: stamp(event.start), until: stamp(event.end) };
  revert();
  location.assign(move ? address(move, { at: span.since }) : address(change, span));
}

function choose({ start, end }) {
  const words = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", ...clock, timeZone: place.dataset.zone });
  document.getElementById("planner-span-title").textContent = words.formatRange(start, end);
  const [book, off] = marked.querySelectorAll("[data-to]");
  book.href = address(book.dataset.to, { at: stamp(start) });
  off.href = address(off.dataset.to, { since: stamp(start), until: stamp(end) });
  marked.showModal();
}

const calendar = new Calendar(place, {
  plugins: [dayGrid, timeGrid, interaction, classic],
  initialView: narrow ? "timeGridDay" : "timeGridWeek",
  initialDate: place.dataset.on,
  timeZone: place.dataset.zone,
  headerToolbar: { start: "prev,today,next", center: "title", end: "timeGridDay,timeGridWeek,dayGridMonth" },
  firstDay: 1,
  height: "auto",
  allDaySlot: false,
  nowIndicator: true,
  navLinks: false,
  dayMaxEvents: 4,
  snapDuration: "00:05",
  slotDuration: "00:30",
  longPressDelay: 350,
  selectable: true,
  selectMirror: true,
  selectMinDistance: 4,
  editable: false,
  slotHeaderFormat: clock,
  eventTimeFormat: clock,
  eventClass: ({ event }) => `planner-event planner-${event.extendedProps.kind}`,
  events,
  eventSourceFailure: () => { trouble.hidden = false; },
  eventDrop: dragged,
  eventResize: dragged,
  select: choose,
});

calendar.render();
marked.addEventListener("close", () => calendar.unselect());
