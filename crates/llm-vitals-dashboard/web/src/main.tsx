import { render } from 'preact';

import './style/index.css';

import { App } from './app.tsx';
import { startClock } from './state/clock.ts';
import { startService } from './state/service.ts';

startService();
startClock();

const root = document.getElementById('app');
if (root) render(<App />, root);
