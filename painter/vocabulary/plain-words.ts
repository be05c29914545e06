/** Function words, and words about a picture as such: nothing in a picture shows them, so they count as known. */
const plain = new Set(
  (
    'a an the everything whole this that these those its it is are was be being been his her their my our your he she they we i you me us s t ' +
    'there here some any all every each very so too also just only own as like such than then when where while who which what ' +
    'and or but of in on at by to from for with into onto over under above below behind beside between near next before after ' +
    'through across along around against inside outside upon off up down out around amid among within during toward towards ' +
    'make draw paint show give create please want would image picture photo photograph photography illustration drawing art ' +
    'artwork digital render rendering view scene shot portrait style styled stylized featuring depicting beautiful pretty nice ' +
    'lovely gorgeous stunning amazing cute detailed highly hd 4k 8k masterpiece quality best cinematic flat vector side ' +
    'landscape big small little tiny large wide tall bowl plate slice piece sign signs glowing lit hot air horizon ' +
    'background foreground one old playing wooden standing sitting shining bright set floating'
  ).split(' '),
);

export const isPlain = (word: string): boolean => plain.has(word);

/** Words at which a colour no longer belongs to what follows: "a red fox under a blue moon". */
const boundaries = new Set(
  'of in on at by to from with into onto over under above below behind beside between near through across against is are'.split(
    ' ',
  ),
);

export const isBoundary = (word: string): boolean => boundaries.has(word);

const numbers = new Map<string, number>(
  Object.entries({ two: 2, both: 2, couple: 2, pair: 2, three: 3, few: 3, several: 4, four: 4, five: 5, six: 6, seven: 7, eight: 8 }).concat(
    Object.entries({ nine: 9, ten: 10, dozen: 12, many: 6, group: 4, crowd: 6, herd: 5, hundred: 100, thousand: 1000 }),
  ),
); // prettier-ignore

/** The number that a word or numeral names from two on; null for all else. */
export function numberOf(word: string): number | null {
  const named = numbers.get(word);
  if (named !== undefined) return named;
  return /^[0-9]{1,4}$/.test(word) && Number(word) > 1 ? Number(word) : null;
}

/** Irregular plurals and their singulars. */
export const irregularPlurals = new Map([
  ['people', 'person'],
  ['men', 'man'],
  ['women', 'woman'],
  ['children', 'child'],
  ['ladies', 'lady'],
  ['gentlemen', 'gentleman'],
  ['fishermen', 'fisherman'],
  ['snowmen', 'snowman'],
  ['spacemen', 'spaceman'],
  ['wolves', 'wolf'],
  ['calves', 'calf'],
  ['cacti', 'cactus'],
  ['mice', 'mouse'],
  ['octopi', 'octopus'],
]);
