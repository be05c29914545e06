import { formSchema } from '../perimeter/output/form-schema.js';
import type { OperationObject, RequestBodyObject, SchemaObject, SchemasObject } from './open-api.js';

/** The schema of the form where a controller names one, with the types of its parts. */
export function addForm(operation: OperationObject): void {
  const extensions = operation as OperationObject & { [formSchema]?: string };
  const form = (operation.requestBody as RequestBodyObject | undefined)?.content['multipart/form-data'];
  const name = extensions[formSchema];
  if (form === undefined || name === undefined) return;
  form.schema = { $ref: `#/components/schemas/${name}` };
  form.encoding = {
    parameters: { contentType: 'application/json' },
    reference_image: { contentType: 'image/png, image/jpeg, image/webp' },
  };
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- The extension is between the controller and here alone.
  delete extensions[formSchema];
}

/** Says of every class of fields that a body uses that others are refused, as validation does. */
export function closeRequests(operations: readonly OperationObject[], schemas: SchemasObject): void {
  for (const { requestBody } of operations)
    for (const { schema } of Object.values((requestBody as RequestBodyObject | undefined)?.content ?? {})) {
      if (schema === undefined || !('$ref' in schema)) continue;
      const named = schemas[schema.$ref.slice('#/components/schemas/'.length)] as SchemaObject | undefined;
      if (named?.properties !== undefined) named.additionalProperties = false;
    }
}
