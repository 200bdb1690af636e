/** What makes the client installable, and its pages open without a network. */
import type { ManifestOptions, VitePWAOptions } from 'vite-plugin-pwa';

export const manifest: Partial<ManifestOptions> = {
  id: '/',
  name: 'Chappe',
  short_name: 'Chappe',
  description: 'A messenger of your own',
  start_url: '/',
  display: 'standalone',
  background_color: '#f5f8f8',
  theme_color: '#0c6b69',
  categories: ['social', 'productivity'],
  icons: [
    { src: '/icon.svg', type: 'image/svg+xml', sizes: 'any' },
    { src: '/icon-192.png', type: 'image/png', sizes: '192x192' },
    { src: '/icon-512.png', type: 'image/png', sizes: '512x512' },
    { src: '/icon-maskable-512.png', type: 'image/png', sizes: '512x512', purpose: 'maskable' },
  ],
};

export const worker: Partial<VitePWAOptions> = {
  // `app/service_worker.ts` registers it, as the content security policy asks for trusted types.
  injectRegister: false,
  // Somebody may be typing: a new version waits until it is asked for.
  registerType: 'prompt',
  workbox: {
    globPatterns: ['**/*.{js,css,html,svg}', 'assets/inter-{latin,cyrillic}-wght-*.woff2'],
    navigateFallback: '/index.html',
    navigateFallbackDenylist: [/^\/api\//, /^\/docs\b/, /^\/openapi\.json$/],
    cleanupOutdatedCaches: true,
    // Or it would be fetched by `importScripts`, which trusted types refuse.
    inlineWorkboxRuntime: true,
    sourcemap: false,
    runtimeCaching: [
      {
        // The parts of the font that most people never need.
        urlPattern: ({ url, sameOrigin }) => sameOrigin && url.pathname.endsWith('.woff2'),
        handler: 'CacheFirst',
        options: { cacheName: 'fonts', expiration: { maxEntries: 8 } },
      },
    ],
  },
};
