import { describe, expect, it } from '@jest/globals';
import { compose, type PictureRequest } from './painter.js';
import { MAX_ELEMENTS, MAX_SVG_LENGTH } from './drawing/pen.js';

const request = (prompt: string, more: Partial<PictureRequest> = {}): PictureRequest => ({
  prompt,
  negativePrompt: null,
  seed: 7,
  width: 512,
  height: 512,
  ...more,
});

const everything =
  'watercolor night city sea island lake desert forest river mountains meadow galaxy storm rain snow fog lighthouse castle ' +
  'house windmill tent bridge boat balloon rocket trees pines palm cactus flowers cat birds whale traveller moon sun stars ' +
  'planet aurora rainbow comet violet teal crimson';

/** The complete grammar of the generated SVG. Any other output fails the test. */
const NUMBERS = '[MLHVCQAZhvlqa0-9. -]+';
const INK = '(?:#[0-9a-f]{6}|url\\(#g\\d+\\)|none)';
const STOP = '<stop offset="[0-9.]+" stop-color="#[0-9a-f]{6}"(?: stop-opacity="[0-9.]+")?/>';
const LINEAR = `<linearGradient id="g\\d+" gradientUnits="userSpaceOnUse" x1="[0-9.-]+" y1="[0-9.-]+" x2="[0-9.-]+" y2="[0-9.-]+">(?:${STOP})*</linearGradient>`;
const RADIAL = `<radialGradient id="g\\d+" gradientUnits="userSpaceOnUse" cx="[0-9.-]+" cy="[0-9.-]+" r="[0-9.-]+">(?:${STOP})*</radialGradient>`;
const PATH = `<path d="${NUMBERS}" fill="${INK}"(?: stroke="${INK}" stroke-width="[0-9.]+" stroke-linecap="round" stroke-linejoin="round")?(?: opacity="[0-9.]+")?/>`;
const GROUP = `<g id="[a-z0-9-]{1,20}">(?:${PATH})*</g>`;
const grammar = new RegExp(
  `^<svg xmlns="http://www.w3.org/2000/svg" width="\\d+" height="\\d+" viewBox="0 0 \\d+ \\d+"><defs>(?:${LINEAR}|${RADIAL})*</defs>(?:${PATH}|${GROUP})*</svg>$`,
);

const elements = (svg: string): number =>
  (svg.match(/<(?:g|path|stop|linearGradient|radialGradient)\b/g) ?? []).length;

