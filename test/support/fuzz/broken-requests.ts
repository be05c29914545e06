import fc from 'fast-check';
import { breaksOf, brokenTexts } from './broken-values.js';
import { isForbidden } from './judge.js';
import type { Operation } from './operations.js';
import {
  allowedRequests,
  boundary,
  isBytes,
  isForm,
  partOf,
  type Damage,
  type Draft,
  type Samples,
  type Wire,
} from './requests.js';
import { specificRefusals, takesAnyBody } from './rules.js';

const withQuery = (wire: Wire, query: string): Wire => ({
  ...wire,
  path: `${wire.path}${wire.path.includes('?') ? '&' : '?'}${query}`,
});
const withHeader = (wire: Wire, name: string, value: string): Wire => ({
  ...wire,
  headers: { ...wire.headers, [name]: value },
});

const ofAnyRequest: readonly Damage[] = [
  {
    how: 'a parameter twice',
    codes: ['query_invalid'],
    change: (wire) => withQuery(wire, 'limit=1&limit=2'),
  },
  {
    how: '__proto__ as a parameter',
    codes: ['query_invalid'],
    change: (wire) => withQuery(wire, '__proto__=1'),
  },
  { how: 'a NUL in the query', codes: ['query_invalid'], change: (wire) => withQuery(wire, 'a=%00') },
  {
    how: '60 parameters',
    codes: ['query_invalid'],
    change: (wire) => withQuery(wire, Array.from({ length: 60 }, (_, at) => `p${at}=1`).join('&')),
  },
  {
    how: 'a URL of 5,000 characters',
    codes: ['url_too_long'],
    change: (wire) => withQuery(wire, `a=${'b'.repeat(5000)}`),
  },
  {
    how: 'another method by a header',
    codes: ['method_override_refused'],
    change: (wire) => withHeader(wire, 'x-http-method-override', 'DELETE'),
  },
  {
    how: 'a compressed body',
    codes: ['content_encoding_unsupported'],
    change: (wire) => withHeader(wire, 'content-encoding', 'gzip'),
  },
];

const ofPath: readonly Damage[] = ['%', '%ff', '%E0%A4%A', '%ed%a0%80'].map((text) => ({
  how: `a path that cannot be decoded: ${text}`,
  codes: ['url_invalid'],
  change: (wire) => ({ ...wire, path: wire.path.replace(/[^/?]+(?=\?|$)/, text) }),
}));

const ofJson: readonly Damage[] = [
  { how: 'half of its JSON', codes: ['json_invalid'], change: (wire) => ({ ...wire, payload: '{"a":' }) },
  { how: 'two JSON values', codes: ['json_invalid'], change: (wire) => ({ ...wire, payload: '{}{}' }) },
  {
    how: 'bytes that are no UTF-8',
    codes: ['json_invalid'],
    change: (wire) => ({ ...wire, payload: Buffer.from('{"a":"\xff"}', 'latin1') }),
  },
  {
    how: 'a byte order mark',
    codes: ['json_invalid'],
    change: (wire) => ({ ...wire, payload: `\ufeff${String(wire.payload ?? '{}')}` }),
  },
  ...['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'application/json+x'].map(
    (type) => ({
      how: `as ${type}`,
      codes: ['content_type_unsupported'],
      change: (wire: Wire) => withHeader(wire, 'content-type', type),
    }),
  ),
  { how: '2 MB', codes: ['body_too_large'], change: (wire) => ({ ...wire, payload: ' '.repeat(2 ** 21) }) },
];

const multipartWhereNone: Damage = {
  how: 'as a form',
  codes: ['content_type_unsupported'],
  change: (wire) => ({
    ...withHeader(wire, 'content-type', `multipart/form-data; boundary=${boundary}`),
    payload: `${partOf('a', 'b')}--${boundary}--\r\n`,
  }),
};

const noBody: Damage = {
  how: 'without a body',
  codes: ['validation_failed'],
  change: ({ path, headers: { 'content-type': _, ...headers } }) => ({ path, headers, payload: undefined }),
};

