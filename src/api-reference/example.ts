import type { OpenAPIObject } from '@nestjs/swagger';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
export type Schema = Schemas[string];

/** Deeper than any body of ours; a schema that contains itself ends here. */
const deepest = 8;

/** An example value of a schema: its own where it states one, else made of its required properties. */
export function exampleOf(schema: Schema | undefined, schemas: Schemas, depth = 0): unknown {
  if (schema === undefined || depth > deepest) return null;
  if ('$ref' in schema)
    return exampleOf(schemas[schema.$ref.replace('#/components/schemas/', '')], schemas, depth + 1);
  const stated = statedIn(schema);
  if (stated !== undefined) return stated;
  const choice = (schema.oneOf ?? schema.anyOf)?.[0];
  if (choice !== undefined) return exampleOf(choice, schemas, depth + 1);
  if (schema.allOf !== undefined)
    return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, schemas, depth + 1))) as unknown;
  if (schema.properties !== undefined) {
    const required = schema.required ?? [];
    return Object.fromEntries(
      Object.entries(schema.properties)
        .filter(([name, property]) => required.includes(name) || statedIn(property) !== undefined)
        .map(([name, property]) => [name, exampleOf(property, schemas, depth + 1)]),
    );
  }
  return placeholderOf(schema, schemas, depth);
}

/** What a schema gives as its example; the first of several. */
function statedIn(schema: Schema): unknown {
  if ('$ref' in schema) return undefined;
  const stated = schema as Stated;
  const listed = Array.isArray(stated.examples) ? (stated.examples as unknown[])[0] : undefined;
  return stated.example ?? listed ?? stated.const ?? stated.default ?? stated.enum?.[0];
}

/** Where a schema states a value; OpenAPI 3.1 has more such places than the types of 3.0. */
interface Stated {
  readonly example?: unknown;
  readonly examples?: unknown;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
}

function placeholderOf(schema: Exclude<Schema, { $ref: string }>, schemas: Schemas, depth: number): unknown {
  const type = [schema.type].flat()[0];
  if (type === 'array') return [exampleOf(schema.items, schemas, depth + 1)];
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (type === 'boolean') return true;
  return type === 'object' ? {} : '…';
}