describe('compose', () => {
  it.each(['a lighthouse over a violet sea', 'night city in the rain', 'quantum entropy', ''])(
    'gives the same characters for the same request: %j',
    (prompt) => {
      expect(compose(request(prompt))).toBe(compose(request(prompt)));
    },
  );

  it('gives another picture for another seed', () => {
    const pictures = [1, 2, 3, 4, 5, -1, Number.MAX_SAFE_INTEGER].map((seed) =>
      compose(request('misty mountains', { seed })),
    );
    expect(new Set(pictures).size).toBe(pictures.length);
  });

  it('gives different pictures for different unknown words', () => {
    const pictures = ['xyzzy', 'plugh', 'my company logo', 'sadness'].map((prompt) =>
      compose(request(prompt)),
    );
    expect(new Set(pictures).size).toBe(pictures.length);
  });

  it.each([
    ['a calm sea', 'a calm sea with a lighthouse'],
    ['a calm sea', 'a calm sea at night'],
    ['a calm sea', 'a calm sea in the rain'],
    ['a calm sea', 'a violet sea'],
  ])('paints %j and %j differently', (one, other) => {
    expect(compose(request(one))).not.toBe(compose(request(other)));
  });

  it('leaves out what the negative prompt names, without changing the rest of the sky', () => {
    const prompt = 'a lake at night with a boat';
    const paths = (svg: string): string[] => svg.match(/<path [^>]*>/g) ?? [];
    const full = paths(compose(request(prompt)));
    const bare = paths(compose(request(prompt, { negativePrompt: 'boat, moon, stars' })));
    expect(bare.length).toBeLessThan(full.length - 10);
    const shapes = new Set(full.map((path) => / d="[^"]*"/.exec(path)?.[0]));
    const kept = bare.filter((path) => shapes.has(/ d="[^"]*"/.exec(path)?.[0]));
    expect(kept.length).toBeGreaterThan(bare.length * 0.9);
  });

  it('understands "without" in the prompt itself', () => {
    const withMoon = compose(request('a lake at night'));
    const without = compose(request('a lake at night without a moon'));
    expect(elements(without)).toBeLessThan(elements(withMoon));
  });

  const hostile: readonly (readonly [string, string])[] = [
    ['closing tags and a file', 'MARKER</svg><image href="file:///etc/passwd"/><svg>'],
    ['an entity', '<!DOCTYPE svg [<!ENTITY MARKER SYSTEM "file:///etc/passwd">]>&MARKER;'],
    ['a style', '"/><style>@import url(http://MARKER)</style>'],
    ['a script', '<script>MARKER</script>'],
    ['NULs', 'MARKER\0\0sea\0'],
    ['lone surrogates', 'MARKER \uD800 \uDFFF sea \uD83C'],
    ['2,000 characters', 'MARKER '.repeat(286)],
    ['20,000 characters', 'sea '.repeat(5_000)],
    ['emoji', '🌊🌙🏔️🐈👩‍👩‍👧‍👦 MARKER'],
    ['right to left', '\u202EMARKER مرحبا בוקר טוב'],
    ['combining marks', `M${'\u0301'.repeat(1_000)}`],
    ['names of object members', 'constructor __proto__ toString hasOwnProperty valueOf'],
    ['nothing', ''],
    ['white space', ' \t\n\r '],
    ['every word it knows', everything],
  ];

  describe.each(hostile)('given %s', (_name, prompt) => {
    it.each([1, 2, 3])('stays inside its grammar and bounds with seed %i', (seed) => {
      for (const [width, height] of [
        [256, 1536],
        [1536, 256],
        [512, 512],
      ] as const) {
        // prettier-ignore
        const svg = compose(request(prompt, { seed, width, height, negativePrompt: prompt.slice(0, 40) }));
        expect(svg).toMatch(grammar);
        expect(svg).not.toContain('MARKER');
        expect(svg).not.toMatch(/NaN|Infinity|undefined|file:|script|image/);
        expect(elements(svg)).toBeLessThanOrEqual(MAX_ELEMENTS);
        expect(svg.length).toBeLessThanOrEqual(MAX_SVG_LENGTH);
      }
    });
  });

  it('captions a prompt that names more than one picture holds', () => {
    const crowd = `six ${everything.split(' ').join(' six ')} six chess six robot six vase six ramen six guitar six lantern`;
    for (const [width, height] of [
      [256, 256],
      [1536, 512],
    ] as const) {
      const svg = compose(request(`${crowd} ${crowd}`, { width, height }));
      expect(svg).toMatch(/<g id="caption"><path [^>]*\/><path [^>]*\/><\/g><\/svg>$/);
      expect(elements(svg)).toBeLessThanOrEqual(MAX_ELEMENTS);
    }
  });

  it('stays below its limits for ordinary prompts', () => {
    const places = [
      'city',
      'sea',
      'island',
      'lake',
      'desert',
      'forest',
      'river',
      'mountains',
      'meadow',
      'galaxy',
      'abstract',
    ];
    for (const place of places) {
      for (const seed of [1, 2, 3, 4]) {
        const svg = compose(
          request(`${place} ${everything.replace('watercolor night city', '')}`, {
            seed,
            width: 1024,
            height: 1024,
          }),
        );
        expect(elements(svg)).toBeLessThan(MAX_ELEMENTS);
        expect(svg.length).toBeLessThan(MAX_SVG_LENGTH);
      }
    }
  });

  it.each([
    ['a side of 0', { width: 0 }],
    ['a negative side', { height: -512 }],
    ['a side below 256', { width: 248 }],
    ['a side above 1536', { height: 1544 }],
    ['a side that is no multiple of 8', { width: 513 }],
    ['half a pixel', { width: 512.5 }],
    ['NaN', { height: Number.NaN }],
    ['an infinite side', { width: Number.POSITIVE_INFINITY }],
    ['a fractional seed', { seed: 0.5 }],
    ['a seed of NaN', { seed: Number.NaN }],
    ['a prompt of 20,001 characters', { prompt: 'x'.repeat(20_001) }],
    ['a negative prompt of 20,001 characters', { negativePrompt: 'x'.repeat(20_001) }],
  ] satisfies readonly (readonly [string, Partial<PictureRequest>])[])(
    'refuses %s with a RangeError',
    (_name, wrong) => {
      expect(() => compose(request('sea', wrong))).toThrow(RangeError);
    },
  );
});
