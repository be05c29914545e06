import type { Mutant } from '../mutant.ts';

const reading = ['painter/reading/subject.spec.ts'];
const caption = ['painter/caption/caption.spec.ts'];
const drawn = ['painter/subjects/drawn.spec.ts'];

const rows: readonly (readonly [
  title: string,
  file: string,
  find: string,
  replace: string,
  specs: readonly string[],
])[] = [
  [
    'a colour goes to the whole picture',
    'painter/reading/colouring.ts',
    "if (meaning.kind === 'thing') tints.set(meaning.value, tones);",
    "if (meaning.kind === 'thing') colours.push(...tones);",
    reading,
  ],
  [
    'a colour goes past a preposition',
    'painter/reading/colouring.ts',
    'words.slice(first, position).some(isBoundary)',
    'words.length < 0',
    reading,
  ],
  [
    'the colour of a setting colours its sky too',
    'painter/reading/subject.ts',
    'return { colours: coloured.colours, ground };',
    'return { colours: [ground, ...coloured.colours], ground };',
    reading,
  ],
  [
    'the colour of an unknown noun colours the landscape',
    'painter/reading/colouring.ts',
    'unknown.has(position + 1) ? strays : colours',
    'unknown.has(-1) ? strays : colours',
    reading,
  ],
  [
    'an unknown word counts as known',
    'painter/reading/known-words.ts',
    'if (!negated && named === null && !NEGATIONS.has(word) && !isPlain(word)) unknown.add(position);',
    '',
    reading,
  ],
  [
    'an unknown subject has no caption',
    'painter/painter.ts',
    'subject.isIncomplete ? setCaption',
    'subject.colours.length > 9 ? setCaption',
    caption,
  ],
  [
    'a known thing that the scene has no room for is passed over',
    'painter/painter.ts',
    'if (isWhole || subject.isIncomplete)',
    'if (isWhole || subject.things.size >= 0)',
    caption,
  ],
  [
    'every picture has a caption',
    'painter/painter.ts',
    'subject.isIncomplete ? setCaption',
    'request.seed !== null ? setCaption',
    caption,
  ],
  [
    'an unknown subject is given a landscape',
    'painter/reading/subject.ts',
    'matched.length > 0 && known.unknown.size === 0',
    'matched.length >= 0',
    reading,
  ],
  [
    'a word of another kind passes for what is drawn',
    'painter/reading/known-words.ts',
    'if (meaning.near === true && !negated) unknown.add(position);',
    '',
    reading,
  ],
  [
    'a long word leaves the caption',
    'painter/caption/caption.ts',
    'Math.min(wanted, (width * 0.86) / widest)',
    'wanted',
    caption,
  ],
  [
    'a long prompt fills the picture with its caption',
    'painter/caption/caption.ts',
    'const kept = lines.slice(0, most);',
    'const kept = lines.slice();',
    caption,
  ],
  [
    'a caption takes a prompt of any length',
    'painter/caption/lettering.ts',
    'prompt.slice(0, 1_000).split(/\\s+/u).slice(0, MAX_WORDS)',
    'prompt.split(/\\s+/u)',
    caption,
  ],
  [
    'one is drawn of several',
    'painter/cast/cast.ts',
    'stage.subject.counts.get(thing) ?? 1',
    'stage.subject.counts.size > 99 ? 2 : 1',
    drawn,
  ],
  [
    'a subject on high ground leaves the frame',
    'painter/cast/cast.ts',
    'Math.min(wanted, (y - stage.height * 0.03) / tall)',
    'wanted',
    drawn,
  ],
  [
    'subjects are not made to fit',
    'painter/cast/layout.ts',
    'return Math.min(1, width / total, height / tallest);',
    'return 1;',
    drawn,
  ],
];

export const painterMutants: readonly Mutant[] = [
  ...rows.map(([title, file, find, replace, specs]): Mutant => ({
    title,
    file,
    find,
    replace,
    specs,
  })),
  {
    title: 'the painter hides what it can draw',
    file: 'src/features/models/models.controller.ts',
    find: 'toModelDetails(model, this.models.vocabulary)',
    replace: 'toModelDetails(model, null)',
    specs: ['test/journeys/models.spec.ts'],
    test: 'offline painter',
  },
];
