// Reads iCalendar objects as ical.js does: JSON of strings comes in, [{uid, summary, description, location}] goes out.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const events = JSON.parse(readFileSync(0, "utf8")).flatMap((text) =>
  new ICAL.Component(ICAL.parse(text)).getAllSubcomponents("vevent"),
);
const names = ["uid", "summary", "description", "location"];
console.log(JSON.stringify(events.map((event) => Object.fromEntries(names.map((name) => [name, event.getFirstPropertyValue(name)])))));
