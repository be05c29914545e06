// Types of the API from its description, for the client.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import ts from 'typescript';
import { root } from '../build.ts';

const head = '// Generated from docs/openapi.json by `npm run client`.\n';

/** A file of a form travels as a Blob, where the description says that its bytes are binary. */
const blob = ts.factory.createTypeReferenceNode('Blob');

async function description(): Promise<OpenAPI3> {
  return JSON.parse(await readFile(join(root, 'docs/openapi.json'), 'utf8')) as OpenAPI3;
}

/** The text of client/src/schema.ts. */
export async function schemaText(): Promise<string> {
  const types = await openapiTS(await description(), {
    alphabetize: true,
    transform: (schema) => {
      const isBinary =
        schema.format === 'binary' ||
        ('contentMediaType' in schema && schema.type === 'string' && !('contentEncoding' in schema));
      return isBinary ? blob : undefined;
    },
  });
  return head + astToString(types);
}

/** The text of client/package.json, whose version is that of the API in the three parts that npm wants. */
export async function packageText(): Promise<string> {
  const { info } = await description();
  const text = await readFile(join(root, 'client/package.json'), 'utf8');
  const [major = '0', minor = '0', patch = '0'] = info.version.split('.');
  return text.replace(/"version": "[^"]*"/, `"version": "${major}.${minor}.${patch}"`);
}
