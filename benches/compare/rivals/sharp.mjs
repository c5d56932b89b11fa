// sharp, in two ways: as its documentation leads people to write the job, and tuned by hand.
//
//   node sharp.mjs <documented|tuned> <proof|full-size|webp|srgb> <out> <threads> <tile.png or -> <original>...

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

// Installed beside the outputs and not beside this file.
const sharp = createRequire(join(process.cwd(), "package.json"))("sharp");

const [way, kind, out, threads, tile, ...originals] = process.argv.slice(2);
sharp.concurrency(1);
sharp.cache(false);

const proofSize = { width: 2048, height: 2048, fit: "inside", withoutEnlargement: true };
const thumbSize = { width: 400, height: 400, fit: "inside", withoutEnlargement: true };
const svg = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" width="560" height="480"><text x="280" y="260" font-family="sans-serif"
   font-size="100" fill="#fff" fill-opacity="0.35" text-anchor="middle" transform="rotate(-30 280 240)">© Studio</text></svg>`,
);
const cachedTile = tile === "-" ? null : readFileSync(tile);

const ways = {
  // Converts to sRGB, whatever is asked for: that is its default.
  async documented(original, name) {
    const proof = sharp(original).rotate();
    if (kind !== "full-size") {
      proof.resize(proofSize);
    }
    if (cachedTile) {
      proof.composite([{ input: svg, tile: true }]);
    }
    if (kind === "webp") {
      await proof.webp({ quality: 82, effort: 2 }).toFile(join(out, `${name}-proof.webp`));
    } else {
      const quality = kind === "full-size" ? 90 : 82;
      await proof.jpeg({ quality }).toFile(join(out, `${name}-proof.jpg`));
    }
    await sharp(original).rotate().resize(thumbSize).jpeg({ quality: 80 }).toFile(join(out, `${name}-thumb.jpg`));
  },
  async tuned(original, name) {
    if (kind !== "proof") {
      throw new Error(`not written for ${kind}`);
    }
    const { data, info } = await sharp(original, { ignoreIcc: true })
      .rotate()
      .resize(proofSize)
      .raw()
      .toBuffer({ resolveWithObject: true });
    const raw = { raw: { width: info.width, height: info.height, channels: info.channels } };
    const proof = sharp(data, raw);
    if (cachedTile) {
      proof.composite([{ input: cachedTile, tile: true }]);
    }
    await proof.jpeg({ quality: 82, optimiseCoding: false }).toFile(join(out, `${name}-proof.jpg`));
    await sharp(data, raw)
      .resize(thumbSize)
      .jpeg({ quality: 80, optimiseCoding: false })
      .toFile(join(out, `${name}-thumb.jpg`));
  },
};

const waiting = [...originals];
async function work() {
  for (let original = waiting.shift(); original; original = waiting.shift()) {
    await ways[way](original, basename(original).replace(/\.[^.]*$/, ""));
  }
}
await Promise.all(Array.from({ length: Number(threads) }, work));
