import { mount } from 'svelte';
import '../style/base.css';
import '../style/photo.css';
import './display.css';
import App from './App.svelte';
import { showTheme } from './shell/theme';

showTheme();

const target = document.getElementById('app') as HTMLElement;
target.replaceChildren();
mount(App, { target });
