import { afterEach, expect, it } from 'vitest';
import { prefs } from '../src/lib/prefs.svelte';
import { effectWords, replayWords } from '../src/lib/rules/told';

const bare = (text: string): string => text.replace(/[\u2066-\u2069]/g, '');
afterEach(() => void (prefs.lang = 'en'));

it('a replay counts a word to somebody as no command, and does not say that a device would obey', () => {
  const at = { at: 0, rule: 'r', run: 'r#1', line: 1, effect: 'simulated' } as const;
  const run = { at: 0, rule: 'r', run: 'r#1', trigger: '', really: '' };
  const [set, tell] = [{ ...at, text: 'set ac.power to on' }, { ...at, text: 'notify owner: Hot' }];
  expect(replayWords({ runs: [run], orders: [set] }, 1)).toBe('1 day: it would have run once and sent 1 command.');
  expect(replayWords({ runs: [], orders: [] }, 7)).toBe('7 days: it would have run 0 times and sent 0 commands.');
  expect(replayWords({ runs: [run, run], orders: [set, set, tell] }, 7)).toBe('7 days: it would have run 2 times, sent 2 commands and told somebody once.');
  expect(effectWords(set.text, 'simulated')).toMatch(/obey/);
  expect(bare(effectWords(tell.text, 'simulated'))).toMatch(/^would tell .*owner/i);
  expect(effectWords(tell.text, 'happened')).toBe(effectWords(set.text, 'happened'));
  prefs.lang = 'zh';
  expect(replayWords({ runs: [run], orders: [tell] }, 7)).toBe('7 天内：会运行 1 次，发送 0 条命令，通知 1 次。');
});
