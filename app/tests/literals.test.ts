// No words but the dictionaries': a sentence that stands in a component or a module is one that nobody can read in the
// other language. Looks at the sources themselves: texts and spoken attributes of templates, and sentences in code.

import { parse } from 'svelte/compiler';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { en as enFirst } from '../src/lib/i18n/en';
import { en as enLater } from '../src/lib/i18n/en.later';
import { zh as zhFirst } from '../src/lib/i18n/zh';
import { zh as zhLater } from '../src/lib/i18n/zh.later';

const SOURCES = Object.entries({
  ...import.meta.glob<string>('../src/**/*.svelte', { query: '?raw', import: 'default', eager: true }),
  ...import.meta.glob<string>('../src/**/*.ts', { query: '?raw', import: 'default', eager: true }),
}).map(([path, source]): [file: string, source: string] => [path.replace('../src/', ''), source]);
const HAN = /\p{Script=Han}/u;
const WORD = /[\p{L}]{2,}/u;
/** Said aloud, or shown as they stand. */
const SPOKEN = new Set(['aria-label', 'aria-description', 'aria-roledescription', 'aria-valuetext', 'placeholder', 'title', 'alt', 'label']);
/** Properties of components whose text is shown. */
const SHOWN = new Set(['title', 'label', 'text', 'lead', 'hint', 'note', 'words', 'placeholder']);
/** Shown as they are in every language: a language's own name, makers' own names, one measure, where Chinese begins. */
const ANYWHERE = new Set(['English', '中文', '简体中文', 'PM2.5', 'Mi Browser', 'Huawei Browser', 'Samsung Internet', '⺀']);
/** What somebody types into a terminal has no language. */
const TYPED = /^jiahe [a-z]/;
const files = (ending: string): [string, string][] => SOURCES.filter(([file]) => file.endsWith(ending));

interface Node {
  type: string;
  start: number;
  [key: string]: unknown;
}

/** Every node below this one, once. */
function* below(node: unknown, parent?: Node): Generator<[Node, Node | undefined]> {
  if (!node || typeof node !== 'object') return;
  if (Array.isArray(node)) {
    for (const one of node) yield* below(one, parent);
    return;
  }
  const own = node as Node;
  const known = typeof own.type === 'string';
  if (known) yield [own, parent];
  for (const [key, value] of Object.entries(own)) {
    if (key !== 'parent' && key !== 'metadata') yield* below(value, known ? own : parent);
  }
}

/** A sentence rather than a key, a class, a path or a unit: Han, or words with a space between them that begin with a capital. */
const isSentence = (text: string): boolean => !ANYWHERE.has(text.trim()) && (HAN.test(text) || /^\s*\p{Lu}\p{Ll}*[ ’']\p{L}/u.test(text));

export function literalsOf(source: string): string[] {
  const found: string[] = [];
  const tell = (text: string): void => {
    if (!ANYWHERE.has(text.trim()) && !TYPED.test(text.trim())) found.push(text.trim());
  };
  const { fragment } = parse(source, { modern: true });
  for (const [node, parent] of below(fragment)) {
    if (node.type === 'Text' && parent?.type === 'Fragment') {
      if (WORD.test(String(node.data))) tell(String(node.data));
    } else if (node.type === 'Attribute') {
      const name = String(node.name);
      if (!SPOKEN.has(name) && !(parent?.type === 'Component' && SHOWN.has(name))) continue;
      for (const part of [node.value].flat() as Node[]) if (part?.type === 'Text' && WORD.test(String(part.data))) tell(String(part.data));
    } else if (node.type === 'Literal' && typeof node.value === 'string' && isSentence(node.value)) {
      tell(node.value);
    } else if (node.type === 'TemplateElement') {
      const text = (node.value as { cooked: string }).cooked;
      if (isSentence(text)) tell(text);
    }
  }
  return found;
}

/** Sentences in code: what is thrown is for the one who mends the app, everything else would be shown. */
export function sentencesOf(source: string, file = 'x.ts'): string[] {
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && /Error$/.test(node.expression.getText())) return;
    if (ts.isImportDeclaration(node)) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      if (isSentence(node.text)) found.push(node.text);
    }
    node.forEachChild(look);
  };
  look(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  return found;
}

const scriptOf = (source: string): string => [...source.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((it) => it[1]).join('\n');

describe('components say only words of the dictionaries', () => {
  it.each(files('.svelte'))('%s', (file, source) => {
    expect([...literalsOf(source), ...sentencesOf(scriptOf(source), file)]).toEqual([]);
  });

  it('and one that did not would be found', () => {
    expect(literalsOf('<p>Hello</p><img alt="A cat" class="big cat"><Choice label="Mode" />{ok ? \'All well\' : t(\'no\')}{`Since ${when} ago`}'))
      .toEqual(['Hello', 'A cat', 'Mode', 'All well']);
    expect(literalsOf('<p class="small name">{t(\'app.name\')} · 12&nbsp;°C</p>')).toEqual([]);
    expect(literalsOf('<p>{\'设备\'}</p>')).toEqual(['设备']);
  });
});

/** Modules that are tables of words in both languages, side by side, and the one that sorts Chinese by its sound. */
const TABLES = /lib\/(i18n\/|labels\.ts|units\.ts|rules\/words\.ts|comfort\/sentence\.ts|home\/pinyin\.ts)/;

describe('modules say only words of the dictionaries', () => {
  it.each(files('.ts').filter(([file]) => !TABLES.test(file)))('%s', (file, source) => {
    expect(sentencesOf(source, file)).toEqual([]);
  });

  it('and one that did not would be found', () => {
    expect(sentencesOf("const a = 'Not there'; throw new Error('Said to nobody'); const b = `It is ${a} 了`;")).toEqual(['Not there', 'It is ', ' 了']);
  });
});

/** Where an error's own text is looked at: what turns it into words, and what a browser says in its own language. */
const TOLD = ['components/SignIn.svelte', 'components/security/ConfirmSheet.svelte', 'components/security/Passkeys.svelte', 'lib/app.svelte.ts', 'lib/asks.svelte.ts', 'lib/notices/push.svelte.ts'];

it('an error of the hub is told by its code, never by its English', () => {
  expect(SOURCES.filter(([, source]) => /\berror\.message\b/.test(source)).map(([file]) => file).sort()).toEqual(TOLD);
});

describe('the Chinese book', () => {
  const en: Record<string, string> = { ...enFirst, ...enLater };
  const zh: Record<string, string> = { ...zhFirst, ...zhLater };
  const bare = (sentence: string): string => sentence.replace(/\{\w+\}/g, '');
  /** Makers call it by its English name in Chinese too; and the way to English is in English. */
  const ALIKE = new Set(['add.token', 'lang.switch']);

  it('is Chinese', () => {
    const foreign = Object.keys(zh).filter((key) => !HAN.test(zh[key]!) && /\p{L}/u.test(bare(zh[key]!)) && !ALIKE.has(key));
    expect(Object.fromEntries(foreign.map((key) => [key, zh[key]]))).toEqual({});
  });
  it('is no copy of the English one', () => {
    expect(Object.keys(zh).filter((key) => zh[key] === en[key] && /\p{L}/u.test(bare(en[key]!)) && !ALIKE.has(key))).toEqual([]);
  });
  it('and the English one has no Chinese but the way to it', () => {
    expect(Object.keys(en).filter((key) => HAN.test(en[key]!))).toEqual(['lang.switch']);
  });
});
