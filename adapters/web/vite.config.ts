import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds the API: a `halftone serve` on this computer. */
const server = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    // Files of one name never change: browsers and CDNs may keep them for ever.
    assetsDir: 'assets',
    // The Content-Security-Policy knows no `data:` scripts, and small files are fetched over an open connection.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: { studio: 'index.html', client: 'share.html' } },
  },
  server: { proxy: { '/api': server, '/media': server } },
  test: { include: ['src/**/*.test.ts'] },
});
