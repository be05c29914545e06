import type { Mutant } from '../../mutant.ts';

const request = 'src/adapters/https/single-request.ts';
const graph = ['src/adapters/meta/graph-api.spec.ts'];

/** What was certainly not sent, and what may have been. */
export const connectionMutants: readonly Mutant[] = [
  {
    title: 'a call may take a connection that was idle for longer than its server keeps it',
    file: request,
    find: ' < oldest) socket.destroy()',
    replace: ' < oldest) continue',
    specs: ['src/adapters/https/kept-connections.spec.ts'],
    test: 'loses no request',
  },
  {
    title: 'connections to language models are kept for ever',
    file: 'src/adapters/ai-sdk/single-fetch.ts',
    find: 'new KeptConnections(modelIdleMs)',
    replace: 'new KeptConnections(modelIdleMs * 1000)',
    specs: ['test/journeys/openai.spec.ts'],
    test: 'over a new connection to the provider',
  },
  {
    title: 'a connection that is never made takes the time of the whole call',
    file: request,
    find: "    outgoing.destroy(new Error('the connection took too long'));\n",
    replace: '',
    specs: graph,
    test: 'dropped without an answer',
  },
  {
    title: 'a request is written before its connection is secured',
    file: request,
    find: "socket.once(isSecure ? 'secureConnect' : 'connect', onConnected)",
    replace: "socket.once('connect', onConnected)",
    specs: graph,
    test: 'but not secured',
  },
  {
    title: 'a message of Messenger that was written counts as not sent when its time is over',
    file: request,
    find: 'throw progress.isConnected ? cause : new NotSent(cause);',
    replace: 'throw new NotSent(cause);',
    specs: graph,
    test: 'once it was written',
  },
  {
    title: 'a message of Messenger that was never sent counts as sent perhaps',
    file: 'src/adapters/meta/graph-api.ts',
    find: "error instanceof NotSent ? 'unreached' : 'unknown'",
    replace: "'unknown'",
    specs: graph,
  },
  {
    title: 'a question to a model that was never sent is charged',
    file: 'src/adapters/ai-sdk/single-fetch.ts',
    find: 'const wasSent = !(cause instanceof NotSent);',
    replace: 'const wasSent = cause !== null;',
    specs: ['test/contracts/language-model.spec.ts'],
    test: 'charged nothing',
  },
];
