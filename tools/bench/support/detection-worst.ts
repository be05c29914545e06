import { layers, shapes } from './adversarial-shapes.ts';

/** A seeded generator: the search is the same in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

/**
 * Besides the shapes of the specs: words of the tokenisers, signs alone, and openings that cost more than they look, most of
 * them found by longer searches.
 */
const morePieces: readonly string[] = [
  ...'! " # $ % & \' ( ) * + , - . / 0 a Z : ; < = > ? @ [ \\ ] ^ _ ` { | } ~'.split(' '),
  ...'&a; &lt; 0x %u0 %c0 &#x \\n $$ @@a == => || /*! 1e1 a.b a( ## ..;/ "$ [$ne] {$ =a "on \'\' #{a ${a *{ <%a'.split(
    ' ',
  ),
  ...'or union sleep( current_database group_concat systemprompt overrides earlier print repeat ignore'.split(
    ' ',
  ),
  ' DAN',
  ' mode',
  'new instructions',
  '[#assign ',
  '#set($a=',
  '<iframe ',
  'file://',
  '\nHTTP/',
  'x\n',
  ';cat ',
  '忽略',
  '指令',
  'аa',
];

/** A text of some pieces, each in a layer of encoding, repeated to a length. */
const textOf = (pieces: readonly string[], length: number): string => {
  const part = pieces.join('');
  return Buffer.from(part.repeat(Math.ceil(length / part.length)).slice(0, length)).toString();
};

export interface Worst {
  readonly milliseconds: number;
  readonly text: string;
}

/**
 * Looks for the text of a length that takes longest: the best of a few combinations of pieces are varied again and again
 * (a genetic search without crossing).
 */
export function searchWorst(
  length: number,
  rounds: number,
  cost: (text: string) => number,
  seed = 17,
): Worst {
  const random = generator(seed);
  const piece = (): string => {
    const layer = layers[random(layers.length)] ?? ((text: string) => text);
    const from = random(2) === 0 ? shapes : morePieces;
    return layer((from[random(from.length)] ?? 'a').toWellFormed());
  };
  const measured = (pieces: readonly string[]) => ({ pieces, ms: cost(textOf(pieces, length)) });
  let best = Array.from({ length: 12 }, () => measured(Array.from({ length: 1 + random(4) }, piece)));
  for (let round = 0; round < rounds; round++) {
    const varied = best.map(({ pieces }) => {
      const next = [...pieces];
      const at = random(next.length + 1);
      if (random(3) === 0 && next.length > 1) next.splice(Math.min(at, next.length - 1), 1);
      else if (random(2) === 0 && next.length < 12) next.splice(at, 0, piece());
      else next[Math.min(at, next.length - 1)] = piece();
      return measured(next);
    });
    best = [...best, ...varied].toSorted((one, other) => other.ms - one.ms).slice(0, 12);
  }
  const [worst] = best;
  const pieces = worst?.pieces ?? [];
  // Noise only adds time: what looked slow is measured again.
  return { milliseconds: cost(textOf(pieces, length)), text: pieces.join('') };
}
