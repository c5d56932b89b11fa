import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Connect, Plugin } from 'vite';
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

/** The host stays the browser's, so that the server's addresses of pictures and uploads lead back here. */
const proxy = {
  '/api': { target: server, changeOrigin: false },
  '/media': { target: server, changeOrigin: false },
};

export default defineConfig({
  plugins: [svelte(), sharePages(), apiBase(process.env.HALFTONE_API_BASE), paintAfterTheme()],
  build: {
    target: 'es2022',
    // Files of one name never change: browsers and CDNs may keep them for ever.
    assetsDir: 'assets',
    // The Content-Security-Policy knows no `data:` scripts, and small files are fetched over an open connection.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { studio: 'index.html', client: 'share.html' } },
  },
  server: { proxy },
  preview: { proxy },
  test: { include: ['src/**/*.test.ts'] },
});
