import { fail, holds, notApplicable, outside, pass, type Control } from './control.js';

const leastDays = 14;

export const surfaceControls = {
  'tls/certificate': {
    title: `The certificate is trusted and valid for ${String(leastDays)} days and more`,
    remedy: 'Renew the certificate; let the proxy send the whole chain.',
    check: outside((see) => {
      if (!see('isHttps'))
        return see('isLoopback') ? notApplicable('http at loopback') : fail('the address is http');
      const { isTrusted, daysLeft } = see('tls');
      return holds(
        isTrusted && daysLeft >= leastDays,
        `${isTrusted ? 'trusted' : 'not trusted'}, ${String(daysLeft)} days left`,
      );
    }),
  },
  'tls/versions': {
    title: 'TLS 1.2 and 1.3 alone are spoken',
    remedy: 'Let the proxy refuse TLS 1.0 and 1.1.',
    check: outside((see) => {
      if (!see('isHttps'))
        return see('isLoopback') ? notApplicable('http at loopback') : fail('the address is http');
      const { protocol, oldVersions } = see('tls');
      return holds(
        oldVersions.length === 0 && ['TLSv1.2', 'TLSv1.3'].includes(protocol),
        oldVersions.length === 0 ? protocol : `also ${oldVersions.join(', ')}`,
      );
    }),
  },
  'tls/https-only': {
    title: 'Plain HTTP is redirected to HTTPS, or not answered at all',
    remedy: 'Let the proxy redirect port 80.',
    check: outside((see) => {
      if (!see('isHttps'))
        return see('isLoopback') ? notApplicable('http at loopback') : fail('the address is http');
      const { status, headers } = see('plain');
      const isRedirect = status >= 300 && status < 400 && (headers['location'] ?? '').startsWith('https://');
      return holds(
        isRedirect || status === 0,
        status === 0 ? 'nothing listens' : `${String(status)} ${headers['location'] ?? ''}`,
      );
    }),
  },
  'health/endpoint': {
    title: '/health answers, and tells nothing that helps an attacker',
    remedy: 'GET /health/ready says which dependency is away.',
    check: outside((see) => {
      const { status, body } = see('health');
      const tells = /version|host|postgres|redis/i.exec(body);
      return holds(
        status === 200 && tells === null,
        `${String(status)} ${tells === null ? body.slice(0, 80) : `with ${tells[0]}`}`,
      );
    }),
  },
  'surface/debug-routes': {
    title: 'Debug routes answer nobody without credentials',
    remedy: 'Set ENABLE_DEBUG_ENDPOINTS=false.',
    check: outside((see) => {
      const open = see('debugRoutes').filter(({ status }) => status < 400);
      return holds(
        open.length === 0 && see('debugRoutes').length > 0,
        open.map(({ request }) => request).join(', ') || 'none is open',
      );
    }),
  },
  'surface/secret-files': {
    title: 'Files with secrets are not served',
    remedy: 'No proxy may serve files of the checkout.',
    check: outside((see) => {
      const served = see('secretFiles').filter(({ status }) => status < 400);
      return holds(
        served.length === 0 && see('secretFiles').length > 0,
        served.map(({ request }) => request).join(', ') ||
          see('secretFiles')
            .map(({ request }) => request)
            .join(', '),
      );
    }),
  },
  'surface/description': {
    title: 'The API description is closed outside development',
    remedy: 'Set DEVELOPMENT_MODE=false.',
    check: outside((see) => {
      const { status } = see('description');
      if (see('isLoopback') && !see('isHttps')) return notApplicable('http at loopback');
      return holds(status === 404 || status === 401, String(status));
    }),
  },
  'surface/keys': {
    title: 'No page and no answer holds the key of an AI provider',
    remedy: 'Revoke the key at once, then look for who put it there.',
    check: outside((see) => {
      const { looked, found } = see('keyShapes');
      if (looked === 0) return fail('nothing was looked at');
      return found.length === 0 ? pass(`${String(looked)} texts`) : fail(found.join(', '));
    }),
  },
  'surface/privacy-policy': {
    title: 'The privacy policy is there, with its version',
    remedy: 'Set PRIVACY_CONTROLLER and PRIVACY_CONTACT.',
    check: outside((see) => {
      const { status, body } = see('privacyPolicy');
      return holds(status === 200 && body.includes('"version"'), String(status));
    }),
  },
  'surface/global-privacy-control': {
    title: 'Global Privacy Control is said to be respected',
    remedy: 'No proxy may answer /.well-known by itself.',
    check: outside((see) => {
      const { status, body } = see('globalPrivacyControl');
      return holds(status === 200 && /"gpc":\s*true/.test(body), String(status));
    }),
  },
  'surface/checkpoint': {
    title: 'A signed checkpoint of the audit log is published',
    remedy: 'Set AUDIT_ENABLED=true; a checkpoint is made every hour and on demand.',
    check: outside((see) => {
      const { status, body } = see('checkpoint');
      if (status === 404 && see('isLoopback') && !see('isHttps'))
        return notApplicable('http at loopback, where none was taken yet');
      return holds(status === 200 && body.includes('\n— '), String(status));
    }),
  },
  'surface/security-text': {
    title: 'security.txt says whom to tell about a vulnerability',
    remedy: 'Set SECURITY_CONTACT.',
    check: outside((see) => {
      const { status, body } = see('securityText');
      if (status === 404 && see('isLoopback') && !see('isHttps'))
        return notApplicable('http at loopback, without a contact');
      return holds(status === 200 && /^Contact: /m.test(body) && /^Expires: /m.test(body), String(status));
    }),
  },
} as const satisfies Record<string, Control>;
