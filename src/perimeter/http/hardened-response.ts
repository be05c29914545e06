import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Headers } from '../policy/security-headers.js';

/** Headers as Node passes them: by name, as a flat list of names and values, or as a list of pairs. */
type OwnHeaders = Readonly<Record<string, unknown>> | unknown[] | null | undefined;

declare module 'node:http' {
  interface OutgoingMessage {
    /**
     * Node's method that serialises the headers of every message. Undocumented, but present since its first versions:
     * the boot stops where it is missing, and tests check the headers of every answer.
     */
    _storeHeader(firstLine: string, headers: OwnHeaders): void;
  }
}

/**
 * A response class that adds these headers to every answer, however it is written; a header of the same name set by the
 * answer wins. They are validated and serialised once, not per answer.
 */
export function hardenedResponse(always: Headers) {
  if (typeof ServerResponse.prototype._storeHeader !== 'function')
    throw new Error(
      'this version of Node has no OutgoingMessage._storeHeader, where the security headers are added',
    );
  const lines = new Map(Object.entries(always).map(([name, value]) => [name, lineOf(name, value)]));
  const all = [...lines.values()].join('');
  return class HardenedResponse<
    Request extends IncomingMessage = IncomingMessage,
  > extends ServerResponse<Request> {
    override _storeHeader(firstLine: string, headers: OwnHeaders): void {
      super._storeHeader(firstLine + (setsOneOf(lines, headers) ? without(lines, headers) : all), headers);
    }

    /**
     * Node writes head and body of a short answer as one string, and encodes it as UTF-8. For an ASCII body a plain
     * copy gives the same bytes and is considerably faster.
     */
    override end(...parameters: unknown[]): this {
      const [chunk, encoding] = parameters;
      const isText =
        encoding === undefined || encoding === null || encoding === 'utf8' || typeof encoding === 'function';
      if (!isText || typeof chunk !== 'string' || Buffer.byteLength(chunk) !== chunk.length)
        return Reflect.apply(super.end, this, parameters) as this;
      const callback = parameters.find((part) => typeof part === 'function') as (() => void) | undefined;
      return super.end(chunk, 'latin1', callback);
    }
  };
}

/** As Node serialises it; a header that Node would refuse stops the boot. */
function lineOf(name: string, value: string): string {
  if (!/^[a-z0-9-]+$/.test(name) || !/^[\x20-\x7e]*$/.test(value)) throw new Error(`not a header: ${name}`);
  return `${name}: ${value}\r\n`;
}

function setsOneOf(lines: ReadonlyMap<string, string>, headers: OwnHeaders): boolean {
  if (Array.isArray(headers)) return true;
  for (const name in headers) if (lines.has(name) || lines.has(name.toLowerCase())) return true;
  return false;
}

function without(lines: ReadonlyMap<string, string>, headers: OwnHeaders): string {
  const own = new Set(namesOf(headers).map((name) => String(name).toLowerCase()));
  return [...lines].map(([name, line]) => (own.has(name) ? '' : line)).join('');
}

function namesOf(headers: OwnHeaders): unknown[] {
  if (!Array.isArray(headers)) return Object.keys(headers ?? {});
  return Array.isArray(headers[0])
    ? headers.map((pair: unknown) => (Array.isArray(pair) ? (pair[0] as unknown) : undefined))
    : headers.filter((_, at) => at % 2 === 0);
}
