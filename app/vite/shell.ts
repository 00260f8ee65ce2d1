// What the build adds to Vite's: the service worker's list of files, and each text file packed small beforehand.
// Owns which files belong to the shell; never what the worker does with them.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** What a browser asks for by itself and the app can do without, and what must never come from a cache. */
const LEFT_OUT = /(^|\/)(sw\.js|.*\.(br|gz|map))$/;
const TEXT = /\.(js|css|html|svg|json|webmanifest)$/;
/** Smaller files do not get smaller by more than a packet's header. */
const WORTH = 600;

export function shell(): Plugin {
  let out = '';
  let written = false;
  return {
    name: 'jiahe-shell',
    apply: 'build',
    configResolved(config) {
      out = join(config.root, config.build.outDir);
      if (config.build.outDir.startsWith('/')) out = config.build.outDir;
    },
    writeBundle() {
      written = true;
    },
    // After everything is written: files of public/ are in no bundle, and the list must name them too.
    closeBundle: {
      order: 'post',
      sequential: true,
      handler() {
        const worker = join(out, 'sw.js');
        if (!written || !existsSync(worker)) return; // a build that failed says why by itself
        early(out);
        const files = walk(out).filter((file) => !LEFT_OUT.test(file)).sort();
        const version = createHash('sha256');
        for (const file of files) version.update(file).update(readFileSync(join(out, file)));
        const paths = files.map((file) => (file === 'index.html' ? '/' : `/${file}`));
        const told = JSON.stringify({ version: version.digest('hex').slice(0, 12), files: paths });
        const code = readFileSync(worker, 'utf8');
        if (!code.includes('__SHELL__')) throw new Error('the service worker does not ask for its list of files');
        writeFileSync(worker, code.replaceAll('__SHELL__', told));
        for (const file of walk(out)) if (TEXT.test(file)) pack(join(out, file));
      },
    },
  };
}

/** `early.js` stands in the page itself: what it asks for is on its way with the app's own file, not after one more way there and
 *  back. It knows the language before the app is there, and is told which file has its words. The hub allows this one script by
 *  its hash (web/static.py). */
function early(out: string): void {
  const assets = readdirSync(join(out, 'assets'));
  const book = (language: string): string => {
    const found = assets.filter((name) => new RegExp(`^${language}-[\\w-]{8}\\.js$`).test(name));
    if (found.length !== 1) throw new Error(`there must be one file of words for ${language}, and there are ${found.length}`);
    return `data-${language}="/assets/${found[0]}"`;
  };
  const page = join(out, 'index.html');
  const plain = '<script src="/early.js"></script>';
  const file = join(out, 'early.js');
  const code = readFileSync(file, 'utf8').replace(/^ *\/\/.*\n/gm, '').replace(/\n\s*/g, '\n').trim();
  if (/<\/|<!--/.test(code)) throw new Error('early.js would end its own element');
  const html = readFileSync(page, 'utf8');
  if (!html.includes(plain)) throw new Error(`index.html does not load early.js by ${plain}`);
  writeFileSync(page, html.replace(plain, () => `<script ${book('en')} ${book('zh')}>${code}</script>`));
  rmSync(file);
}

function walk(folder: string, top = folder): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path, top) : [relative(top, path)];
  });
}

/** The hub sends these in place of the file to whoever takes them (aiohttp looks for them beside it). */
function pack(path: string): void {
  const data = readFileSync(path);
  if (data.length < WORTH) return;
  writeFileSync(`${path}.gz`, gzipSync(data, { level: 9 }));
  const options = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length };
  writeFileSync(`${path}.br`, brotliCompressSync(data, { params: options }));
}
