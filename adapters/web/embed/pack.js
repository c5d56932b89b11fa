/**
 * Describes a built UI for the Rust compiler: every file with its media type, its digest and its compressed forms.
 *
 *     node pack.js <directory of the build> <directory for compressed forms> <Rust file to write>
 *
 * Node does it because Node is there whenever there is something to describe, and brings Brotli.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** By the end of the name. A kind of file that is not listed fails the build, or browsers would have to guess. */
const kinds = new Map([
  ['.css', { type: 'text/css; charset=utf-8', compresses: true }],
  ['.html', { type: 'text/html; charset=utf-8', compresses: true }],
  ['.ico', { type: 'image/x-icon', compresses: false }],
  ['.jpg', { type: 'image/jpeg', compresses: false }],
  ['.js', { type: 'text/javascript; charset=utf-8', compresses: true }],
  ['.json', { type: 'application/json', compresses: true }],
  ['.png', { type: 'image/png', compresses: false }],
  ['.svg', { type: 'image/svg+xml', compresses: true }],
  ['.txt', { type: 'text/plain; charset=utf-8', compresses: true }],
  ['.wasm', { type: 'application/wasm', compresses: true }],
  ['.webmanifest', { type: 'application/manifest+json', compresses: true }],
  ['.webp', { type: 'image/webp', compresses: false }],
  ['.woff2', { type: 'font/woff2', compresses: false }],
]);

const compressors = {
  br: (content) =>
    brotliCompressSync(content, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      },
    }),
  gz: (content) => gzipSync(content, { level: constants.Z_BEST_COMPRESSION }),
};

const [build, compressed, output] = process.argv.slice(2);
mkdirSync(compressed, { recursive: true });
const files = readdirSync(build, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();
writeFileSync(output, table(files));

function table(files) {
  const rows = files.map((file) => row(file)).join('');
  return `/// Every file, by path.\npub static FILES: &[File] = &[\n${rows}];\n`;
}

function row(file) {
  const path = `/${relative(build, file).split(sep).join('/')}`;
  const kind = kinds.get(path.slice(path.lastIndexOf('.')));
  if (kind === undefined) throw new Error(`embed/pack.js knows no media type for ${path}`);
  const content = readFileSync(file);
  const digest = createHash('sha256').update(content).digest('hex');
  const form = (ending) => smaller(content, digest, kind, ending);
  return [
    '    File {\n',
    `        path: ${literal(path)},\n`,
    `        media_type: ${literal(kind.type)},\n`,
    `        digest: ${literal(digest)},\n`,
    `        content: include_bytes!(${literal(file)}),\n`,
    `        brotli: ${form('br')},\n`,
    `        gzip: ${form('gz')},\n`,
    '    },\n',
  ].join('');
}

/** A compressed form, if it saves anything that is worth the browser's work. */
function smaller(content, digest, kind, ending) {
  if (!kind.compresses) return 'None';
  const bytes = compressors[ending](content);
  if (bytes.length > content.length * 0.95) return 'None';
  const file = join(compressed, `${digest}.${ending}`);
  writeFileSync(file, bytes);
  return `Some(include_bytes!(${literal(file)}))`;
}

/** A string of Rust; its escapes of quotes and backslashes are those of JSON. */
function literal(text) {
  return JSON.stringify(text);
}
