import { describe, expect, it } from '@jest/globals';
import { errorAnswer } from './error-answer.js';
import { Problem } from './problem.js';

const id = '018f0000-0000-7000-8000-000000000001';
const openai = '/api/v1/openai/images/generations';

describe('the answer to a request that failed', () => {
  it.each([
    ['generation_pending', 425, 'generation_pending', 'invalid_request_error'],
    ['generation_failed', 424, 'generation_failed', 'invalid_request_error'],
    ['content_refused', 400, 'content_policy_violation', 'invalid_request_error'],
    ['credits_insufficient', 429, 'insufficient_quota', 'insufficient_quota'],
    ['budget_exceeded', 429, 'insufficient_quota', 'insufficient_quota'],
    ['key_credits_exceeded', 429, 'insufficient_quota', 'insufficient_quota'],
    ['rate_limit_exceeded', 429, 'rate_limit_exceeded', 'requests'],
    ['language_model_failed', 502, 'language_model_failed', 'server_error'],
    ['internal_error', 500, 'internal_error', 'server_error'],
  ] as const)('%s is %i %s for clients of OpenAI', (code, status, name, type) => {
    const answer = errorAnswer(new Problem(code), { id, url: openai });
    const { error } = JSON.parse(answer.body) as { error: object };
    expect([answer.status, error]).toEqual([
      status,
      { message: expect.any(String), type, param: null, code: name },
    ]);
  });

  it.each(['generation_pending', 'generation_failed'] as const)(
    '%s has a status that the AI SDK does not try again by itself, for it does not say that it does',
    (code) => {
      const { status } = errorAnswer(new Problem(code), { id, url: openai });
      expect([408, 409, 429].includes(status) || status >= 500).toBe(false);
    },
  );

  it.each(['/api/v1/openai', '/api/v1/openai/models', '/api/v1/openai/models/:id'])(
    'at %s has OpenAI’s shape',
    (url) => {
      expect(JSON.parse(errorAnswer(new Problem('not_found'), { id, url }).body)).toHaveProperty('error');
    },
  );

  it.each(['/api/v1/models', '/api/v1/openaix/models', '/openai/models', undefined])(
    'at %s is a problem document',
    (url) => {
      const { body, headers } = errorAnswer(new Problem('not_found'), { id, url });
      expect(JSON.parse(body)).toMatchObject({ code: 'not_found', request_id: id });
      expect(headers['content-type']).toContain('problem+json');
    },
  );

  it('names a field once, whether or not the words of its rule do', () => {
    const errors = [
      { field: 'model', code: 'is_string', message: 'model must be a string' },
      { field: 'messages.0.role', code: 'unsupported', message: 'must be user' },
    ];
    const { body } = errorAnswer(new Problem('validation_failed', { errors }), { id, url: openai });
    expect((JSON.parse(body) as { error: { message: string } }).error.message).toBe(
      'model must be a string. messages.0.role must be user.',
    );
  });

  it('says after how long a spent quota is looked at again, and that nobody should wait for it', () => {
    const own = errorAnswer(new Problem('budget_exceeded', { headers: { 'retry-after': '7' } }), {
      id,
      url: openai,
    });
    expect([own.headers['retry-after'], own.headers['x-should-retry']]).toEqual(['7', 'false']);
    expect(errorAnswer(new Problem('credits_insufficient'), { id, url: openai }).headers['retry-after']).toBe(
      '3600',
    );
  });
});
