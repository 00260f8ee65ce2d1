import { expect, it } from 'vitest';
import { canScan, secretIn } from '../src/lib/home/scan';

it('finds the secret in a scanned text', () => {
  const [token, long] = ['0123456789abcdef'.repeat(2), 'AB'.repeat(64)];
  expect(secretIn(token)).toBe(token);
  expect(secretIn(`{"did":"123456","token":"${token}"}`)).toBe(token);
  expect(secretIn(`token=${token} key=${long}`)).toBe(long);
  expect(secretIn(' something else ')).toBe('something else');
  expect(secretIn(`${token}0`)).toBe(`${token}0`); // 33 digits are no token
});

it('offers no camera where the browser reads no codes', () => expect(canScan()).toBe(false));
