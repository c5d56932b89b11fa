import { createHash } from 'node:crypto';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, type Connect, type Plugin, type Rolldown } from 'vite';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds the API: a `halftone serve` on this computer. */
const server = process.env.HALFTONE_DEV_SERVER ?? 'http://127.0.0.1:8080';

/** The server answers `/s/{token}` with the client's page; so does the one for development. */
function sharePages(): Plugin {
  const rewrite: Connect.NextHandleFunction = (request, _response, next) => {
    if (request.url?.startsWith('/s/')) request.url = '/share.html';
    next();
  };
  return {
    name: 'halftone:share-pages',
    configureServer: ({ middlewares }) => void middlewares.use(rewrite),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(rewrite),
  };
}

/**
 * `HALFTONE_API_BASE=https://api.example/api/v1 npm run build` makes pages for an API on another host. It ends up in one
 * `meta` element of each page, so it can also be replaced when the files are deployed.
 */
function apiBase(base: string | undefined): Plugin {
  const meta = /(<meta name="halftone-api" content=")[^"]*"/;
  return {
    name: 'halftone:api-base',
    transformIndexHtml(html) {
      if (!base) return html;
      if (!/^https?:\/\/[\w.:[\]-]+(\/[\w./-]*)?$/.test(base))
        throw new Error(`HALFTONE_API_BASE is no address: ${base}`);
      return html.replace(meta, (_, start: string) => `${start}${base}"`);
    },
  };
}

/** The studio's entry script sets the theme that was chosen, so nothing is painted before it has run. */
function paintAfterTheme(): Plugin {
  return {
    name: 'halftone:paint-after-theme',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { path }) =>
        path === '/index.html'
          ? html.replace('<script type="module"', '<script type="module" blocking="render"')
          : html,
    },
  };
}

/** The scripts with which the client's page and the studio begin. */
const CLIENT = /\/src\/client\/main\.ts$/;
const STUDIO = /\/src\/studio\/main\.ts$/;

/**
 * A client's first look at a gallery is few files, all of them asked for at once: a browser opens six connections, and
 * over a slow network a file that is only known from another one costs as much as all the rest.
 *
 * - `early`, some hundred bytes inside the page itself, asks for the session;
 * - `client` is what the grid needs of the client's application, `common` what that shares with the studio.
 */
function firstLook(): Plugin & { splitting: Rolldown.CodeSplittingOptions } {
  const client = new Set<string>();
  const studio = new Set<string>();
  const group = (name: string, test: (id: string) => boolean): Rolldown.CodeSplittingGroup => ({
    name,
    test,
    includeDependenciesRecursively: false,
  });
  let isBuild = false;
  let early = '';
  return {
    name: 'halftone:first-look',
    configResolved: ({ command }) => void (isBuild = command === 'build'),
    async buildStart() {
      if (!isBuild) return;
      const lib = { entry: 'src/client/early.ts', formats: ['iife' as const], name: 'early' };
      const built = await build({
        configFile: false,
        logLevel: 'error',
        publicDir: false,
        build: { write: false, target: 'es2022', lib },
      });
      const [script] = (built as Rolldown.RolldownOutput[]).flatMap(({ output }) => output);
      if (script?.type !== 'chunk') throw new Error('the early script was not built');
      early = script.code.trim();
      if (/<\/script|<!--/i.test(early))
        throw new Error('the early script would end in the middle of the page');
    },
    buildEnd() {
      const walk = (found: Set<string>, id: string, isWhole: boolean): void => {
        if (found.has(id)) return;
        found.add(id);
        const { importedIds = [], dynamicallyImportedIds = [] } = this.getModuleInfo(id) ?? {};
        for (const next of isWhole ? [...importedIds, ...dynamicallyImportedIds] : importedIds) {
          walk(found, next, isWhole);
        }
      };
      for (const id of this.getModuleIds()) {
        if (CLIENT.test(id)) walk(client, id, false);
        if (STUDIO.test(id)) walk(studio, id, true);
      }
    },
    splitting: {
      groups: [
        group('common', (id) => id.includes('rolldown/runtime') || (client.has(id) && studio.has(id))),
        group('client', (id) => client.has(id)),
      ],
    },
    transformIndexHtml: {
      order: 'post',
      handler: (html, { path, bundle }) =>
        // Before every file that the page names: a style sheet on its way would hold it back.
        path === '/share.html' && bundle
          ? html.replace('<script', () => `<script>${early}</script>\n    <script`)
          : html,
    },
  };
}

/**
 * `csp.json` names the scripts inside pages by the hashes with which a Content-Security-Policy allows them, for hosts that
 * send the policy themselves. The hashes are those of the pages as they are written.
 */
function allowedScripts(): Plugin {
  return {
    name: 'halftone:allowed-scripts',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const pages = Object.values(bundle).flatMap((file) =>
          file.type === 'asset' && file.fileName.endsWith('.html') ? [String(file.source)] : [],
        );
        if (pages.length === 0) throw new Error('there are no pages whose scripts could be allowed');
        const scripts = pages.flatMap((page) => [...page.matchAll(/<script>(.*?)<\/script>/gs)]);
        const inline_scripts = scripts.map(
          ([, code = '']) => `sha256-${createHash('sha256').update(code).digest('base64')}`,
        );
        const source = `${JSON.stringify({ inline_scripts }, null, 2)}\n`;
        this.emitFile({ type: 'asset', fileName: 'csp.json', source });
      },
    },
  };
}

const look = firstLook();

/** The host stays the browser's, so that the server's addresses of pictures and uploads lead back here. */
const proxy = {
  '/api': { target: server, changeOrigin: false },
  '/media': { target: server, changeOrigin: false },
};

export default defineConfig({
  plugins: [
    svelte(),
    sharePages(),
    apiBase(process.env.HALFTONE_API_BASE),
    paintAfterTheme(),
    look,
    allowedScripts(),
  ],
  build: {
    target: 'es2022',
    // Files of one name never change: browsers and CDNs may keep them for ever.
    assetsDir: 'assets',
    // The Content-Security-Policy knows no `data:` scripts, and small files are fetched over an open connection.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { studio: 'index.html', client: 'share.html' },
      output: { codeSplitting: look.splitting },
    },
  },
  server: { proxy },
  preview: { proxy },
  test: { include: ['src/**/*.test.ts'] },
});
