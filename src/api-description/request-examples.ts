import type {
  OperationObject,
  RequestBodyObject,
  SchemaObject,
  SchemaOrReference,
  SchemasObject,
} from './open-api.js';

/** Bodies that are JSON get the example of their fields, so that a request can be sent as it stands. */
export function addRequestExample({ requestBody }: OperationObject, schemas: SchemasObject): void {
  const content = (requestBody as RequestBodyObject | undefined)?.content['application/json'];
  if (content?.schema === undefined || content.example !== undefined || content.examples !== undefined)
    return;
  const schema = resolve(content.schema, schemas);
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const { example } = resolve(field, schemas) as { example?: unknown };
    return example === undefined ? [] : [[name, example] as const];
  });
  content.example = Object.fromEntries(fields);
}

function resolve(schema: SchemaOrReference, schemas: SchemasObject): SchemaObject {
  if (!('$ref' in schema)) return schema;
  const name = schema.$ref.slice('#/components/schemas/'.length);
  const found = schemas[name];
  if (found === undefined) throw new Error(`no schema of the name ${name}`);
  return resolve(found, schemas);
}
