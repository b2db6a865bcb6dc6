import { mount } from 'svelte';
import App from './App.svelte';
import './style/base.css';
import { show_theme } from './state/theme.svelte';

show_theme();
const target = document.getElementById('app');
if (target) mount(App, { target });
