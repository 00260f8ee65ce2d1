// How the app is built. The result belongs to the server's static folder and is never committed.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { shell } from './vite/shell.ts';
import { words } from './vite/words.ts';

const hub = process.env.JIAHE_HUB ?? 'http://127.0.0.1:8430';

export default defineConfig({
  plugins: [words(), svelte(), shell()],
  base: '/',
  build: {
    outDir: '../src/jiahe/web/static',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: 'index.html', sw: 'src/sw/sw.ts' },
      // The worker keeps its name: a browser looks for its new version at the same address.
      output: {
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        // All that the first screen takes is one file: a browser asks for six at a time, and each costs the way there and back.
        codeSplitting: { groups: [{ name: 'first', tags: ['$initial'], test: (id) => !/[/\\]src[/\\]sw[/\\]/.test(id) }] },
      },
    },
    target: ['chrome100', 'safari15.4', 'firefox100'],
  },
  server: {
    proxy: {
      '/api': { target: hub, ws: true },
      '/enter': { target: hub },
    },
  },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  test: { include: ['tests/**/*.test.ts'], setupFiles: ['tests/words.setup.ts'] },
});
