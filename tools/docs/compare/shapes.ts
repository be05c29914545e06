// What a schema allows, as a list of shapes of one type each: `anyOf`, `oneOf`, `allOf`, `$ref` and lists of types are spelled out, so
// that two spellings of the same are equal. That values of `oneOf` fit one branch alone is not looked at.
import { isPart, list, part, type Description, type Part } from './description.ts';

export interface Shape {
  /** Of the component that it comes from. */
  readonly name: string | null;
  /** Null: any. */
  readonly type: string | null;
  /** Without those that are spelled out, and without texts for people. */
  readonly keywords: Part;
}

const spelledOut = ['$ref', 'allOf', 'anyOf', 'oneOf', 'type', 'const', 'enum'];
/** They say nothing of what is valid; what begins with `x-` does neither, but for the mark of what may grow. */
const annotations =
  /^(\$comment|\$schema|title|description|default|deprecated|examples?|externalDocs|readOnly|writeOnly|xml|x-(?!extensible$).*)$/;
/** The product of nested alternatives may have so many shapes. */
const most = 500;

export class Shapes {
  private readonly description: Description;
  private readonly known = new Map<Part, readonly Shape[]>();

  constructor(description: Description) {
    this.description = description;
  }

  /**
   * What the schema allows; nothing for `false`.
   * @throws Error for one that has too many alternatives or a broken reference
   */
  of(schema: unknown): readonly Shape[] {
    if (schema === false) return [];
    if (!isPart(schema)) return [{ name: null, type: null, keywords: {} }];
    const known = this.known.get(schema);
    if (known !== undefined) return known;
    // One that is an alternative of itself adds nothing by that.
    this.known.set(schema, []);
    const shapes = this.spell(schema);
    if (shapes.length > most) throw new Error(`a schema has ${shapes.length} alternatives`);
    this.known.set(schema, shapes);
    return shapes;
  }

