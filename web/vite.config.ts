/// <reference types="vitest/config" />
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { manifest, worker } from './pwa.config.ts';

/** Where `npm run dev` finds a Chappe: `make run` starts one there. */
const SERVER = process.env.CHAPPE_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), tailwindcss(), VitePWA({ ...worker, manifest })],
  resolve: { alias: { '#': `${import.meta.dirname}/src` } },
  build: {
    target: 'es2023',
    // Nothing is inlined: the content security policy allows no `data:` scripts, styles or fonts.
    assetsInlineLimit: 0,
    sourcemap: false,
  },
  server: {
    proxy: {
      '/api': { target: SERVER, ws: true, changeOrigin: true },
    },
  },
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
    environment: 'node',
  },
});
