import type { OperationObject, RequestBodyObject, SchemasObject } from './open-api.js';
import { resolve } from './references.js';

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
