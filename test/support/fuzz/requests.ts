import fc from 'fast-check';
import type { Call } from '../http/http.js';
import { valuesOf } from './arbitrary.js';
import type { Body, Operation } from './operations.js';

/** A request as bytes, nearly. */
export interface Wire {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | Buffer | undefined;
}

/** What is done to the bytes of a request, and the codes by one of which it must be refused. */
export interface Damage {
  readonly how: string;
  readonly codes: readonly string[];
  readonly change: (wire: Wire) => Wire;
}

/** A request by its parts, values not yet encoded. */
export interface Draft {
  readonly operation: Operation;
  readonly how: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: (Body & { readonly value: unknown }) | null;
  readonly damage: Damage | null;
  /** What forbids it, the same text for the same rule of another operation; empty for what is allowed. */
  readonly rule: string;
}

/** Values that the caller's world has: without them most requests would be about what is not there. */
export interface Samples {
  readonly ids: readonly string[];
  readonly fields: Readonly<Record<string, fc.Arbitrary<unknown>>>;
}

const headerText = (value: unknown): string => String(value).replaceAll(/[^\x21-\x7e]/g, 'x');

/** Requests that the description allows. */
export function allowedRequests(operation: Operation, samples: Samples): fc.Arbitrary<Draft> {
  const { parameters, bodies, needsBody } = operation;
  const part = (place: string): fc.Arbitrary<Record<string, string>> => {
    const inPlace = parameters.filter((one) => one.in === place);
    const model = inPlace.map(({ name, schema }) => {
      const own = sampled(name, valuesOf(schema), samples);
      return [name, own.map(place === 'header' ? headerText : String)];
    });
    const requiredKeys = inPlace.filter(({ required }) => required === true).map(({ name }) => name);
    return fc.record(Object.fromEntries(model) as Record<string, fc.Arbitrary<string>>, { requiredKeys });
  };
  const sent = bodies.map((body) => bodyOf(body, samples).map((value) => ({ ...body, value })));
  const body = fc.oneof(...(needsBody && sent.length > 0 ? [] : [fc.constant(null)]), ...sent);
  return fc
    .tuple(part('path'), part('query'), part('header'), body)
    .map(([path, query, headers, chosen]) => ({
      operation,
      how: 'as described',
      path: { ...path },
      query: { ...query },
      headers: { ...headers },
      body: chosen,
      damage: null,
      rule: '',
    }));
}

function sampled(
  name: string,
  values: fc.Arbitrary<unknown>,
  { ids, fields }: Samples,
): fc.Arbitrary<unknown> {
  const own = name === 'id' && ids.length > 0 ? fc.constantFrom(...ids) : fields[name];
  return own === undefined
    ? values
    : fc.oneof({ arbitrary: own, weight: 3 }, { arbitrary: values, weight: 1 });
}

function bodyOf({ schema }: Body, samples: Samples): fc.Arbitrary<unknown> {
  const known = Object.fromEntries(Object.entries(samples.fields).map(([name, values]) => [name, values]));
  return fc
    .tuple(valuesOf(schema), fc.record(known, { requiredKeys: [] }))
    .map(([value, own]) =>
      typeof value !== 'object' || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(
            Object.entries(value).map(([name, made]) => [name, name in own ? own[name] : made]),
          ),
    );
}

export const boundary = 'velro-fuzz-7f3a';

/** The bytes of a request. */
export function wireOf({ operation, path, query, headers, body, damage }: Draft): Wire {
  const filled = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(path[name] ?? ''),
  );
  const search = Object.entries(query).map(
    ([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`,
  );
  const wire: Wire = {
    path: search.length === 0 ? filled : `${filled}?${search.join('&')}`,
    headers: { ...headers, ...typeOf(body) },
    payload: body === null ? undefined : payloadOf(body),
  };
  return damage === null ? wire : damage.change(wire);
}

const typeOf = (body: Body | null): Record<string, string> =>
  body === null ? {} : { 'content-type': isForm(body) ? `${body.type}; boundary=${boundary}` : body.type };

export const isForm = ({ type }: Body): boolean => type === 'multipart/form-data';

/** A body that is read as bytes, whatever they are. */
export const isBytes = ({ type }: Body): boolean => type === 'application/offset+octet-stream';

function payloadOf(body: Body & { readonly value: unknown }): string | Buffer {
  if (!isForm(body)) return JSON.stringify(body.value);
  const fields = typeof body.value === 'object' && body.value !== null ? Object.entries(body.value) : [];
  return Buffer.from(`${fields.map(([name, value]) => partOf(name, value)).join('')}--${boundary}--\r\n`);
}

/** Fields of forms that are files, and what they are declared as. */
export const fileFields: Readonly<Record<string, string>> = {
  reference_image: 'image/png',
  file: 'text/plain',
};

/** As a browser sends a field or a file; what is no text goes as JSON. */
export function partOf(name: string, value: unknown): string {
  const file = fileFields[name] !== undefined && typeof value === 'string';
  const kind =
    typeof value === 'string'
      ? file
        ? `Content-Type: ${fileFields[name] ?? ''}\r\n`
        : ''
      : 'Content-Type: application/json\r\n';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `--${boundary}\r\nContent-Disposition: form-data; name="${name.replaceAll(/[\r\n"]/g, '_')}"${file ? `; filename="a.${fileFields[name] === 'text/plain' ? 'txt' : 'png'}"` : ''}\r\n${kind}\r\n${text}\r\n`;
}

export function callOf(draft: Draft): Call & { readonly path: string } {
  const { path, headers, payload } = wireOf(draft);
  return {
    path,
    method: draft.operation.method,
    headers: {
      ...(payload === undefined ? {} : { 'content-length': String(Buffer.byteLength(payload)) }),
      ...headers,
    },
    ...(payload === undefined ? {} : { raw: payload }),
  };
}

/** For the report of a failure. */
export function printed(draft: Draft): string {
  const { path, headers, payload } = wireOf(draft);
  return `${draft.how}: ${draft.operation.method} ${path} ${JSON.stringify(headers)} ${String(payload ?? '').slice(0, 1000)}`;
}