  private spell(schema: Part): readonly Shape[] {
    const { $ref: reference, allOf, anyOf, oneOf } = schema;
    let shapes = ownShapes(schema);
    if (typeof reference === 'string') {
      const name = reference.replace(/^.*\//, '');
      shapes = both(
        shapes,
        this.of(this.description.at(reference)).map((shape) => ({ ...shape, name })),
      );
    }
    for (const one of list(allOf)) shapes = both(shapes, this.of(one));
    for (const alternatives of [anyOf, oneOf])
      if (Array.isArray(alternatives)) {
        const spelled = alternatives.flatMap((one) => this.of(one));
        // What may grow stays a list.
        shapes = both(shapes, schema['x-extensible'] === true ? spelled : withValuesTogether(spelled));
      }
    return shapes;
  }
}

/** Alternatives that differ by their values alone are one with the values of all. */
function withValuesTogether(shapes: readonly Shape[]): Shape[] {
  const result: Shape[] = [];
  for (const shape of shapes) {
    const index = result.findIndex((one) => 'enum' in one.keywords && restOf(one) === restOf(shape));
    const found = 'enum' in shape.keywords ? result[index] : undefined;
    if (found === undefined) {
      result.push(shape);
      continue;
    }
    const values = list(found.keywords['enum']);
    const more = list(shape.keywords['enum']).filter((value) => !includes(values, value));
    result[index] = {
      ...found,
      name: found.name === shape.name ? found.name : null,
      keywords: { ...found.keywords, enum: [...values, ...more] },
    };
  }
  return result;
}

/** All but the values, as text. */
const restOf = ({ type, keywords }: Shape): string => JSON.stringify([type, { ...keywords, enum: null }]);

/** By the types that the schema names, or that its other keywords imply. */
function ownShapes(schema: Part): readonly Shape[] {
  const values = 'const' in schema ? [schema['const']] : schema['enum'];
  const rest = Object.fromEntries(
    Object.entries(schema).filter(([name]) => !spelledOut.includes(name) && !annotations.test(name)),
  );
  if (!Array.isArray(values))
    return typesOf(schema).map((type) => ({ name: null, type, keywords: own(rest, schema) }));
  const named = typesOf(schema);
  const types = [...new Set(values.map(typeOf))].flatMap((type) =>
    named.filter((one) => holds(one, type) || one === null).map((one) => one ?? type),
  );
  return [...new Set(types)].map((type) => ({
    name: null,
    type,
    keywords: { ...own(rest, schema), enum: values.filter((value) => holds(type, typeOf(value))) },
  }));
}

/** The mark belongs to what stands beside it: on alternatives it says nothing of the values of one of them. */
const own = (rest: Part, schema: Part): Part =>
  'enum' in schema
    ? rest
    : Object.fromEntries(Object.entries(rest).filter(([name]) => name !== 'x-extensible'));

function typesOf({
  type,
  properties,
  required,
  additionalProperties,
  items,
}: Part): readonly (string | null)[] {
  if (type !== undefined) return [type].flat().map(String);
  if (properties !== undefined || required !== undefined || additionalProperties !== undefined)
    return ['object'];
  return [items === undefined ? null : 'array'];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** Whether values of the type `inner` are of the type `outer`. */
export const holds = (outer: string | null, inner: string | null): boolean =>
  outer === null || outer === inner || (outer === 'number' && inner === 'integer');

/** What is valid for one of each. */
function both(some: readonly Shape[], others: readonly Shape[]): Shape[] {
  return some.flatMap((one) =>
    others.flatMap((other): Shape[] => {
      if (!holds(one.type, other.type) && !holds(other.type, one.type)) return [];
      const type = holds(one.type, other.type) ? other.type : one.type;
      const keywords = merged(one.keywords, other.keywords);
      if (Array.isArray(keywords['enum']) && keywords['enum'].length === 0) return [];
      return [{ name: other.name ?? one.name, type, keywords }];
    }),
  );
}

function merged(one: Part, other: Part): Part {
  const result: Record<string, unknown> = { ...one };
  for (const [keyword, value] of Object.entries(other))
    result[keyword] = keyword in one ? mergedValue(keyword, one[keyword], value) : value;
  return result;
}

function mergedValue(keyword: string, one: unknown, other: unknown): unknown {
  if (one === other || JSON.stringify(one) === JSON.stringify(other)) return one;
  if (keyword === 'required') return [...new Set([...list(one), ...list(other)])];
  if (keyword === 'enum') return list(one).filter((value) => includes(list(other), value));
  if (keyword === 'properties') return mergedProperties(part(one), part(other));
  if (keyword === 'items' || keyword === 'additionalProperties') return joined(one, other);
  if (/^(max|exclusiveMax)/.test(keyword)) return Math.min(Number(one), Number(other));
  if (/^(min|exclusiveMin)/.test(keyword)) return Math.max(Number(one), Number(other));
  // Both hold: equal to the same two alone.
  return [one, other];
}

function mergedProperties(one: Part, other: Part): Part {
  const shared = Object.keys(other).filter((name) => name in one && one[name] !== other[name]);
  return {
    ...one,
    ...other,
    ...Object.fromEntries(shared.map((name) => [name, joined(one[name], other[name])])),
  };
}

const pairs = new WeakMap<Part, WeakMap<Part, Part>>();

/** A schema of two parts: the same one each time, so that a schema which contains itself is met again. */
function joined(one: unknown, other: unknown): Part {
  const schema = { allOf: [one, other] };
  if (!isPart(one) || !isPart(other)) return schema;
  const known = pairs.get(one) ?? new WeakMap<Part, Part>();
  pairs.set(one, known);
  const found = known.get(other) ?? schema;
  known.set(other, found);
  return found;
}

/** Whether the value is one of these, by content. */
export const includes = (values: readonly unknown[], value: unknown): boolean =>
  values.some((one) => JSON.stringify(one) === JSON.stringify(value));
