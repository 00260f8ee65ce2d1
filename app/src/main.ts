// Where the app begins: style, page, session.

import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { app } from './lib/app.svelte';
import { fetchFirstWords, followLanguage } from './lib/i18n/index.svelte';
import { prefs } from './lib/prefs.svelte';

const target = document.getElementById('app');
// The home is asked for at once; the page is drawn when its words are there.
void app.open();
void fetchFirstWords(prefs.lang)
  .catch(() => fetchFirstWords(prefs.lang === 'zh' ? 'en' : 'zh'))
  .finally(() => {
    followLanguage();
    if (target) mount(App, { target });
  });