const formOf = (wire: Wire, parts: string): Wire => ({
  ...wire,
  payload: Buffer.from(parts + String(wire.payload ?? '')),
});
const ofForm: readonly Damage[] = [
  {
    how: 'cut short',
    codes: ['multipart_invalid'],
    change: (wire) => ({
      ...wire,
      payload: Buffer.from(String(wire.payload ?? '').slice(0, -boundary.length)),
    }),
  },
  {
    how: 'a part twice',
    codes: ['multipart_invalid'],
    change: (wire) => formOf(wire, partOf('a', 'b') + partOf('a', 'b')),
  },
  {
    how: 'a part of an empty name, which is no field',
    codes: ['validation_failed'],
    change: (wire) => formOf(wire, partOf('', 'b')),
  },
  {
    how: '__proto__ as a part',
    codes: ['multipart_invalid'],
    change: (wire) => formOf(wire, partOf('__proto__', 'b')),
  },
  {
    how: '20 parts',
    codes: ['multipart_invalid'],
    change: (wire) => formOf(wire, Array.from({ length: 20 }, (_, at) => partOf(`p${at}`, 'b')).join('')),
  },
  {
    how: 'another boundary than is named',
    codes: ['multipart_invalid'],
    change: (wire) => withHeader(wire, 'content-type', 'multipart/form-data; boundary=other'),
  },
  {
    how: 'no boundary',
    codes: ['multipart_invalid'],
    change: (wire) => withHeader(wire, 'content-type', 'multipart/form-data'),
  },
];

/** What can be done to the bytes of a request, whatever its values. */
function damagesOf({ operation, body }: Draft): readonly Damage[] {
  const { name, bodies, path, needsBody } = operation;
  return [
    ...ofAnyRequest,
    ...(path.endsWith('}') ? ofPath : []),
    ...(body === null || isForm(body) || isBytes(body) ? [] : ofJson),
    ...(body !== null && !bodies.some(isForm) ? [multipartWhereNone] : []),
    ...(body !== null && isForm(body) ? ofForm : []),
    ...(needsBody && !takesAnyBody(operation) ? [noBody] : []),
  ].map((damage) => ({ ...damage, codes: [...damage.codes, ...(specificRefusals[name] ?? [])] }));
}

/** Requests that the description forbids, each by one change of an allowed one. */
export function forbiddenRequests(operation: Operation, samples: Samples): fc.Arbitrary<Draft> {
  return allowedRequests(operation, samples)
    .chain((draft) => fc.oneof(...changesOf(draft).map((changed) => fc.constantFrom(...changed))))
    .filter(isForbidden);
}

/** Every such change of one request for each content type, of those that the seed makes the one with most in it. */
export function everyForbiddenRequest(operation: Operation, samples: Samples, seed: number): Draft[] {
  const fullest = new Map<string, Draft>();
  for (const draft of fc.sample(allowedRequests(operation, samples), { seed, numRuns: 40 })) {
    const type = draft.body?.type ?? '';
    const known = fullest.get(type);
    if (known === undefined || fieldsOf(draft) > fieldsOf(known)) fullest.set(type, draft);
  }
  return [...fullest.values()].flatMap((draft) => [...new Set(changesOf(draft))].flat().filter(isForbidden));
}

const fieldsOf = ({ query, headers, body }: Draft): number =>
  Object.keys({ ...query, ...headers }).length + Object.keys(body?.value ?? {}).length;

/** Changes by what is changed: the bytes, the body, each parameter. */
function changesOf(draft: Draft): Draft[][] {
  const { body, operation } = draft;
  const damaged = damagesOf(draft).map((damage): Draft => ({
    ...draft,
    how: damage.how,
    damage,
    rule: `${damage.how} ${body?.type ?? ''}`,
  }));
  const ofBody =
    body === null
      ? []
      : breaksOf(body.schema, body.value).map(({ how, value, of, rule = how }): Draft => ({
          ...draft,
          how: `body: ${how}`,
          body: { ...body, value },
          rule: `${body.type} ${rule} ${JSON.stringify(of)}`,
        }));
  const ofParameters = operation.parameters.map(({ in: place, name, schema }) => {
    const part = place === 'path' ? 'path' : place === 'query' ? 'query' : 'headers';
    return brokenTexts(schema, draft[part][name] ?? '1').map(({ how, value, of }): Draft => ({
      ...draft,
      how: `${place} ${name}: ${how}`,
      rule: `${place} ${name}: ${how} ${JSON.stringify(of)}`,
      [part]: {
        ...draft[part],
        [name]: place === 'header' ? value.replaceAll(/[^\x20-\x7e]/g, '~') : value,
      },
    }));
  });
  // A body has more to be broken than all the rest.
  return [damaged, ofBody, ofBody, ofBody, ...ofParameters].filter((changed) => changed.length > 0);
}
