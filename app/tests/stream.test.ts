import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { backoff, Stream, type Line } from '../src/lib/stream';
import type { StreamMessage } from '../src/lib/types';

class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  closed = false;
  constructor(readonly url: string) {}
  close(): void {
    this.closed = true;
  }
}

let sockets: FakeSocket[];
let lines: Line[];
let heard: StreamMessage[];
let cursor: number;
let ended: boolean;
let stream: Stream;
const last = () => sockets.at(-1) as FakeSocket;
const fall = async () => {
  last().onclose?.();
  await Promise.resolve();
  await Promise.resolve();
};

beforeEach(() => {
  vi.useFakeTimers();
  [sockets, lines, heard, cursor, ended] = [[], [], [], 7, false];
  stream = new Stream({
    connect: (url) => {
      const socket = new FakeSocket(url);
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    cursor: () => cursor,
    heard: (message) => heard.push(message),
    changed: (line) => lines.push(line),
    refused: async () => ended,
    random: () => 1,
  });
});
afterEach(() => {
  stream.stop();
  vi.useRealTimers();
});

it('backs off, with jitter, never longer than half a minute', () => {
  expect(backoff(0, 0)).toBe(250);
  expect(backoff(0, 1)).toBe(500);
  expect(backoff(3, 1)).toBe(4000);
  expect(backoff(50, 1)).toBe(30_000);
  expect(backoff(50, 0)).toBe(15_000);
});

it('comes back by its cursor', async () => {
  stream.start();
  expect(last().url).toBe('/api/stream?after=7');
  last().onopen?.();
  cursor = 42;
  await fall();
  vi.advanceTimersByTime(500);
  expect(last().url).toBe('/api/stream?after=42');
  expect(lines).toEqual(['live', 'reconnecting']);
});

it('without a cursor asks for everything', () => {
  cursor = 0;
  stream.start();
  expect(last().url).toBe('/api/stream');
});

it('says offline after several tries, and waits longer each time', async () => {
  stream.start();
  for (let turn = 0; turn < 6; turn += 1) {
    await fall();
    vi.advanceTimersByTime(backoff(turn, 1) - 1);
    expect(sockets.length).toBe(turn + 1);
    vi.advanceTimersByTime(1);
    expect(sockets.length).toBe(turn + 2);
  }
  expect(lines.slice(0, 4)).toEqual(Array(4).fill('reconnecting'));
  expect(lines.slice(4)).toEqual(['offline', 'offline']);
});

it('waking up does not wait for the timer', async () => {
  stream.start();
  await fall();
  await fall();
  const tries = sockets.length;
  stream.wake();
  expect(sockets.length).toBe(tries + 1);
});

it('a connection that fell silent is not believed', () => {
  stream.start();
  last().onopen?.();
  vi.advanceTimersByTime(7_000);
  stream.wake();
  expect(sockets.length).toBe(2);
  expect(sockets[0]?.closed).toBe(true);
});

it('a frozen hub is noticed within thirteen seconds, a quiet one that speaks every five is not', () => {
  stream.start();
  last().onopen?.();
  for (let turn = 0; turn < 6; turn += 1) {
    vi.advanceTimersByTime(5_000);
    last().onmessage?.({ data: '{"type":"seen","now":1,"observed":{}}' });
  }
  expect(lines).toEqual(['live']);
  vi.advanceTimersByTime(13_000);
  expect(lines).toEqual(['live', 'reconnecting']);
  expect(sockets.length).toBe(2);
});

it('a phone without a network is offline at once, and back at once', () => {
  stream.start();
  last().onopen?.();
  stream.cut();
  expect(lines).toEqual(['live', 'offline']);
  expect(sockets[0]?.closed).toBe(true);
  stream.wake();
  expect(sockets.length).toBe(2);
});

it('a connection that is never made is given up and tried again', async () => {
  stream.start();
  vi.advanceTimersByTime(10_000);
  expect(sockets[0]?.closed).toBe(true);
  await vi.advanceTimersByTimeAsync(500);
  expect(sockets.length).toBe(2);
  expect(lines).toEqual(['reconnecting']);
});

it('stops when the session has ended', async () => {
  ended = true;
  stream.start();
  await fall();
  vi.advanceTimersByTime(60_000);
  expect(sockets.length).toBe(1);
});

it('passes on what it understands and survives what it does not', () => {
  stream.start();
  for (const data of ['nonsense', 'null', '[]', '{"type":1}', '{"type":"seen","now":1,"observed":{}}']) last().onmessage?.({ data });
  expect(heard).toEqual([{ type: 'seen', now: 1, observed: {} }]);
});
