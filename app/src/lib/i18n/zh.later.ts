// The Chinese sentences of pages that are fetched later. The type makes a missing or a foreign key an error.

import type { en } from './en.later';
import { zh as add } from './words/add';
import { zh as charts } from './words/charts';
import { zh as comfort } from './words/comfort';
import { zh as energy } from './words/energy';
import { zh as keys } from './words/keys';
import { zh as local } from './words/local';
import { zh as people } from './words/people';
import { zh as played } from './words/played';
import { zh as rules } from './words/rules';

export const zh: Readonly<Record<keyof typeof en, string>> = { ...add, ...charts, ...comfort, ...energy, ...keys, ...local, ...people, ...played, ...rules };
