// The yardstick: a Fastify route that verifies the token of every request with a fast library, and does nothing else.
import { createVerifier } from 'fast-jwt';
import Fastify from 'fastify';

const verify = createVerifier({
  key: process.env.JWT_SECRET,
  algorithms: ['HS512'],
  allowedIss: 'velro',
  allowedAud: 'velro-api',
  cache: false,
});
const app = Fastify();
app.get('/api/v1/auth/session', (request, reply) => {
  try {
    const { sub, sid, jti, role, auth_time, iat, exp } = verify(request.headers.authorization.slice(7));
    reply.send({ sub, sid, jti, role, auth_time, iat, exp });
  } catch {
    reply.code(401).send({ error: 'unauthorized' });
  }
});
process.stdout.write(`{"url":"${await app.listen({ port: 0, host: '127.0.0.1' })}"}\n`);
process.once('SIGTERM', () => app.close());
