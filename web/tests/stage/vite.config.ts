import { mergeConfig } from 'vite';
import base from '../../vite.config.ts';

/** The stage alone, built as the client is built: what is measured on it holds for the client. */
export default mergeConfig(base, {
  build: {
    outDir: 'node_modules/.stage',
    rollupOptions: { input: `${import.meta.dirname}/index.html` },
  },
});
