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
const whole = document.getElementById("planner-whole");
const narrow = matchMedia("(max-width: 767px)").matches;
const { lang } = document.documentElement;
const clock = place.dataset.clock === "12" ? { hour: "numeric", minute: "2-digit", hourCycle: "h12" } : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const tongue = lang === "en" ? "en-GB" : lang;
// The grid's own words, by FullCalendar's names for them: "data-today-text" is its todayText.
const words = Object.fromEntries(Object.entries(place.dataset).filter(([name]) => /(Text|Hint|Long)$/.test(name)));
const usual = { from: 8, to: 18 }; // hours that are shown at least

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

// An end at midnight belongs to the day before; the grid may end sooner.
function lastDay(text) {
  return /T(?!00:00)/.test(text) ? text.slice(0, 10) : dayBefore(text);
}

// The hours of the day that the grid shows: those in which anything stands, or anybody can come.
let shown = usual;
let standing = [];

function hoursOf({ start, end }) {
  const from = Number(start.slice(11, 13));
  const to = Number(end.slice(11, 13)) + (end.slice(14, 16) === "00" ? 0 : 1);
  return start.slice(0, 10) === end.slice(0, 10) ? { from, to } : { from: end.slice(11, 16) === "00:00" ? from : 0, to: 24 };
}

function fit() {
  const hours = standing.filter((event) => event.kind !== "off").map(hoursOf);
  const from = Math.min(usual.from, ...hours.map((each) => each.from));
  const to = Math.max(usual.to, ...hours.map((each) => each.to));
  const wanted = whole.checked ? { from: 0, to: 24 } : { from, to };
  if (wanted.from === shown.from && wanted.to === shown.to) return;
  shown = wanted;
  calendar.setOption("slotMinTime", `${shown.from}:00`.padStart(5, "0"));
  calendar.setOption("slotMaxTime", `${shown.to}:00`.padStart(5, "0"));
}

async function events(asked) {
  const query = { first: asked.startStr.slice(0, 10), last: lastDay(asked.endStr) };
  const answer = await fetch(address(place.dataset.events, query), { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
  trouble.hidden = true;
  standing = await answer.json();
  setTimeout(fit);
  return standing.map(({ kind, move, change, ...event }) => ({
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
  const said = new Intl.DateTimeFormat(tongue, { weekday: "short", day: "numeric", month: "short", ...clock, timeZone: place.dataset.zone });
  document.getElementById("planner-span-title").textContent = said.formatRange(start, end);
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
  locale: { code: tongue, week: { dow: 1, doy: 4 }, direction: document.documentElement.dir || "ltr", ...words },
  headerToolbar: { start: "prev,today,next", center: "title", end: "timeGridDay,timeGridWeek,dayGridMonth" },
  slotMinTime: "08:00",
  slotMaxTime: "18:00",
  firstDay: 1,
  height: "auto",
  eventMinHeight: 22,
  allDaySlot: false,
  nowIndicator: true,
  navLinks: true,
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
  eventDidMount: ({ el, event }) => { el.title = event.title; },
  events,
  eventSourceFailure: () => { trouble.hidden = false; },
  eventDrop: dragged,
  eventResize: dragged,
  select: choose,
});

calendar.render();
whole.addEventListener("change", fit);
marked.addEventListener("close", () => calendar.unselect());
