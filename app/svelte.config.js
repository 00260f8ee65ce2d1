// How Svelte reads our components; used by the build, the checker and the tests.
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

export default { preprocess: vitePreprocess() };
