import { createRequire } from 'node:module';
import type { ValidateFunction } from 'ajv';
import type { Ajv2020 } from 'ajv/dist/2020.js';
import { schemas, type Schema } from './operations.js';

// CommonJS packages.
const load = createRequire(import.meta.url);

function prepare(): Ajv2020 {
  const { Ajv2020: Ajv } = load('ajv/dist/2020.js') as { Ajv2020: typeof Ajv2020 };
  const addFormats = load('ajv-formats') as { default: (ajv: Ajv2020) => void };
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  addFormats.default(ajv);
  for (const name of ['int32', 'int64', 'binary']) ajv.addFormat(name, true);
  ajv.addSchema({ $id: 'openapi', components: { schemas } });
  return ajv;
}

const ajv = prepare();
const validators = new Map<string, ValidateFunction>();

export interface SchemaFault {
  /** The first step of the path to the fault: a field's name; empty for the value itself. */
  readonly field: string;
  readonly text: string;
}

/** What a schema forbids in a value: all of it. */
export function faultsBy(schema: Schema, value: unknown): SchemaFault[] {
  const key = JSON.stringify(schema);
  let validate = validators.get(key);
  if (validate === undefined) {
    validate = ajv.compile(
      JSON.parse(key.replaceAll('"#/components/', '"openapi#/components/')) as Record<string, unknown>,
    );
    validators.set(key, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message = '', params }) => {
    const { missingProperty, additionalProperty } = params as Record<string, string | undefined>;
    const [, first] = instancePath.split('/');
    return {
      field: first ?? missingProperty ?? additionalProperty ?? '',
      text: `${instancePath} ${message} ${JSON.stringify(params)}`,
    };
  });
}
