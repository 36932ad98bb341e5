import './theme/styles.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { listen } from './store/listen.ts';
import { useStore } from './store/store.ts';

listen(window.companion, useStore);
const { loadInstances, loadApp, loadPrompts } = useStore.getState();
// The first screen waits for the instances only.
void loadInstances().then(loadApp).then(loadPrompts);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
