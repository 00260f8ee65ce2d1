// First letters of Chinese words as they are typed (`客厅` is `kt`), by the order that every browser has for pinyin. Pure.

// The first character of each letter in pinyin order (there is none with I, U or V): a character belongs to the last one
// that does not come after it. Source of the order: CLDR collation `zh-u-co-pinyin`.
const FIRST = [...'阿八嚓咑妸发旮哈丌咔垃妈拏噢妑七呥仨他屲夕丫帀'];
const LETTERS = 'abcdefghjklmnopqrstwxyz';
/** Characters of two sounds, by the one that they have at home: 空调, 音乐, 心率, 冷藏. */
const AT_HOME: Readonly<Record<string, string>> = { 调: 't', 乐: 'y', 率: 'l', 藏: 'c' };
const HAN = /\p{Script=Han}/u;

let order: Intl.Collator | undefined;

/** The letters of a text: of each Chinese character its first, of everything else itself. */
export function initials(text: string): string {
  order ??= new Intl.Collator('zh-Hans-u-co-pinyin');
  const by = order;
  return [...text.toLowerCase()]
    .map((it) => {
      if (!HAN.test(it)) return it;
      let letter = AT_HOME[it] ?? '';
      if (letter) return letter;
      for (const [at, first] of FIRST.entries()) {
        if (by.compare(first, it) > 0) break;
        letter = LETTERS.charAt(at);
      }
      return letter;
    })
    .join('');
}
