import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// `npm run dev` and `npx vite preview` ask a running weir.
const kProxy = {
  '/api': { target: process.env['WEIR_URL'] ?? 'http://127.0.0.1:3000', changeOrigin: false },
};

// Asset names are hashed: everything but index.html may be cached for ever. Nothing is inlined, so
// that the content security policy needs neither data: scripts nor 'unsafe-inline'.
export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [svelte({ compilerOptions: { runes: true } })],
  build: {
    target: 'es2023',
    outDir: 'dist',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: kProxy },
  preview: { proxy: kProxy },
  ...(mode === 'test' ? { resolve: { conditions: ['browser'] } } : {}),
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
  },
}));
