// One language at a time. A file of i18n/words/ holds both languages, so that who writes a sentence writes it twice; a phone
// fetches only the one that it shows. Owns the cut between them; the sentences are as they stand.

import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const BOOK = /[/\\]i18n[/\\](en|zh)(?:\.later)?\.ts$/;
const HALF = /^(.*[/\\]words[/\\]\w+\.ts)\?(en|zh)$/;
const CUT = '\nexport const zh';

export function words(): Plugin {
  return {
    name: 'jiahe-words',
    enforce: 'pre',
    async resolveId(source, importer) {
      const language = BOOK.exec(importer ?? '')?.[1];
      if (!language || !source.startsWith('./words/')) return null;
      const found = await this.resolve(source, importer, { skipSelf: true });
      return found ? `${found.id}?${language}` : null;
    },
    load(id) {
      const [, file, language] = HALF.exec(id) ?? [];
      if (!file) return null;
      const text = readFileSync(file, 'utf8');
      const cut = text.indexOf(CUT);
      if (cut < 0) throw new Error(`${file} has no "export const zh" at the beginning of a line`);
      this.addWatchFile(file);
      return language === 'en' ? text.slice(0, cut) : text.slice(cut);
    },
  };
}
