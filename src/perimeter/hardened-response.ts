import {
  ServerResponse,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
} from 'node:http';
import type { Headers } from './security-headers.js';

/**
 * The answers of a server whose every answer carries these headers, whoever writes it and however: a header of the same
 * name that an answer sets itself wins.
 */
export function hardenedResponse(always: Headers) {
  const [names, values] = [Object.keys(always), Object.values(always)];
  return class HardenedResponse<
    Request extends IncomingMessage = IncomingMessage,
  > extends ServerResponse<Request> {
    override writeHead(statusCode: number, ...rest: unknown[]): this {
      const reason = rest.find((part) => typeof part === 'string');
      const own = rest.find((part) => typeof part === 'object' && part !== null) as
        OutgoingHttpHeaders | undefined;
      // Nobody here writes them as a list; whoever does says all of them.
      if (Array.isArray(own)) return Reflect.apply(super.writeHead, this, [statusCode, ...rest]) as this;
      const headers: OutgoingHttpHeader[] = [];
      for (let at = 0; at < names.length; at++) {
        const name = names[at] ?? '';
        if ((own !== undefined && name in own) || this.hasHeader(name)) continue;
        headers.push(name, values[at] ?? '');
      }
      for (const name in own) headers.push(name, own[name] ?? '');
      return typeof reason === 'string'
        ? super.writeHead(statusCode, reason, headers)
        : super.writeHead(statusCode, headers);
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
