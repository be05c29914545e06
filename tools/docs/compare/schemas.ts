// What of a changed schema breaks a client: a request may become more permissive alone, an answer more specific alone. Both are one
// question: whether every value of the inner schema is one of the outer, where the released one is the inner for requests and the
// outer for answers. Fields that an answer has in addition are no break: clients pass them over.
import {
  isPart,
  list,
  part,
  placeOf,
  type Break,
  type Description,
  type Part,
  type Side,
} from './description.ts';
import { defaultBreaks, travelling } from './annotations.ts';
import { exceeded } from './bounds.ts';
import { holds, includes, Shapes, type Shape } from './shapes.ts';

/** Formats whose values are those of another too. */
const within: Readonly<Record<string, string>> = { int32: 'int64', float: 'double' };
/** Keywords that are compared below; of all others it is asked whether they say the same. */
const compared =
  /^(x-extensible|enum|pattern|format|content(Encoding|MediaType)|multipleOf|uniqueItems|items|required|properties|additionalProperties|(exclusiveM|m)(in|ax)imum|(min|max)(Length|Items|Properties))$/;

/** The two schemas of a comparison, and which of them is released. */
interface Pair {
  readonly side: Side;
  readonly where: string;
  readonly before: Shape;
  readonly after: Shape;
}

export class SchemaComparison {
  readonly before: Description;
  readonly after: Description;
  private readonly shapes: { readonly before: Shapes; readonly after: Shapes };
  private readonly found = new Map<string, readonly Break[]>();
  private readonly numbers = new Map<unknown, number>();

  constructor(before: Description, after: Description) {
    this.before = before;
    this.after = after;
    this.shapes = { before: new Shapes(before), after: new Shapes(after) };
  }

  /** What breaks. A pair that contains itself is compared once. */
  compare(before: unknown, after: unknown, side: Side, where: string): readonly Break[] {
    const outer = side === 'request' ? after : before;
    // It allows anything, however deep the other goes.
    if (!isPart(outer) && outer !== false) return [];
    // Objects have one place; `true` and the like are everywhere.
    const place = isPart(before) && isPart(after) ? '' : where;
    const key = `${side} ${this.numberOf(before)} ${this.numberOf(after)} ${place}`;
    const known = this.found.get(key);
    if (known !== undefined) return known;
    this.found.set(key, []);
    const at = placeOf(before) ?? where;
    const breaks = [
      ...this.alternatives(before, after, side, at),
      ...(side === 'request' ? defaultBreaks(this, [before, after], where) : []),
    ];
    this.found.set(key, breaks);
    return breaks;
  }

  private numberOf(schema: unknown): number {
    const number = this.numbers.get(schema) ?? this.numbers.size;
    this.numbers.set(schema, number);
    return number;
  }

  private alternatives(before: unknown, after: unknown, side: Side, where: string): Break[] {
    const [old, present] = [this.shapes.before.of(before), this.shapes.after.of(after)];
    const [inner, outer] = side === 'request' ? [old, present] : [present, old];
    const isExtensible = side === 'answer' && this.isExtensible(before);
    // Of named alternatives each is compared with itself alone.
    const isChoice = isExtensible || isList(before) || isList(after);
    const lost = isExtensible ? this.lost(old, present, where) : [];
    const found = inner.flatMap((one): readonly Break[] => {
      const fitting = outer.filter(({ type }) => holds(type, one.type));
      const results = fitting.map((other) => ({
        other,
        breaks: this.shape(
          side === 'request'
            ? { side, where, before: one, after: other }
            : { side, where, before: other, after: one },
        ),
      }));
      if (results.some(({ breaks }) => breaks.length === 0)) return [];
      const same =
        results.find(({ other }) => other.name !== null && other.name === one.name) ?? only(results);
      if (same !== undefined && !(isChoice && same.other.name !== one.name)) return same.breaks;
      if (one.type === 'null') return [changed('nullability', side, where, 'null')];
      if (isExtensible) return [];
      const kind = fitting.length === 0 ? 'type' : 'alternatives';
      return [changed(kind, side, where, `${named(old)} → ${named(present)}`)];
    });
    return [...found, ...lost];
  }

  /** Released alternatives of a list that may grow which are there no longer, or not as they were. What one of the same name lost is told of it. */
  private lost(old: readonly Shape[], present: readonly Shape[], where: string): Break[] {
    const isKept = (before: Shape, after: Shape): boolean =>
      (before.name !== null && before.name === after.name) ||
      (holds(before.type, after.type) && this.shape({ side: 'answer', where, before, after }).length === 0);
    return old
      .filter((before) => before.type !== 'null' && !present.some((after) => isKept(before, after)))
      .map((one) => ({ rule: 'answer-alternative-removed', where, text: named([one]) }));
  }

  /** Whether the released alternatives are marked as a list that may grow. */
  private isExtensible(before: unknown): boolean {
    const schema = this.before.resolve(before);
    return isList(schema) && schema['x-extensible'] === true;
  }

  private shape(whole: Pair): Break[] {
    const { side, before, after } = whole;
    const pair = {
      ...whole,
      before: travelling(this.before, before, side),
      after: travelling(this.after, after, side),
    };
    return [...this.values(pair), ...this.fields(pair), ...this.others(pair)];
  }

