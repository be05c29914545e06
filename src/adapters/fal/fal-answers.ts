import {
  GenerationRefused,
  type FailureCode,
  type ProviderMedia,
  type ProviderStatus,
} from '../../ports/generation-provider.js';
import { FalSilent } from './fal-errors.js';
import { fieldOf } from './fal-json.js';
import { maxResults } from './fal-limits.js';
import { isReference } from './fal-order.js';
import { codeOfKinds } from './fal-rejection.js';

const maxPosition = 1_000_000;
const maxUrlLength = 4096;
const loopbackHosts = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** @throws FalSilent when the answer to a submit carries no reference */
export function referenceOf(answer: unknown): string {
  const reference = fieldOf(answer, 'request_id');
  if (!isReference(reference)) throw new FalSilent('no reference');
  return reference;
}

/** A parsed status; `unexplained`: failed, and only the result has the reason. */
export type StatusView = ProviderStatus | { readonly state: 'unexplained' };

/** @throws FalSilent when it is no status, or that of another job */
export function viewOf(answer: unknown, reference: string): StatusView {
  const id = fieldOf(answer, 'request_id');
  if (id !== undefined && id !== reference) throw new FalSilent('the status of another job');
  switch (fieldOf(answer, 'status')) {
    case 'IN_QUEUE':
      return { state: 'queued', position: positionOf(fieldOf(answer, 'queue_position')) };
    case 'IN_PROGRESS':
      // Progress is at most in a model's log lines, in no fixed format.
      return { state: 'running', percent: null };
    case 'COMPLETED':
      return endOf(answer);
    default:
      throw new FalSilent('no state');
  }
}

function endOf(answer: unknown): StatusView {
  const [error, kind] = [fieldOf(answer, 'error'), fieldOf(answer, 'error_type')];
  if ([error, kind].every((each) => each === undefined || each === null || each === ''))
    return { state: 'finished' };
  const code: FailureCode | null = codeOfKinds(typeof kind === 'string' ? [kind] : []);
  return code === null ? { state: 'unexplained' } : { state: 'failed', code };
}

function positionOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxPosition
    ? value
    : null;
}

/** @throws FalSilent when it is no response to a cancel */
export function cancelOf(answer: unknown): 'cancelled' | 'finished' {
  switch (fieldOf(answer, 'status')) {
    case 'OK':
    case 'CANCELLATION_REQUESTED':
    case 'NOT_FOUND':
      return 'cancelled';
    case 'ALREADY_COMPLETED':
      return 'finished';
    default:
      throw new FalSilent('no word on the cancel');
  }
}

/**
 * The links of a result, whose shape depends on the model, without those whose content fal's own check has flagged.
 * @throws GenerationRefused `provider_failed` when there is none, `content_refused` when all are flagged, `media_refused`
 *   when one cannot be a link of fal's
 */
export function mediaOf(answer: unknown): readonly ProviderMedia[] {
  const [images, videos] = [fieldOf(answer, 'images'), fieldOf(answer, 'videos')];
  const files = [
    ...(Array.isArray(images) ? (images as unknown[]) : []),
    fieldOf(answer, 'image'),
    fieldOf(answer, 'video'),
    ...(Array.isArray(videos) ? (videos as unknown[]) : []),
  ].filter((file) => file !== undefined && file !== null);
  if (files.length === 0) throw new GenerationRefused('provider_failed');
  const flags = fieldOf(answer, 'has_nsfw_concepts');
  const isFlagged = (at: number): boolean => (Array.isArray(flags) ? flags[at] === true : flags === true);
  const allowed = files.filter((_file, at) => !isFlagged(at));
  if (allowed.length === 0) throw new GenerationRefused('content_refused');
  return allowed.slice(0, maxResults).map((file) => ({ kind: 'url', url: linkOf(fieldOf(file, 'url')) }));
}

function linkOf(value: unknown): string {
  if (typeof value !== 'string' || value.length > maxUrlLength) throw new GenerationRefused('media_refused');
  const url = URL.parse(value);
  const allowed =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && loopbackHosts.has(url.hostname));
  if (!allowed) throw new GenerationRefused('media_refused');
  return value;
}
