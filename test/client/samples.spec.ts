import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { withCodeSamples } from '../../src/api-reference/code-samples.js';
import { EmptyProject } from '../support/client/empty-project.js';
import { projectRoot } from '../support/process/project-root.js';

interface Operation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly 'x-codeSamples'?: readonly { readonly source: string }[];
}

const text = readFileSync(join(projectRoot, 'docs/openapi.json'), 'utf8');
const operations = Object.values(withCodeSamples(JSON.parse(text) as OpenAPIObject).paths).flatMap(
  (item) => Object.values(item) as Operation[],
);
/** File names and programs. */
const samples: Readonly<Record<string, string>> = Object.fromEntries(
  operations.flatMap(({ operationId, 'x-codeSamples': found = [] }) =>
    found.map(({ source }, at) => [`${operationId}-${at}.ts`, source]),
  ),
);

/** The sample of an operation with one text for another, which stands in it once. */
function changed(operation: string, from: string, to: string): string {
  const sample = samples[`${operation}-0.ts`] ?? '';
  if (sample.split(from).length !== 2) throw new Error(`the sample of ${operation} has no ${from}`);
  return sample.replace(from, to);
}

/** What does not exist, and the error of the compiler for it. */
const wrong: Readonly<Record<string, readonly [sample: string, error: number]>> = {
  'a-route': [changed('Auth.me', '/api/v1/auth/me', '/api/v1/auth/myself'), 2345],
  'a-method': [changed('Auth.me', 'velro.GET', 'velro.PUT'), 2345],
  'a-field': [changed('Auth.login', 'email:', 'mail:'), 2561],
  'a-path-parameter': [changed('Generations.get', ' id:', ' number:'), 2353],
  'another-type-of-a-field': [changed('Generations.create', "'velro/canvas'", '1'), 2322],
  'no-body': [changed('Auth.login', 'body:', 'bodies:'), 2353],
  'a-field-of-an-answer': [`${samples['Auth.me-0.ts'] ?? ''}\nconsole.log(data.password);`, 2339],
};

describe('the code samples of /docs', () => {
  let project: EmptyProject;
  beforeAll(async () => {
    project = await EmptyProject.install();
  });
  afterAll(() => {
    project.remove();
  });

  it('are there for every operation but those of the operator, HEAD, and those that take a form or bytes alone', () => {
    const isOperators = ({ security }: Operation): boolean => security.some((one) => 'operator' in one);
    const without = operations.filter((operation) => operation['x-codeSamples'] === undefined);
    const others = ['DataDeletion.receive', 'Uploads.upload', 'Resumable.append', 'Resumable.offset'];
    expect(without.map(({ operationId }) => operationId)).toEqual(
      operations
        .filter((one) => isOperators(one) || others.includes(one.operationId))
        .map(({ operationId }) => operationId),
    );
    expect(Object.keys(samples)).toHaveLength(operations.length - without.length);
  });

  it('compile under strict with the client as it is packed; what does not exist fails', async () => {
    const altered = Object.entries(wrong).map(([name, [sample]]) => [`${name}.ts`, sample]);
    const files = { ...samples, ...(Object.fromEntries(altered) as Record<string, string>) };
    const said = await project.typeErrors(files, ['es2022', 'dom', 'dom.iterable'], []);
    const errors = said.split('\n').filter((line) => /\berror TS/.test(line));
    const found = errors.map((line) => line.replace(/\.ts\(.*error TS(\d+).*/, ' $1'));
    expect(found.sort()).toEqual(
      Object.entries(wrong)
        .map(([name, [, error]]) => `${name} ${error}`)
        .sort(),
    );
  });
});
