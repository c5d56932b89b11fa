import { mount } from 'svelte';
import '@fontsource-variable/fraunces/wght.css';
import '../style/theme';
import '../style/base.css';
import App from './App.svelte';

mount(App, { target: document.getElementById('app') as HTMLElement });
