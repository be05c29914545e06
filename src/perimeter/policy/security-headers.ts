import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import { securityPolicy } from '../../../config/policy/perimeter/headers.js';

/** Header names in lower case and their values. */
export type Headers = Readonly<Record<string, string>>;

/**
 * The headers of every answer. Helmet computes them once, on a dummy response; answers to unparsable requests, which no
 * hook sees, carry the same ones.
 */
export function securityHeaders(): Headers {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const compute = helmet({
    contentSecurityPolicy: false,
    strictTransportSecurity: securityPolicy.hsts,
    referrerPolicy: { policy: securityPolicy.referrerPolicy },
    xFrameOptions: { action: 'deny' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });
  compute(request, response, (error) => {
    if (error !== undefined) throw error instanceof Error ? error : new Error('helmet failed');
  });
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.getHeaders())) headers[name] = String(value);
  return Object.freeze({
    ...headers,
    'content-security-policy': securityPolicy.contentSecurityPolicy,
    'reporting-endpoints': securityPolicy.reportingEndpoints,
    'x-xss-protection': securityPolicy.xssProtection,
    'permissions-policy': securityPolicy.permissionsPolicy,
    'cache-control': 'no-store',
  });
}
