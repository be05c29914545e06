// Bounds of a shape: what its keywords and its enumerated values leave.
import { list } from './description.ts';
import { holds, type Shape } from './shapes.ts';

/** `value` itself is out where `isOpen`. */
interface Bound {
  readonly value: number;
  readonly isOpen: boolean;
}

const pairs = {
  length: { type: 'string', min: 'minLength', max: 'maxLength' },
  items: { type: 'array', min: 'minItems', max: 'maxItems' },
  members: { type: 'object', min: 'minProperties', max: 'maxProperties' },
  value: { type: 'number', min: 'minimum', max: 'maximum' },
} as const;
type Measure = keyof typeof pairs;

/** The bounds of `outer` that `inner` may exceed, by keyword. */
export function exceeded(inner: Shape, outer: Shape): string[] {
  return (Object.keys(pairs) as Measure[]).flatMap((measure) => {
    const { type, min, max } = pairs[measure];
    if (!holds(inner.type, type) && !holds(type, inner.type)) return [];
    return [-1, 1].flatMap((sign) => {
      const limit = tightest(statedIn(outer, measure, sign), sign);
      if (limit === null || isWithin(boundOf(inner, measure, sign), limit, sign)) return [];
      return [sign < 0 ? min : max];
    });
  });
}

/** The bound that holds for a shape, or null. `sign`: -1 for the lower one. */
function boundOf(shape: Shape, measure: Measure, sign: number): Bound | null {
  const bounds = statedIn(shape, measure, sign);
  const sizes = list(shape.keywords['enum']).map((value) => sizeOf(value, measure));
  if (sizes.length > 0 && sizes.every((size) => size !== null))
    bounds.push({ value: sign < 0 ? Math.min(...sizes) : Math.max(...sizes), isOpen: false });
  // Nothing is shorter than nothing.
  if (sign < 0 && measure !== 'value') bounds.push({ value: 0, isOpen: false });
  return tightest(bounds, sign);
}

function statedIn({ type, keywords }: Shape, measure: Measure, sign: number): Bound[] {
  const plain = keywords[sign < 0 ? pairs[measure].min : pairs[measure].max];
  const open = keywords[sign < 0 ? 'exclusiveMinimum' : 'exclusiveMaximum'];
  return [
    ...(typeof plain === 'number' ? [{ value: plain, isOpen: false }] : []),
    ...(measure === 'value' && typeof open === 'number' ? [closed(open, type, sign)] : []),
  ];
}

const tightest = (bounds: readonly Bound[], sign: number): Bound | null =>
  bounds.reduce<Bound | null>(
    (one, other) => (one !== null && isWithin(one, other, sign) ? one : other),
    null,
  );

/** Whole numbers have a last one before a bound that is out itself. */
const closed = (value: number, type: string | null, sign: number): Bound =>
  type === 'integer'
    ? { value: sign < 0 ? Math.floor(value) + 1 : Math.ceil(value) - 1, isOpen: false }
    : { value, isOpen: true };

function isWithin(inner: Bound | null, outer: Bound, sign: number): boolean {
  if (inner === null) return false;
  const difference = (outer.value - inner.value) * sign;
  return difference > 0 || (difference === 0 && (inner.isOpen || !outer.isOpen));
}

function sizeOf(value: unknown, measure: Measure): number | null {
  if (measure === 'value') return typeof value === 'number' ? value : null;
  if (measure === 'length') return typeof value === 'string' ? [...value].length : null;
  return null;
}
