// The hub's reasons in the reader's language. Owns which of its sentences have shorter words here; the others are told by
// their code, and one without is shown as it is to whom reads English. The address and the seconds in them are for whoever looks closer (`detail`): to a person they are one fact. Pure.

import { sentence, t, type Key } from './i18n/index.svelte';
import { prefs } from './prefs.svelte';
import { saidWords, type Says } from './said.svelte';

type Plain = Extract<Key, `reason.${string}`>;

const KNOWN: readonly (readonly [RegExp, Plain])[] = [
  [/^the device refused: .*child.?lock/i, 'reason.childlock'],
  [/may have done it, so it was not sent again/, 'reason.perhaps'],
  [/^the device did not report the new value/, 'reason.unreported'],
  [/^the device took it but does not report/, 'reason.untold'],
  [/^the device took it but reports/, 'reason.otherwise'],
  [/did not answer (within|in time)|^no answer|does not answer (the handshake|at its address)|has been silent for|^nothing answered at|timed out$/, 'reason.silent'],
  [/connection refused|did not take (the|a) (Bluetooth )?connection|no route to host|network is unreachable|ended the (Bluetooth )?connection/i, 'reason.noway'],
  [/not connected yet|its turn did not come/, 'reason.notyet'],
  [/does not accept|not accept(ed)? (the|our|this)|wrong (token|key)|does not answer with this key/i, 'reason.key'],
  [/^a newer command/, 'reason.newer'],
  [/^earlier commands to this device/, 'reason.queue'],
  [/^the hub stopped/, 'reason.stopped'],
];

/** What to say to a person. */
export function reasonWords(reason: string, says?: Says): string {
  if (reason.startsWith('not sent: ')) return t('reason.notsent', { reason: reasonWords(reason.slice('not sent: '.length)) });
  const known = KNOWN.find(([pattern]) => pattern.test(reason));
  if (known) return (t as (key: Key) => string)(known[1]);
  const words = saidWords(says, '');
  if (words) return sentence(words);
  const refused = /^the device refused: (.*)$/s.exec(reason);
  if (refused?.[1]) return t('reason.refused', { reason: refused[1] });
  return prefs.lang === 'en' ? sentence(reason) : t('reason.other');
}

/** What there is to say beside `it cannot be reached` or `it does not accept its key`: nothing where that is all. */
export function beside(reason: string, says?: Says): string {
  const words = reasonWords(reason, says);
  return reason === '' || words === t('reason.silent') || words === t('reason.key') ? '' : sentence(words);
}

/** The hub's own sentence, where `reasonWords` left something out, in the reader's language. */
export function detail(reason: string, says?: Says): string {
  if (reason === '' || reasonWords(reason, says) === sentence(reason)) return '';
  const whole = prefs.lang === 'en' ? reason : saidWords(says, '');
  return whole === reasonWords(reason, says) ? '' : whole;
}
