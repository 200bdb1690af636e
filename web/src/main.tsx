import './styles/app.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '#/app/app.tsx';
import { start } from '#/app/start.ts';
import { followTheme } from '#/app/theme.ts';
import { startTranslation } from '#/i18n/index.ts';

followTheme();
await startTranslation();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App {...start()} />
    </StrictMode>,
  );
}
