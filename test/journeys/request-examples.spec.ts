import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { operatorOf } from '../support/accounts/operator.js';
import { projectRoot } from '../support/process/project-root.js';
import { Service, signUp, type Account } from '../support/process/service.js';

interface Operation {
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly example?: Readonly<Record<string, unknown>> }>>;
  };
}

const { paths } = JSON.parse(readFileSync(join(projectRoot, 'docs/openapi.json'), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

const examples = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).flatMap(([method, operation]) => {
    const example = operation.requestBody?.content['application/json']?.example;
    return example === undefined
      ? []
      : [{ name: `${method.toUpperCase()} ${path}`, method, path, operation, example }];
  }),
);

/** Codes by which a body is refused; what a token, link or id of an example stands for need not exist. */
const refusals = [
  'validation_failed',
  // The same in OpenAI's shape.
  'invalid_value',
  'invalid_api_key',
  'json_invalid',
  'content_type_unsupported',
  'switch_invalid',
  'bad_request',
  // Would answer before the body is read.
  'token_missing',
  'token_invalid',
  'operator_credentials_invalid',
  'forbidden',
  'mfa_enrolment_required',
  'step_up_required',
  'rate_limit_exceeded',
];

async function keyOf({ visitor, token }: Account, scopes: readonly string[]): Promise<string> {
  const made = await visitor.call('/api/v1/api-keys', { token, body: { name: 'example', scopes } });
  return made.json.key as string;
}

describe('the example of an operation', () => {
  let service: Service;
  let admin: Administrator;
  beforeAll(async () => {
    service = await Service.start();
    admin = await administrator(service, 'super_admin');
  });
  afterAll(async () => {
    await service.discard();
  });

  it('exists for every operation whose body is JSON, but those of other senders', () => {
    const named = new Set(examples.map(({ name }) => name));
    const without = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([, { requestBody }]) => requestBody?.content['application/json'] !== undefined)
        .map(([method]) => `${method.toUpperCase()} ${path}`)
        .filter((name) => !named.has(name)),
    );
    expect(without).toEqual([]);
  });

  it.each(examples)(
    'is a body that the service takes as it stands: $name',
    async ({ method, path, operation, example }) => {
      const [first = {}] = operation.security;
      const caller = path.startsWith('/api/v1/admin') ? admin : await signUp(service);
      const headers: Record<string, string> = 'operator' in first ? operatorOf(service) : {};
      const scopes = first['apiKey'];
      const token = scopes === undefined ? caller.token : await keyOf(caller, scopes);
      const answer = await caller.visitor.call(path.replace('{id}', randomUUID()), {
        method: method.toUpperCase(),
        body: example,
        headers,
        ...('accessToken' in first || scopes !== undefined ? { token } : {}),
      });
      expect(refusals).not.toContain(answer.json?.code ?? answer.json?.error?.code);
      expect(answer.status).toBeLessThan(500);
    },
  );
});
