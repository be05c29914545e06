import type { FastifyRequest } from 'fastify';
import { rememberedAgents } from '../../../config/policy/perimeter/probes.js';
import type { SecurityEvents } from '../../observability/security-events.js';
import { detectIn } from '../detection/detect.js';
import { inspectValue } from '../detection/inspect.js';
import type { MaliciousKind } from '../detection/kinds.js';
import { memoize } from '../../cache/bounded-cache.js';
import { clientContextOf } from '../../network/client-context.js';
import { maliciousTextDetected } from '../perimeter.events.js';

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

const plainTarget = /^[\w\-/]*$/;
const kindsInAgent = memoize(rememberedAgents, detectIn);
const nothing: readonly MaliciousKind[] = [];

/**
 * Inspects the URL, user agent and body of a request for attacks. Records and never refuses, because legitimate text
 * may be about SQL. One event per request, attributed to the caller if signed in.
 */
export function noteMaliciousText(
  request: FastifyRequest,
  events: SecurityEvents,
  { prompt }: { prompt: boolean },
): void {
  const [target, agent, body] = [
    inTarget(request.url),
    inAgent(request.headers),
    inBody(request.body, prompt),
  ];
  if (target.length === 0 && agent.length === 0 && body.length === 0) return;
  const kinds = new Set([...target, ...agent, ...body]);
  maliciousTextDetected(events, clientContextOf(request), kinds);
}

/** As `noteMaliciousText`, for the text fields of a multipart body, which is read later. */
export function noteMaliciousFields(
  request: FastifyRequest,
  events: SecurityEvents,
  fields: Readonly<Record<string, string>>,
): void {
  const kinds = inBody(fields, false);
  if (kinds.length > 0) maliciousTextDetected(events, clientContextOf(request), new Set(kinds));
}

function inTarget(url: string): readonly MaliciousKind[] {
  return plainTarget.test(url) ? nothing : detectIn(url);
}

function inAgent({ 'user-agent': agent, referer }: FastifyRequest['headers']): readonly MaliciousKind[] {
  const found = agent === undefined ? nothing : kindsInAgent(agent);
  return referer === undefined ? found : [...found, ...detectIn(referer)];
}

function inBody(body: unknown, prompt: boolean): readonly MaliciousKind[] {
  if (typeof body !== 'object' || body === null) return nothing;
  if (Array.isArray(body)) return inspectValue(body, { prompt });
  const open = Object.entries(body).filter(([name]) => !secretFields.has(name));
  return inspectValue(Object.fromEntries(open), { prompt });
}
