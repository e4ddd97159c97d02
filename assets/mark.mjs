// The mark as pictures of points, for what takes no SVG: favicon.ico and the icon of a home screen.
// The same shapes as in openslot/web/static/favicon.svg, on a field of 32 by 32.

import { crc32, deflateSync } from "node:zlib";

const ground = [0x0f, 0x6e, 0x66];
const ring = [0xff, 0xff, 0xff];
const slot = [0x7f, 0xe0, 0xd4];
const centre = 16;
const radius = 7.15;
const half = 1.7; // of the ring's stroke
const ends = [[22.2, 12.42], [16, 8.85]]; // between them the ring is open
const grain = 4; // samples a point and direction

function onGround(x, y, corner) {
  const dx = Math.max(corner - x, x - (32 - corner), 0);
  const dy = Math.max(corner - y, y - (32 - corner), 0);
  return Math.hypot(dx, dy) <= corner || corner === 0;
}

function onRing(x, y) {
  const angle = Math.atan2(y - centre, x - centre);
  const open = angle > -Math.PI / 2 && angle < -Math.PI / 6;
  if (!open) return Math.abs(Math.hypot(x - centre, y - centre) - radius) <= half;
  return ends.some(([ex, ey]) => Math.hypot(x - ex, y - ey) <= half);
}

function colour(x, y, corner) {
  if (!onGround(x, y, corner)) return null;
  if (Math.hypot(x - 21.6, y - 8.6) <= 2.1) return slot;
  return onRing(x, y) ? ring : ground;
}

function point(column, row, size, corner) {
  const sum = [0, 0, 0, 0];
  for (let n = 0; n < grain * grain; n += 1) {
    const x = ((column + ((n % grain) + 0.5) / grain) * 32) / size;
    const y = ((row + (Math.floor(n / grain) + 0.5) / grain) * 32) / size;
    const found = colour(x, y, corner);
    if (found) [...found, 255].forEach((value, at) => (sum[at] += value));
  }
  const solid = sum[3] / 255 || 1;
  return [...sum.slice(0, 3).map((value) => Math.round(value / solid)), Math.round(sum[3] / grain ** 2)];
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(data.length, 0);
  around.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([around.subarray(0, 4), body, around.subarray(4)]);
}

// A PNG; `corner` rounds it off, 0 leaves that to whoever shows it.
export function png(size, corner = 9) {
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      rows.set(point(column, row, size, corner), row * (size * 4 + 1) + 1 + column * 4);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

// An icon of several sizes, each a PNG.
export function ico(sizes) {
  const pictures = sizes.map((size) => png(size));
  const head = Buffer.alloc(6 + 16 * sizes.length);
  head.set([0, 0, 1, 0, sizes.length, 0]);
  let place = head.length;
  pictures.forEach((picture, n) => {
    const at = 6 + 16 * n;
    head.set([sizes[n] % 256, sizes[n] % 256, 0, 0, 1, 0, 32, 0], at);
    head.writeUInt32LE(picture.length, at + 8);
    head.writeUInt32LE(place, at + 12);
    place += picture.length;
  });
  return Buffer.concat([head, ...pictures]);
}
