import type { OperationObject, RequestBodyObject, SchemaOrReference, SchemasObject } from './open-api.js';
import { resolve } from './references.js';

/** Bodies that are JSON get the example of their fields, so that a request can be sent as it stands. */
export function addRequestExample({ requestBody }: OperationObject, schemas: SchemasObject): void {
  const content = (requestBody as RequestBodyObject | undefined)?.content['application/json'];
  if (content?.schema === undefined || content.example !== undefined || content.examples !== undefined)
    return;
  content.example = exampleOf(content.schema, schemas) ?? {};
}

/** Of the fields that have one; undefined where a schema has none. */
function exampleOf(reference: SchemaOrReference, schemas: SchemasObject): unknown {
  const { properties, required = [], allOf, ...schema } = resolve(reference, schemas);
  const example: unknown = schema.example;
  if (example !== undefined) return example;
  // A reference with a description of its own.
  if (allOf?.[0] !== undefined) return exampleOf(allOf[0], schemas);
  if (properties === undefined) return undefined;
  const fields = Object.entries(properties).map(
    ([name, field]) => [name, exampleOf(field, schemas)] as const,
  );
  return Object.fromEntries(
    fields.filter(([name, one]) => one !== undefined && (required.includes(name) || !isEmpty(one))),
  );
}

/** An object none of whose fields has an example says nothing. */
const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
