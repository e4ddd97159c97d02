// Builds openslot/web/static/build: app.css, app.js, theme.js, the bundles of single pages, fonts, the icon sprite and the mark as pictures.
// `node assets/build.mjs` once, with --watch again at every change.

import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { watch } from "node:fs";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";
import { ico, png } from "./mark.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const source = join(root, "assets");
const packages = join(root, "node_modules");
const finished = join(root, "openslot", "web", "static", "build");
const inter = join(packages, "@fontsource-variable", "inter");

// Bootstrap 5.3 is written for Sass's older module system.
const bootstrapIsOlder = ["import", "global-builtin", "color-functions", "if-function"];

async function styles(target) {
  const faces = (await readFile(join(inter, "wght.css"), "utf8")).replaceAll("./files/", "fonts/");
  const fonts = [...faces.matchAll(/url\(fonts\/([^)]+)\)/g)].map((found) => found[1]);
  const { css } = sass.compile(join(source, "scss", "app.scss"), {
    loadPaths: [packages],
    quietDeps: true,
    silenceDeprecations: bootstrapIsOlder,
  });
  const { code } = await esbuild.transform(faces + css, { loader: "css", minify: true });
  await mkdir(join(target, "fonts"), { recursive: true });
  await Promise.all([
    writeFile(join(target, "app.css"), code),
    cp(join(source, "images"), join(target, "images"), { recursive: true }),
    ...fonts.map((name) => cp(join(inter, "files", name), join(target, "fonts", name))),
  ]);
}

async function scripts(target) {
  await esbuild.build({
    entryPoints: [join(source, "js", "app.js"), join(source, "js", "theme.js"), join(source, "js", "charts.js"), join(source, "js", "planner.js"), join(source, "js", "embed.js"), join(source, "js", "framed.js"), join(source, "js", "challenge.js"), { in: join(packages, "altcha", "dist", "workers", "pbkdf2.js"), out: "solving" }],
    outdir: target,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    nodePaths: [packages],
    legalComments: "none",
    logLevel: "warning",
  });
}

async function icons(target) {
  const names = JSON.parse(await readFile(join(source, "icons.json"), "utf8"));
  const symbols = await Promise.all(
    names.map(async (name) => {
      const svg = await readFile(join(packages, "bootstrap-icons", "icons", `${name}.svg`), "utf8");
      const [, viewBox, body] = svg.match(/viewBox="([^"]+)"[^>]*>([\s\S]*)<\/svg>/);
      return `<symbol id="${name}" viewBox="${viewBox}">${body.replace(/\s*\n\s*/g, "")}</symbol>`;
    }),
  );
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  await writeFile(join(target, "icons.svg"), sprite);
}

async function marks(target) {
  await Promise.all([
    writeFile(join(target, "favicon.ico"), ico([16, 32, 48])),
    writeFile(join(target, "touch-icon.png"), png(180, 0)),
  ]);
}

// What is sent to a browser that takes it packed stands beside each text.
async function packed(target) {
  const texts = (await readdir(target)).filter((name) => /\.(css|js|svg)$/.test(name));
  await Promise.all(
    texts.map(async (name) => {
      const text = await readFile(join(target, name));
      await Promise.all([
        writeFile(join(target, `${name}.gz`), await promisify(gzip)(text, { level: 9 })),
        writeFile(join(target, `${name}.br`), await promisify(brotliCompress)(text)),
      ]);
    }),
  );
}

// Everything is made beside the folder and then takes its place, so a broken build leaves the last good one.
async function build() {
  const target = `${finished}.new`;
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await Promise.all([styles(target), scripts(target), icons(target), marks(target)]);
  await packed(target);
  await rm(finished, { recursive: true, force: true });
  await rename(target, finished);
}

async function buildAndSay() {
  const began = performance.now();
  try {
    await build();
    console.log(`built in ${Math.round(performance.now() - began)} ms`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

await buildAndSay();

if (process.argv.includes("--watch")) {
  process.exitCode = 0;
  let waiting;
  watch(source, { recursive: true }, () => {
    clearTimeout(waiting);
    waiting = setTimeout(buildAndSay, 80);
  });
  console.log("watching assets/");
}
