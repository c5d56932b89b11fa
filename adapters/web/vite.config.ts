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

/** The host stays the browser's, so that the server's addresses of pictures and uploads lead back here. */
const proxy = {
  '/api': { target: server, changeOrigin: false },
  '/media': { target: server, changeOrigin: false },
};

export default defineConfig({
  plugins: [svelte(), sharePages()],
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
