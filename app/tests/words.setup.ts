// Both books are open before a test: what is said, not how it is fetched, is what tests look at.

import { fetchWords } from '../src/lib/i18n/index.svelte';

await Promise.all([fetchWords('en'), fetchWords('zh')]);
