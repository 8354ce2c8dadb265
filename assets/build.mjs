/* Makes static/dist from what lies here: `npm ci --ignore-scripts && npm run build`, or `make assets`.
   `node build.mjs FOLDER` writes elsewhere (the check compares). The same sources give the same bytes. */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { Features, transform } from "lightningcss";

import { plain } from "./plain.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = resolve(process.argv[2] ?? join(HERE, "../static/dist"));
const version = (major, minor = 0) => (major << 16) | (minor << 8);

/* The oldest browsers each door is made for. Tills: Windows 7 ends at Chrome 109; @layer asks for 99. */
const DOORS = {
  counter: { js: ["chrome87"], css: { chrome: version(99), firefox: version(97), safari: version(15, 4) } },
  portal: {
    js: ["chrome100", "ios15.4", "safari15.4"],
    css: { chrome: version(100), safari: version(15, 4), ios_saf: version(15, 4) },
  },
};

function sheet(door) {
  const tailwind = join(HERE, "node_modules/.bin/tailwindcss");
  const written = execFileSync(tailwind, ["-i", `${door}.css`], { cwd: HERE, stdio: ["ignore", "pipe", "ignore"] });
  const { css } = plain(written.toString());
  const made = transform({
    filename: `${door}.css`,
    code: Buffer.from(css),
    minify: true,
    targets: DOORS[door].css,
    exclude: Features.LightDark, // light-dark() is not used: parts/theme.css says both sets itself
  });
  writeFileSync(join(OUT, `${door}.css`), made.code);
}

async function script(entry, name, target) {
  await build({
    entryPoints: [join(HERE, entry)],
    outfile: join(OUT, name),
    absWorkingDir: HERE,
    bundle: true,
    minify: true,
    format: "iife",
    target,
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
  });
}

/* One drawing per line of icons.txt, as <symbol id="gift">. */
function sprite() {
  const lines = readFileSync(join(HERE, "icons.txt"), "utf8").split("\n").map((line) => line.trim());
  const symbols = lines.filter((line) => line && !line.startsWith("#")).map((line) => {
    const [name, style = "outline"] = line.split(" ");
    const svg = readFileSync(join(HERE, `node_modules/@tabler/icons/icons/${style}/${name}.svg`), "utf8");
    const drawing = svg.replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s*\n\s*/g, "");
    return `<symbol id="${style === "filled" ? `${name}-filled` : name}" viewBox="0 0 24 24">${drawing}</symbol>`;
  });
  writeFileSync(join(OUT, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
}

/* SHA-256 over everything here but node_modules: says, where there is no node, whether somebody forgot to build. */
function sources() {
  const files = readdirSync(HERE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(HERE, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((name) => !name.startsWith("node_modules"))
    .sort();
  const hash = createHash("sha256");
  for (const name of files) hash.update(`${name}\0`).update(readFileSync(join(HERE, name))).update("\0");
  return hash.digest("hex");
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
for (const [door, targets] of Object.entries(DOORS)) {
  sheet(door);
  await script(`${door}/main.js`, `${door}.js`, targets.js);
}
await script("shared/scanner.js", "scanner.js", DOORS.counter.js);
copyFileSync(join(HERE, "node_modules/zxing-wasm/dist/reader/zxing_reader.wasm"), join(OUT, "zxing_reader.wasm"));
sprite();
writeFileSync(join(OUT, "manifest.json"), `${JSON.stringify({ sources: sources() }, null, 2)}\n`);
