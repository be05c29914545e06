// An API description as it is compared: references followed, and what a client never sees left out.

/** An object of a description. */
export type Part = Readonly<Record<string, unknown>>;

export const isPart = (value: unknown): value is Part =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** The object at this place; one without members where there is none. */
export const part = (value: unknown): Part => (isPart(value) ? value : {});
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A schema of the components is a place of its own: what breaks there is told once. */
export function placeOf(schema: unknown): string | null {
  const { $ref: reference } = part(schema);
  return typeof reference === 'string' ? reference.replace(/^.*\//, '') : null;
}

export type Side = 'request' | 'answer';

export interface Break {
  readonly rule: string;
  /** The operation and its part, or the schema of the components and its field. */
  readonly where: string;
  readonly text: string;
}

/** A description (OpenAPI 3.1) whose references stay within it. */
export class Description {
  readonly document: Part;

  constructor(document: Part) {
    this.document = document;
  }

  /**
   * The object itself, or the one that its `$ref` leads to.
   * @throws Error for a reference that leads nowhere, elsewhere or in a circle
   */
  resolve(value: unknown): Part {
    const seen = new Set<string>();
    let found = value;
    while (isPart(found) && typeof found['$ref'] === 'string') {
      const { $ref: reference } = found;
      if (seen.has(reference)) throw new Error(`${reference} refers to itself`);
      seen.add(reference);
      found = this.at(reference);
    }
    return part(found);
  }

  /** @throws Error for a reference that leads nowhere or elsewhere */
  at(reference: string): unknown {
    if (!reference.startsWith('#/')) throw new Error(`${reference} leads out of the description`);
    let found: unknown = this.document;
    for (const name of reference.slice(2).split('/'))
      found = part(found)[decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')];
    if (found === undefined) throw new Error(`${reference} leads nowhere`);
    return found;
  }

  /** The value as JSON with its references followed, to ask whether two say the same. A circle ends at the name of its reference. */
  expanded(value: unknown, within: readonly string[] = []): string {
    if (Array.isArray(value)) return `[${value.map((one) => this.expanded(one, within)).join()}]`;
    if (!isPart(value)) return value === undefined ? '' : JSON.stringify(value);
    const { $ref: reference } = value;
    if (typeof reference === 'string')
      return within.includes(reference)
        ? reference
        : this.expanded(this.at(reference), [...within, reference]);
    const members = Object.keys(value).sort();
    return `{${members.map((name) => `${JSON.stringify(name)}:${this.expanded(value[name], within)}`).join()}}`;
  }
}
