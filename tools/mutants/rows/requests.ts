import type { Mutant } from '../mutant.ts';

const crossSite = 'src/perimeter/hooks/cross-site.hook.ts';

/** What is refused or read before a request is routed: where it came from, its bytes, and the headers of the refusal. */
export const requestMutants: readonly Mutant[] = [
  ...(
    [
      [
        "a cross-site request counts as its visitor's",
        crossSite,
        "site !== 'cross-site' && site !== 'same-site'",
        "site !== 'same-site'",
        'uses up nothing',
      ],
      [
        'a cross-site picture with text in its URL is evidence against its visitor',
        crossSite,
        '|| !plainTarget.test(url)',
        '|| url === plainTarget.source',
        'is no evidence',
      ],
      [
        'a cross-site request of any origin that names itself is accepted',
        crossSite,
        'return origin === undefined || !isOwnOrigin(origin);',
        'return origin === undefined;',
        'is no evidence',
      ],
      [
        'any route may be linked to from another site',
        crossSite,
        '(isNavigation && isBelow(openPages, route))',
        'isNavigation',
        'is refused as a link',
      ],
      [
        "a report of another site's page counts as its visitor's",
        crossSite,
        "&& request.method === 'POST') {\n      void",
        "&& request.method === 'PUT') {\n      void",
        'reports no violation',
      ],
    ] as const
  ).map(([title, file, find, replace, test]): Mutant => ({
    title,
    file,
    find,
    replace,
    specs: ['test/perimeter/drive-by.spec.ts'],
    test,
  })),
  {
    title: 'a stream that is asked for while the others end is kept open',
    file: 'src/features/generations/events/generation-events.ts',
    find: 'if (this.isEnding) stream.end();',
    replace: '',
    specs: ['test/journeys/stream-ends.spec.ts'],
    test: 'at a shutdown',
  },
  {
    title: 'the listener closes with the stop signal',
    file: 'src/application.ts',
    find: '  if (server.listening) await sleep(config.server.shutdownGraceMs);\n',
    replace: '',
    specs: ['test/faults/rolling-restart.spec.ts'],
  },
  {
    title: 'answers keep their connections while the instance stops',
    file: 'src/perimeter/http/connection-drain.ts',
    find: 'return this.shutdown.hasBegun || this.closed;',
    replace: 'return this.closed;',
    specs: ['test/faults/rolling-restart.spec.ts'],
  },
  {
    title: 'an instance that stops is ready',
    file: 'src/features/health/health.presenter.ts',
    find: ' && !isStopping',
    replace: '',
    specs: ['test/faults/rolling-restart.spec.ts'],
  },
  {
    title: 'a path is decoded twice',
    file: 'src/perimeter/http/known-paths.ts',
    find: 'request.is404 ? paths.find(request.url) : null',
    replace: 'request.is404 ? paths.find(decodeURIComponent(request.url)) : null',
    specs: ['test/perimeter/bad-input.spec.ts'],
    test: 'a path is decoded once',
  },
  ...(
    [
      [
        'JSON that is not UTF-8 is read with replacement characters',
        'src/perimeter/http/json-body.ts',
        'return parseJson(decodeUtf8(body) ?? refuse(), limits);',
        'return parseJson(body.toString());',
      ],
      [
        'a form field that is not UTF-8 is read with replacement characters',
        'src/perimeter/input/multipart.ts',
        'const text = decodeUtf8(bytes);',
        'const text = bytes.toString();',
      ],
    ] as const
  ).map(([title, file, find, replace]): Mutant => ({
    title,
    file,
    find,
    replace,
    specs: ['test/perimeter/undecodable-bodies.spec.ts'],
  })),
  ...(
    [
      [
        'a port behind the client of a proxy makes it unreadable',
        'src/network/client-address.ts',
        'const next = parseEntry(hop.trim());',
        'const next = parse(hop.trim());',
        'src/network/client-address.spec.ts',
      ],
      [
        'an unreadable client of a proxy is taken as the proxy in silence',
        'src/network/client-address.ts',
        'if (header !== null && isUnreadable) onUnreadable(header);\n    else if',
        'if',
        'src/network/client-address.spec.ts',
      ],
      [
        'each unreadable client of a proxy is warned about',
        'src/network/unreadable-addresses.ts',
        'this.hasWarned = true;',
        '',
        'test/perimeter/trusted-proxy.spec.ts',
      ],
      [
        'unreadable clients of a proxy are not counted',
        'src/network/unreadable-addresses.ts',
        'this.listeners?.count();',
        '',
        'test/perimeter/trusted-proxy.spec.ts',
      ],
      [
        'garbage behind a request is answered before it',
        'src/perimeter/http/unparsed-requests.ts',
        'if (answerOf(socket) === null) write();',
        'if (answerOf(socket)?.headersSent !== true) write();',
        'test/perimeter/pipelined-garbage.spec.ts',
      ],
      [
        'of two requests before garbage one is answered',
        'src/perimeter/http/unparsed-requests.ts',
        'endBehindAnswers(socket, refuse, end);\n    });',
        'end();\n    });',
        'test/perimeter/pipelined-garbage.spec.ts',
      ],
      [
        'CONNECT behind a request is answered before it',
        'src/perimeter/http/unparsed-requests.ts',
        'endBehindAnswers(socket, write, write);',
        'write();',
        'test/perimeter/pipelined-garbage.spec.ts',
      ],
      [
        'refusals of the parser have no CORS headers',
        'src/perimeter/http/unparsed-requests.ts',
        '{ ...headers, ...cors.headersForBytes(packet) }',
        'headers',
        'test/perimeter/cors.spec.ts',
      ],
      [
        'headers that are too large reach a route',
        'src/perimeter/http/request-checks.ts',
        'bytesOf(raw.rawHeaders) > requestLimits.headerBytes',
        'bytesOf(raw.rawHeaders) < 0',
        'test/perimeter/cors.spec.ts',
      ],
      [
        'refusals before the hooks have no CORS headers',
        'src/perimeter/http/http-server.ts',
        'reply.headers(cors.headersFor(request.headers.origin))',
        'reply',
        'test/perimeter/cors.spec.ts',
      ],
      [
        'CORS_ALLOWED_HEADERS has no effect',
        'src/perimeter/policy/cors.ts',
        '[...corsPolicy.requestHeaders, ...added]',
        '[...corsPolicy.requestHeaders, ...added.slice(9)]',
        'test/perimeter/cors.spec.ts',
      ],
      [
        'any text is a header name',
        'config/values/header-names.ts',
        "entry === '*' || !fieldName.test(entry)",
        "entry === '' || fieldName.flags === 'x'",
        'test/boot/refused-boots.spec.ts',
      ],
    ] as const
  ).map(([title, file, find, replace, spec]): Mutant => ({ title, file, find, replace, specs: [spec] })),
];