  private values({ side, where, before, after }: Pair): Break[] {
    const [inner, outer] = side === 'request' ? [before, after] : [after, before];
    const fault = (kind: string, keyword: string): Break =>
      changed(
        kind,
        side,
        where,
        `${keyword} ${show(before.keywords[keyword])} → ${show(after.keywords[keyword])}`,
      );
    const breaks = exceeded(inner, outer).map((keyword) => fault('bounds', keyword));
    const [some, all] = [inner.keywords, outer.keywords];
    if (Array.isArray(all['enum']) && !(side === 'answer' && all['x-extensible'] === true)) {
      const values = Array.isArray(some['enum']) ? some['enum'] : everyValue[inner.type ?? ''];
      const missing = values?.filter((value) => !includes(list(all['enum']), value));
      if (missing === undefined) breaks.push(fault('enum', 'enum'));
      else if (missing.length > 0) breaks.push(changed('enum', side, where, missing.map(show).join(', ')));
    }
    if (!matches(some, all['pattern'])) breaks.push(fault('pattern', 'pattern'));
    const { format } = some;
    if (all['format'] !== undefined && format !== all['format'] && within[String(format)] !== all['format'])
      breaks.push(fault('format', 'format'));
    for (const keyword of ['contentEncoding', 'contentMediaType'])
      if (all[keyword] !== undefined && some[keyword] !== all[keyword]) breaks.push(fault('format', keyword));
    if (!isMultiple(some['multipleOf'] ?? (inner.type === 'integer' ? 1 : undefined), all['multipleOf']))
      breaks.push(fault('bounds', 'multipleOf'));
    if (all['uniqueItems'] === true && some['uniqueItems'] !== true)
      breaks.push(fault('bounds', 'uniqueItems'));
    return breaks;
  }

  private fields(pair: Pair): Break[] {
    const { side, where, before, after } = pair;
    const [old, present] = [before.keywords, after.keywords];
    const breaks: Break[] = [...this.required(pair)];
    const [fields, others] = [part(old['properties']), part(present['properties'])];
    const [more, rest] = [old['additionalProperties'] ?? true, present['additionalProperties'] ?? true];
    for (const [name, field] of Object.entries(fields)) {
      const at = `${where}.${name}`;
      if (name in others) breaks.push(...this.compare(field, others[name], side, at));
      else if (side === 'answer' || rest === false)
        breaks.push({
          rule: `${side}-field-removed`,
          where: at,
          text: side === 'answer' ? 'is sent no longer' : 'is refused',
        });
      else breaks.push(...this.compare(field, rest, side, at));
    }
    if (isPart(more))
      for (const name of Object.keys(others).filter((one) => !(one in fields)))
        breaks.push(...this.compare(more, others[name], side, `${where}.${name}`));
    if (side === 'request' && more !== false && rest === false)
      breaks.push({ rule: 'request-closed', where, text: 'fields that it does not name are refused' });
    else if (side === 'request' ? more !== false && isPart(rest) : isPart(more) && rest !== false)
      breaks.push(...this.compare(more, rest, side, `${where}.*`));
    if (old['items'] !== undefined || present['items'] !== undefined)
      breaks.push(...this.compare(old['items'] ?? true, present['items'] ?? true, side, `${where}[]`));
    return breaks;
  }

  private required({ side, where, before, after }: Pair): Break[] {
    const [old, present] = [list(before.keywords['required']), list(after.keywords['required'])].map(
      (names) => names.map(String),
    ) as [string[], string[]];
    const fields = (side === 'request' ? before : after).keywords['properties'];
    if (side === 'request')
      return present
        .filter((name) => !old.includes(name))
        .map((name) => ({
          rule: 'request-field-required',
          where: `${where}.${name}`,
          text: name in part(fields) ? 'was optional' : 'is new',
        }));
    // One that is gone is told as removed.
    return old
      .filter(
        (name) =>
          !present.includes(name) && (name in part(fields) || !(name in part(before.keywords['properties']))),
      )
      .map((name) => ({ rule: 'answer-field-optional', where: `${where}.${name}`, text: 'was always sent' }));
  }

  /** Keywords of which is not known what they allow more or less. */
  private others({ side, where, before, after }: Pair): Break[] {
    const names = new Set([...Object.keys(before.keywords), ...Object.keys(after.keywords)]);
    return [...names]
      .filter((name) => !compared.test(name))
      .filter(
        (name) => this.before.expanded(before.keywords[name]) !== this.after.expanded(after.keywords[name]),
      )
      .map((name) => ({ rule: `${side}-undecided`, where, text: `${name} differs` }));
  }
}

const everyValue: Readonly<Record<string, readonly unknown[] | undefined>> = {
  boolean: [true, false],
  null: [null],
};

const only = <T>(values: readonly T[]): T | undefined => (values.length === 1 ? values[0] : undefined);

const isList = (schema: unknown): boolean => 'anyOf' in part(schema) || 'oneOf' in part(schema);

const changed = (kind: string, side: Side, where: string, text: string): Break => ({
  rule: `${side}-${kind}-${side === 'request' ? 'narrowed' : 'widened'}`,
  where,
  text,
});

const show = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value));

const named = (shapes: readonly Shape[]): string =>
  shapes.map(({ name, type }) => name ?? type ?? 'anything').join(' | ') || 'nothing';

/** Whether all values match. Of two patterns only equal ones are known to. */
function matches({ pattern, enum: values }: Part, outer: unknown): boolean {
  if (outer === undefined || JSON.stringify(pattern) === JSON.stringify(outer)) return true;
  if (!Array.isArray(values) || typeof outer !== 'string') return false;
  const expression = new RegExp(outer, 'u');
  return values.every((value) => typeof value !== 'string' || expression.test(value));
}

const isMultiple = (inner: unknown, outer: unknown): boolean =>
  outer === undefined || (typeof inner === 'number' && Number.isInteger(inner / Number(outer)));
