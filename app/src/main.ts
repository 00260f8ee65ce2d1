// Where the app begins: style, page, session.

import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { app } from './lib/app.svelte';
import { fetchWords, followLanguage } from './lib/i18n/index.svelte';
import { prefs } from './lib/prefs.svelte';

const target = document.getElementById('app');
// The home is asked for at once; the page is drawn when its words are there.
void app.open();
void fetchWords(prefs.lang)
  .catch(() => fetchWords(prefs.lang === 'zh' ? 'en' : 'zh'))
  .finally(() => {
    followLanguage();
    if (target) mount(App, { target });
  });
