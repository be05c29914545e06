import type { FastifyInstance } from 'fastify';
import { cspReportBytes, cspReportPath, cspReportTypes } from '../../../config/policy/perimeter/headers.js';
import {
  deletionPath,
  longBodies,
  messengerBodyBytes,
  messengerPath,
  requestLimits,
  signedBodyBytes,
  signedBodyPaths,
} from '../../../config/policy/perimeter/http.js';
import { Problem } from '../../errors/problem.js';
import { decodeUtf8 } from '../../../config/values/utf8.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The raw body, on paths with signed requests. */
    rawBody?: Uint8Array;
  }
}

const signedPaths: ReadonlySet<string | undefined> = new Set(signedBodyPaths);

/**
 * The only body this service parses: JSON in UTF-8, of bounded depth and number of values, without NUL characters (which
 * PostgreSQL refuses) and without keys for prototype pollution.
 */
export function acceptJsonOnly(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    if (signedPaths.has(route.url)) route.bodyLimit = signedBodyBytes;
    if (route.url === `/${messengerPath}`) route.bodyLimit = messengerBodyBytes;
    const long = longBodies.get(route.url);
    if (long !== undefined) route.bodyLimit = long.bytes;
    if (route.url === `/${cspReportPath}`) route.bodyLimit = cspReportBytes;
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      // A signed body is read by the feature, after its signature is verified, and counted where it is not.
      if (signedPaths.has(request.routeOptions.url)) {
        request.rawBody = Buffer.from(body);
        done(null, undefined);
        return;
      }
      // Programs send the content type with an empty body as well: that is no body.
      const values = longBodies.get(request.routeOptions.url ?? '')?.values;
      done(null, body.length === 0 ? undefined : parseBytes(body, { values }));
    } catch (error) {
      done(error as Error);
    }
  });
  // Meta signs within a form, which the feature reads.
  server.addContentTypeParser<Buffer>(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (request, body, done) => {
      if (request.routeOptions.url !== `/${deletionPath}`) {
        done(new Problem('content_type_unsupported'));
        return;
      }
      request.rawBody = Buffer.from(body);
      done(null, undefined);
    },
  );
  // Browsers send reports as other media types of JSON, accepted on the report path only.
  server.addContentTypeParser<Buffer>([...cspReportTypes], { parseAs: 'buffer' }, (request, body, done) => {
    try {
      if (request.routeOptions.url !== `/${cspReportPath}`) throw new Problem('content_type_unsupported');
      done(null, parseBytes(body));
    } catch (error) {
      done(error as Error);
    }
  });
}

function parseBytes(body: Buffer, limits: JsonLimits = {}): unknown {
  return parseJson(decodeUtf8(body) ?? refuse(), limits);
}

function refuse(): never {
  throw new Problem('json_invalid', { cause: new Error('the body is not UTF-8') });
}

/** What a body may have beside what every body may. */
export interface JsonLimits {
  /** How many values. */
  readonly values?: number | undefined;
  readonly depth?: number;
  /** Whether texts may have what PostgreSQL refuses: whoever keeps one cleans it. */
  readonly anyText?: boolean;
}

/** @throws Problem `json_invalid` or `json_too_complex` */
export function parseJson(text: string, limits: JsonLimits = {}): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Problem('json_invalid', { cause: error });
  }
  if (!simpleEnough(value, limits)) throw new Problem('json_too_complex');
  return value;
}

/** Iterative: recursion could overflow the stack by depth. */
function simpleEnough(
  root: unknown,
  { values = requestLimits.jsonValues, depth: most = requestLimits.jsonDepth, anyText = false }: JsonLimits,
): boolean {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  let seen = 0;
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const { value, depth } = item;
    if (++seen > values || depth > most) return false;
    if (typeof value === 'string' && !anyText && !isCleanText(value)) return false;
    if (typeof value !== 'object' || value === null) continue;
    const keys = Object.keys(value);
    if (seen + open.length + keys.length > values) return false;
    for (const key of keys) {
      if (key in Object.prototype || key === 'prototype' || !isCleanText(key)) return false;
      open.push({ value: (value as Record<string, unknown>)[key], depth: depth + 1 });
    }
  }
  return true;
}

/** PostgreSQL refuses NUL; a lone surrogate is no character, and codecs treat it differently. */
function isCleanText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
