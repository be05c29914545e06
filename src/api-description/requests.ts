import { formSchema, type FormSchema } from '../perimeter/output/form-schema.js';
import type { OperationObject, RequestBodyObject, SchemaObject, SchemasObject } from './open-api.js';
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

/**
 * Says of every class of fields that a body uses what validation does: other fields are refused, null in an optional
 * field counts as omitted, and a body of optional fields alone may be left out.
 */
export function completeRequests(operations: readonly OperationObject[], schemas: SchemasObject): void {
  for (const operation of operations)
    for (const [type, { schema }] of Object.entries(contentOf(operation))) {
      if (schema === undefined || !('$ref' in schema)) continue;
      const named = resolve(schema, schemas);
      if (named.properties === undefined) continue;
      // A form has texts and no null.
      completeFields(named, schemas, type === 'application/json');
      if ((named.required ?? []).length === 0) (operation.requestBody as RequestBodyObject).required = false;
    }
}

/** Of a class of fields, and of the classes that its lists are of. */
function completeFields(named: SchemaObject, schemas: SchemasObject, hasNull: boolean): void {
  named.additionalProperties = false;
  if (hasNull) allowNull(named);
  for (const schema of Object.values(named.properties ?? {})) {
    if (!('items' in schema) || !('$ref' in schema.items)) continue;
    const items = resolve(schema.items, schemas);
    // Twice would allow null twice.
    if (items.properties !== undefined && items.additionalProperties !== false)
      completeFields(items, schemas, hasNull);
  }
}

/** Null alone: a type that the type of the document does not know. */
const nothing: SchemaObject = { type: 'null' };

function allowNull({ properties = {}, required = [] }: SchemaObject): void {
  for (const [name, schema] of Object.entries(properties)) {
    if (required.includes(name)) continue;
    if ('$ref' in schema) {
      properties[name] = { anyOf: [{ $ref: schema.$ref }, nothing] };
      continue;
    }
    if (schema.allOf !== undefined) {
      schema.anyOf = [...schema.allOf, nothing];
      delete schema.allOf;
    }
    schema.oneOf?.push(nothing);
    // OpenAPI 3.1 has lists of types, which the type of the document does not know.
    const typed: { type?: string | string[]; enum?: unknown[] } = schema;
    if (typeof typed.type === 'string') typed.type = [typed.type, 'null'];
    if (typed.enum?.includes(null) === false) typed.enum = [...typed.enum, null];
  }
}
