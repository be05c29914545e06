import type { SchemaObject, SchemaOrReference, SchemasObject } from './open-api.js';

const prefix = '#/components/schemas/';

export const referenceTo = (name: string): { readonly $ref: string } => ({ $ref: `${prefix}${name}` });

/** The schema itself. Throws when a reference names none. */
export function resolve(schema: SchemaOrReference, schemas: SchemasObject): SchemaObject {
  if (!('$ref' in schema)) return schema;
  const found = schemas[schema.$ref.slice(prefix.length)];
  if (found === undefined) throw new Error(`no schema of the name ${schema.$ref}`);
  return resolve(found, schemas);
}
