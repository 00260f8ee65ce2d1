// The English sentences of pages that are fetched later, and that nothing of the first screen says.

import { en as add } from './words/add';
import { en as charts } from './words/charts';
import { en as comfort } from './words/comfort';
import { en as energy } from './words/energy';
import { en as keys } from './words/keys';
import { en as local } from './words/local';
import { en as people } from './words/people';
import { en as played } from './words/played';
import { en as rules } from './words/rules';

export const en = { ...add, ...charts, ...comfort, ...energy, ...keys, ...local, ...people, ...played, ...rules } as const;
