import type { FastifyRequest } from 'fastify';
import { rememberedAgents } from '../../../config/policy/perimeter/probes.js';
import type { SecurityEvents } from '../../observability/security-events.js';
import { bitsOf } from '../detection/detect.js';
import { type RequestTexts, inspectRequest } from '../detection/inspect.js';
import { BoundedCache } from '../../cache/bounded-cache.js';
import { clientContextOf } from '../../network/client-context.js';
import { maliciousTextDetected, textUnjudged } from '../perimeter.events.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether the texts of the request were inspected for attacks. */
    isInspected: boolean;
  }
}

/** Fields with secrets: any text is legitimate in them, so they are not inspected. */
const secretFields: ReadonlySet<string> = new Set([
  'password',
  'current_password',
  'new_password',
  'token',
  'refresh_token',
  'supabase_access_token',
  'mfa_token',
  'code',
]);

/** A path of words: none of the signs that the detector looks for. */
const plainTarget = /^[\w\-/]*$/;

/** What was found in the agents of the last requests, which are few and come again. */
const bitsOfAgents = new BoundedCache<number>(rememberedAgents.entries);

/**
 * Inspects the URL, user agent, referer and body of a request for attacks. Records and never refuses, because legitimate
 * text may be about SQL. At most one event per request, attributed to the caller if signed in: what was found, or that a part
 * was not judged.
 */
export function noteMaliciousText(
  request: FastifyRequest,
  events: SecurityEvents,
  { prompt, body }: { readonly prompt: boolean; readonly body: boolean },
): void {
  request.isInspected = true;
  const { 'user-agent': agent, referer } = request.headers;
  const hasBody = body && request.body !== undefined && request.body !== null;
  // Most requests have no text that could be an attack: no account of their work is opened.
  const hasText = hasBody || referer !== undefined || !plainTarget.test(request.url);
  if (!hasText && (agent === undefined || bitsOfAgent(agent) === 0)) return;
  note(request, events, {
    target: request.url,
    ...(agent === undefined ? {} : { agent: () => bitsOfAgent(agent) }),
    ...(referer === undefined ? {} : { referer }),
    ...(body ? { body: request.body, except: secretFields } : {}),
    prompt,
  });
}

/** As `noteMaliciousText`, for the text fields of a multipart body, which is read later. */
export function noteMaliciousFields(
  request: FastifyRequest,
  events: SecurityEvents,
  fields: Readonly<Record<string, unknown>>,
): void {
  note(request, events, { body: fields, except: secretFields });
}

function note(request: FastifyRequest, events: SecurityEvents, texts: RequestTexts): void {
  const { kinds, isUnjudged } = inspectRequest(texts);
  if (kinds.length > 0) {
    maliciousTextDetected(events, clientContextOf(request), new Set(kinds), isUnjudged);
  } else if (isUnjudged) textUnjudged(events, clientContextOf(request));
}

/** Judged first in a request, while all of its work is left: what is remembered does not depend on the request. */
function bitsOfAgent(agent: string): number {
  if (agent.length > rememberedAgents.characters) return bitsOf(agent, false);
  const known = bitsOfAgents.get(agent);
  if (known !== undefined) return known;
  const found = bitsOf(agent, false);
  bitsOfAgents.set(agent, found);
  return found;
}
