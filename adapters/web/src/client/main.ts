import { mount } from 'svelte';
import '../style/base.css';
import '../style/photo.css';
import './display.css';
import App from './App.svelte';
import { loadPhotos } from './photos/library.svelte';
import { loadPicks } from './picks/picks.svelte';
import { enter } from './session/visit.svelte';
import { showTheme } from './shell/theme';

showTheme();

void enter().then(() => {
  void loadPhotos();
  void loadPicks().catch(() => undefined);
});

const target = document.getElementById('app') as HTMLElement;
target.replaceChildren();
mount(App, { target });
