// The shapes of notices as the hub tells them. Owns no behaviour.

export const TOPICS = ['safety', 'rule', 'device', 'air', 'care', 'security', 'rule_failed', 'power', 'comfort'] as const;

export interface Notice {
  id: number;
  /** Epoch seconds. */
  at: number;
  last_at?: number;
  topic: string;
  urgent: boolean;
  words: Record<string, { title: string; body: string }>;
  device: string;
  /** The page of this app that it is about. */
  path: string;
  /** How often it happened. */
  count: number;
  read: boolean;
}

export interface NoticesJson {
  notices: Notice[];
  cursor: number;
  read: number;
  unread: number;
}

export interface Channels {
  app: boolean;
  push: boolean;
}

export interface Settings {
  topics: Record<string, Channels>;
  /** By the home's own clock. */
  quiet: { from: string; to: string } | null;
  language: 'en' | 'zh';
  zone: string;
}

export interface PushKey {
  key: string;
  browsers: { id: string; label: string; service: string; created_at: number }[];
  services: string[];
  trouble: '' | 'unreachable';
}
