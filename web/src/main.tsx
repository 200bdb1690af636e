import './styles/app.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startTranslation } from '#/i18n/index.ts';

await startTranslation();
const root = document.getElementById('root');
if (root) createRoot(root).render(<StrictMode>Chappe</StrictMode>);
