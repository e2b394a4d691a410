import { render } from 'preact';
import { App } from './app.tsx';
import './styles/base.css';
import './styles/controls.css';
import './styles/runs.css';
import './styles/run.css';
import './styles/inspector.css';
import './styles/value.css';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
