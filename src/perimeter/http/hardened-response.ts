import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Headers } from '../policy/security-headers.js';

/** Headers of an answer as Node hands them on: by name, as a list of names and values in turn, or as a list of pairs. */
type OwnHeaders = Readonly<Record<string, unknown>> | unknown[] | null | undefined;

declare module 'node:http' {
  interface OutgoingMessage {
    /**
     * Where Node turns the headers of a message into text, whoever wrote them and however. Not documented, and there
     * since its first versions: the boot stops where it is missing, and every answer is tested for its headers.
     */
    _storeHeader(firstLine: string, headers: OwnHeaders): void;
  }
}

/**
 * The answers of a server whose every answer carries these headers, whoever writes it and however: a header of the same
 * name that an answer sets itself wins. They are known beforehand, so they are checked and written once, not by answer.
 */
export function hardenedResponse(always: Headers) {
  if (typeof ServerResponse.prototype._storeHeader !== 'function')
    throw new Error('this version of Node has no place where every answer can be given its headers');
  const lines = new Map(Object.entries(always).map(([name, value]) => [name, lineOf(name, value)]));
  const all = [...lines.values()].join('');
  return class HardenedResponse<
    Request extends IncomingMessage = IncomingMessage,
  > extends ServerResponse<Request> {
    override _storeHeader(firstLine: string, headers: OwnHeaders): void {
      super._storeHeader(firstLine + (setsOneOf(lines, headers) ? without(lines, headers) : all), headers);
    }

    /**
     * Node writes head and body of a short answer as one string, and encodes it as UTF-8. Where the body is ASCII the
     * same bytes come out of a plain copy, which is a good part of what an answer costs.
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

/** As Node would write it; what it would refuse is refused at boot. */
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
