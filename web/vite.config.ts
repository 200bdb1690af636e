/// <reference types="vitest/config" />
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { manifest, worker } from './pwa.config.ts';

/** Where `npm run dev` finds a Chappe: `make run` starts one there. */
const SERVER = process.env.CHAPPE_URL ?? 'http://127.0.0.1:8080';

/** What every page needs. */
const BASE = any(
  /node_modules\/(react|react-dom|scheduler|i18next|react-i18next|zustand|use-sync-external-store)\//,
  /@tanstack\/(react-router|router-core|history|query-core|react-query)\//,
  /@base-ui\/react\/(csp-provider|direction-provider|internals\/(csp|direction)-context)/,
  /lucide-react\/dist\/esm\/(?!icons)/,
  /lucide-react\/dist\/esm\/icons\/(x|triangle-exclamation-point|map-pin-off|circle-exclamation-point|clock|eye|eye-off)\./,
  /src\/(core|i18n\/(en|index|text))/,
  /src\/app\/(?!signed_in)[a-z_]+\.tsx?$/,
  /src\/components\/(?!select|radio_cards|segmented)[a-z_]+\.tsx?$/,
);

/** What floats above a page, with the library that places it. */
const POPUPS = any(/@base-ui|@floating-ui/, /src\/components\/popups/);

/** What shows a room beside the others. */
const ROOM = any(
  /src\/conversation\/(?!markdown\/highlighter)/,
  /src\/app\/(shell|signed_in)/,
  /src\/app\/keyboard\/(keyboard|shortcuts|use_shortcuts|switcher_state)/,
  /src\/pages\/(room_page|room\/(room_menu|missing_room|leave_dialog|join_button))/,
  /node_modules\/marked|@tanstack\/(react-virtual|virtual-core)/,
);

function any(...patterns: RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => source).join('|'));
}

export default defineConfig({
  plugins: [react(), tailwindcss(), VitePWA({ ...worker, manifest })],
  resolve: { alias: { '#': `${import.meta.dirname}/src` } },
  build: {
    target: 'es2023',
    // Nothing is inlined: the content security policy allows no `data:` scripts, styles or fonts.
    assetsInlineLimit: 0,
    sourcemap: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What is wanted together is one file: that compresses better, and is asked for once.
          groups: [
            { name: 'base', test: BASE, priority: 3 },
            { name: 'popups', test: POPUPS, priority: 2 },
            { name: 'room', test: ROOM, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': { target: SERVER, ws: true, changeOrigin: true, headers: { origin: SERVER } },
    },
  },
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
    environment: 'node',
  },
});
