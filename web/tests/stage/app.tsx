/** The whole app without a server, for looking at its states: `window.stage` sets them. */
import '#/styles/app.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '#/app/app.tsx';
import { ClientKeeper } from '#/app/client_keeper.ts';
import { startTranslation } from '#/i18n/index.ts';
import { fakeClient } from '../fakes/fake_client.ts';
import { fakeSessions } from '../fakes/fake_sessions.ts';

const sessions = fakeSessions();
const keeper = new ClientKeeper(sessions, () => fakeClient());
Object.assign(window, { stage: { sessions, keeper } });

// The address says which page: /tests/stage/app.html?page=/profile
history.replaceState({}, '', new URLSearchParams(location.search).get('page') ?? '/');
await startTranslation();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App sessions={sessions} keeper={keeper} />
    </StrictMode>,
  );
}
