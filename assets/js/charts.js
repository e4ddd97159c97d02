// The chart of the analytics page, drawn from the data that stands in the page; its table says the same.

import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip } from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, Legend, LinearScale, LineController, LineElement, PointElement, Tooltip);

const canvas = document.getElementById("chart");
const data = JSON.parse(document.getElementById("chart_data").textContent);
const { lang } = document.documentElement;
const tongue = lang === "en" ? "en-GB" : lang;
const years = new Set(data.labels.map((label) => label.slice(0, 4)));
const day = new Intl.DateTimeFormat(tongue, { day: "numeric", month: "short", year: years.size > 1 ? "2-digit" : undefined, timeZone: "UTC" });
const dashes = [[], [6, 3], [2, 3]];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function series() {
  const money = Object.entries(data.revenue).map(([code, amounts], n) => ({
    type: "line",
    label: canvas.dataset.earned.replace("CODE", code),
    data: amounts,
    yAxisID: "money",
    borderColor: colour("accent"),
    backgroundColor: colour("accent"),
    borderDash: dashes[n % dashes.length],
    cubicInterpolationMode: "monotone", // a line that is never lower or higher than what it joins
    pointRadius: data.labels.length > 60 ? 0 : 3,
  }));
  const bars = {
    type: "bar",
    label: canvas.dataset.appointments,
    data: data.appointments,
    yAxisID: "count",
    backgroundColor: colour("line"),
    borderRadius: 3,
  };
  return [...money, bars];
}

function scales() {
  const words = { color: colour("muted"), maxRotation: 0, autoSkipPadding: 16 };
  const money = Object.keys(data.revenue).length > 0;
  return {
    x: { ticks: words, grid: { display: false } },
    count: { position: "left", beginAtZero: true, ticks: { ...words, precision: 0 }, grid: { color: colour("line") } },
    money: { display: money, position: "right", beginAtZero: true, ticks: words, grid: { display: false } },
  };
}

let chart;

function draw() {
  chart?.destroy();
  canvas.parentElement.hidden = false;
  chart = new Chart(canvas, {
    data: { labels: data.labels.map((label) => day.format(new Date(label))), datasets: series() },
    options: {
      locale: tongue,
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      plugins: { legend: { labels: { color: colour("ink"), usePointStyle: true } } },
      scales: scales(),
    },
  });
}

draw();
new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
