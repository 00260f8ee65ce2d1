import { afterEach, expect, it } from 'vitest';
import { prefs } from '../src/lib/prefs.svelte';
import { detail, reasonWords } from '../src/lib/reasons';
import { putSentences } from '../src/lib/said.svelte';
import { asKnown } from '../src/lib/traits';
import { device, power } from './made';

afterEach(() => void (prefs.lang = 'en'));

it.each([
  ['127.1.0.1:54321 did not answer within 5 s', 'it did not answer'],
  ['no answer from 10.0.0.2 within 3 s', 'it did not answer'],
  ['the device did not answer in time', 'it did not answer'],
  ['10.0.0.2:6444 did not take the connection: connection refused', 'it cannot be reached at its address'],
  ['not sent: 10.0.0.2 did not answer within 5 s', 'not sent, because it did not answer'],
  ["the device took it but reports 'auto', not 'sleep'", 'it took it, but reports another value'],
  ['the device did not answer in time; it may have done it, so it was not sent again', 'no answer in time. It may have done it all the same, so it was not sent again'],
  ['the device refused: code -4003', 'the device refused: code -4003'],
  ['something new', 'Something new'],
])('%s', (reason, words) => {
  expect(reasonWords(reason)).toBe(words);
  prefs.lang = 'zh';
  expect(reasonWords(reason)).not.toBe(words);
});

it('a Chinese reader never reads the hub’s English: its code tells, or a word that holds always', () => {
  putSentences({ way_ended: { en: 'x', zh: '与 {address} 的连接断开：{why}' } });
  prefs.lang = 'zh';
  const says = { code: 'way_ended', figures: { address: '10.0.0.2', why: 'EOF' } };
  expect(reasonWords('the connection to 10.0.0.2 ended: EOF', says)).toBe('与 10.0.0.2 的连接断开：EOF');
  expect(detail('the connection to 10.0.0.2 ended: EOF', says)).toBe('');
  expect(reasonWords('some octets of ours')).toBe('出现了意外情况');
  expect(detail('some octets of ours')).toBe('');
  putSentences(null);
});

it('an address is for whoever looks closer', () => {
  expect(detail('no answer from 10.0.0.2 within 3 s')).toContain('10.0.0.2');
  expect(detail('something new')).toBe('');
  expect(detail('')).toBe('');
});

it('nothing of a device that cannot be asked now is shown as fresh', () => {
  const away = device('a', [power(true)], { availability: { state: 'offline', since: 1, reason: '' } });
  expect(asKnown(away).properties.power?.quality).toBe('stale');
  expect(away.properties.power?.quality).toBe('good');
  const here = device('a', [power(true)]);
  expect(asKnown(here)).toBe(here);
});
