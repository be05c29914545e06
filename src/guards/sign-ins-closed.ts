import { incidentPolicy } from '../../config/policy/privacy/incidents.js';
import { Problem } from '../errors/problem.js';

export const signInsClosed = (): Problem =>
  new Problem('sign_ins_closed', { headers: { 'retry-after': String(incidentPolicy.retryAfterSeconds) } });
