import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Visitor } from './http.js';
import { MediaServer } from './media-server.js';

/** Answers as no service of ours does. */
describe('a visitor', () => {
  let server: MediaServer;
  let visitor: Visitor;
  beforeAll(async () => {
    server = await MediaServer.start(({ url }, response) => {
      if (url?.endsWith('/events')) {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end('id: 1\nevent: odd\ndata: {}\n\n');
      } else response.writeHead(418).end();
    });
    visitor = new Visitor(server.url(''));
  });
  afterAll(async () => {
    await server.stop();
  });

  it('takes no answer that the API description does not know', async () => {
    await expect(visitor.call('/api/v1/credits/balance')).rejects.toThrow('the status 418 is not described');
  });

  it('takes no event that it does not know', async () => {
    const path = '/api/v1/generations/0193c1f0-7d1e-7cc0-9b57-2f7de54aa001/events';
    await expect(visitor.events(path, 'token')).rejects.toThrow(`an event of ${path}`);
  });
});
