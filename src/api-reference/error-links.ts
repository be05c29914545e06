import type { OpenAPIObject } from '@nestjs/swagger';
import { docsPaths } from '../../config/policy/perimeter/headers.js';
import { catalogue } from '../errors/catalogue.js';

const codes = new Set(Object.keys(catalogue));

/** Makes each code that a description names in backticks a link to its meaning. */
export function withErrorLinks(document: OpenAPIObject): OpenAPIObject {
  return JSON.parse(JSON.stringify(document), (key, value: unknown) =>
    key === 'description' && typeof value === 'string' ? linked(value) : value,
  ) as OpenAPIObject;
}

/** A code that is the text of a link already is left alone. */
const linked = (text: string): string =>
  text.replace(/(?<!\[)`([a-z_]+)`/g, (found, code: string) =>
    codes.has(code) ? `[${found}](${docsPaths.errors}#${code})` : found,
  );
