// Baseline: a Fastify route that verifies the token of every request with fast-jwt, and does nothing else.
import { createVerifier } from 'fast-jwt';
import Fastify from 'fastify';

const verify = createVerifier({
  key: process.env['JWT_SECRET'] ?? '',
  algorithms: ['HS512'],
  allowedIss: 'velro',
  allowedAud: 'velro-api',
  cache: false,
});
const app = Fastify();
app.get('/api/v1/auth/session', (request, reply) => {
  try {
    const token = request.headers.authorization?.slice(7) ?? '';
    const { sub, sid, jti, role, auth_time, iat, exp } = verify(token) as Record<string, unknown>;
    return { sub, sid, jti, role, auth_time, iat, exp };
  } catch {
    return reply.code(401).send({ error: 'unauthorized' });
  }
});
process.stdout.write(`{"url":"${await app.listen({ port: 0, host: '127.0.0.1' })}"}\n`);
process.once('SIGTERM', () => void app.close());
