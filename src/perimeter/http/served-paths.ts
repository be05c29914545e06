import type { FastifyRequest } from 'fastify';
import type { Role } from '../../../config/config.js';
import { Problem } from '../../errors/problem.js';
import { pathOf } from './request-path.js';

/** What an instance answers that takes jobs alone: probes, Prometheus, the operator. */
const ofWorkers = /^\/(health|ops)(\/|$)|^\/metrics$/;

/** The fault of a request for what instances of this role do not serve: of a worker, every other path. */
export function unservedBy(role: Role): (request: FastifyRequest) => Problem | null {
  if (role !== 'worker') return () => null;
  return ({ url }) => (ofWorkers.test(pathOf(url)) ? null : new Problem('not_found'));
}
