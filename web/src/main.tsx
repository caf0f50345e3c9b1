import './style/tokens.css';
import './style/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { keepPreferences } from './api/preferences.ts';
import { restoreSession } from './api/session.ts';
import { App } from './app.tsx';
import { applyPreferences } from './store/preferences.ts';

applyPreferences();
keepPreferences();
void restoreSession();

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
