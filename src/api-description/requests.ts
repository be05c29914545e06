import { formSchema, type FormSchema } from '../perimeter/output/form-schema.js';
import type { OperationObject, RequestBodyObject, SchemasObject } from './open-api.js';
import { referenceTo, resolve } from './references.js';

const contentOf = ({ requestBody }: OperationObject): RequestBodyObject['content'] =>
  (requestBody as RequestBodyObject | undefined)?.content ?? {};

export const hasForm = (operation: OperationObject): boolean => 'multipart/form-data' in contentOf(operation);

/** The schema of the form where a controller names one, with the types of its parts. */
export function addForm(operation: OperationObject): void {
  const extensions = operation as OperationObject & { [formSchema]?: FormSchema };
  const form = contentOf(operation)['multipart/form-data'];
  const named = extensions[formSchema];
  if (form === undefined || named === undefined) return;
  form.schema = referenceTo(named.schema);
  form.encoding = Object.fromEntries(
    Object.entries(named.parts).map(([part, contentType]) => [part, { contentType }]),
  );
  Reflect.deleteProperty(extensions, formSchema);
}

/** Says of every class of fields that a body uses that others are refused, as validation does. */
export function closeRequests(operations: readonly OperationObject[], schemas: SchemasObject): void {
  for (const operation of operations)
    for (const { schema } of Object.values(contentOf(operation))) {
      if (schema === undefined || !('$ref' in schema)) continue;
      const named = resolve(schema, schemas);
      if (named.properties !== undefined) named.additionalProperties = false;
    }
}
