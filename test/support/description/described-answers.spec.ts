import { describe, expect, it } from '@jest/globals';
import { DescribedAnswers, type SeenAnswer } from './described-answers.js';

const requestId = '0193c1f0-7d1e-7cc0-9b57-2f7de54aa001';
const balance: SeenAnswer = {
  method: 'GET',
  path: '/api/v1/credits/balance?x=1',
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8', 'x-request-id': requestId },
  text: '{"balance":3,"reserved":0}',
};
const problem = {
  type: 'urn:velro:problem:not_found',
  title: 'Not found',
  status: 404,
  detail: 'There is no such resource, or it is not yours.',
  instance: `urn:uuid:${requestId}`,
  code: 'not_found',
  request_id: requestId,
};
const refused = {
  ...balance,
  path: '/api/v1/projects/7',
  status: 404,
  headers: { ...balance.headers, 'content-type': 'application/problem+json; charset=utf-8' },
  text: JSON.stringify(problem),
};

const absent = {
  ...refused,
  path: '/metrics',
  text: JSON.stringify({ ...problem, code: 'route_not_found' }),
};

describe('an answer', () => {
  const judge = new DescribedAnswers();

  it.each<[string, SeenAnswer]>([
    ['a success', balance],
    ['a refusal', refused],
    ['an error outside every operation', { ...refused, path: '/nowhere' }],
    ['a model whose id has a slash', { ...refused, path: '/api/v1/models/velro/none' }],
    [
      'an error outside every operation, whose path has dots for one',
      {
        ...refused,
        path: '/api/v1/storage/files/..',
        text: JSON.stringify({ ...problem, code: 'route_not_found' }),
      },
    ],
    [
      'a body that cannot be read, sent to an operation without one',
      {
        ...refused,
        method: 'DELETE',
        status: 400,
        text: JSON.stringify({ ...problem, status: 400, code: 'json_too_complex' }),
      },
    ],
    ['a route that the configuration leaves out', absent],
    ['HEAD, as GET and without its body', { ...balance, method: 'HEAD', text: '' }],
    ['HEAD that is refused', { ...refused, method: 'HEAD', text: '' }],
    ['a page that is no operation', { ...balance, path: '/docs', text: '<html>' }],
  ])('is as described: %s', (_title, answer) => {
    expect(judge.faultsOf(answer)).toEqual([]);
  });

  it.each<[string, SeenAnswer, string]>([
    ['a status', { ...balance, status: 418 }, 'the status 418 is not described'],
    [
      'a missing header',
      { ...balance, headers: { 'content-type': 'application/json' } },
      'X-Request-Id is missing',
    ],
    [
      'a header of another form',
      { ...balance, headers: { ...balance.headers, 'x-request-id': '7' } },
      'header X-Request-Id',
    ],
    ['a 503 without Retry-After', { ...refused, status: 503 }, 'Retry-After is missing'],
    [
      'a content type',
      { ...balance, headers: { ...balance.headers, 'content-type': 'text/html' } },
      '"text/html"',
    ],
    ['a field more', { ...balance, text: '{"balance":3,"reserved":0,"secret":1}' }, 'additional properties'],
    ['a field less', { ...balance, text: '{"balance":3}' }, 'reserved'],
    ['a value out of bounds', { ...balance, text: '{"balance":-1,"reserved":0}' }, '/balance must be >= 0'],
    [
      'a code outside the catalogue',
      { ...refused, text: JSON.stringify({ ...problem, code: 'odd' }) },
      '/code',
    ],
    [
      'a code that the operation does not have with this status',
      { ...refused, text: JSON.stringify({ ...problem, code: 'route_not_found' }) },
      'the code route_not_found is not described for 404',
    ],
    [
      'another status in the body',
      { ...refused, text: JSON.stringify({ ...problem, status: 409 }) },
      'the problem names the status 409, not 404',
    ],
    [
      'another status in the body, of no operation',
      { ...refused, path: '/nowhere', text: JSON.stringify({ ...problem, status: 409 }) },
      'the problem names the status 409, not 404',
    ],
    ['a status of HEAD', { ...balance, method: 'HEAD', status: 418, text: '' }, 'the status 418'],
    [
      'a header that HEAD lacks',
      { ...balance, method: 'HEAD', headers: {}, text: '' },
      'X-Request-Id is missing',
    ],
    ['a body of HEAD', { ...balance, method: 'HEAD' }, 'HEAD is answered with a body'],
    [
      'a code outside the catalogue, of no operation',
      { ...refused, path: '/nowhere', text: JSON.stringify({ ...problem, code: 'odd' }) },
      '/code',
    ],
  ])('is a fault that names %s', (_title, answer, words) => {
    expect(judge.faultsOf(answer).join('\n')).toContain(words);
  });
});
