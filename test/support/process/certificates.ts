import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The command that makes them; tests that need certificates are skipped without it. */
export const openssl = spawnSync('openssl', ['version']).status === 0;

/** Paths of PEM files. */
export interface Certificates {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

const settings = `
[req]
prompt = no
distinguished_name = name
x509_extensions = authority
[name]
CN = Velro test
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`;

/** An authority of 30 days, and the certificate it gives to this machine. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'openssl.cnf'), settings);
  const run = (...args: string[]) => promisify(execFile)('openssl', args, { cwd: folder });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const config = ['-config', 'openssl.cnf'];
  await run('req', '-x509', ...curve, ...config, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '30');
  await run(
    'req',
    '-new',
    ...curve,
    ...config,
    '-subj',
    '/CN=localhost',
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
  );
  const from = [
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-extfile',
    'openssl.cnf',
    '-extensions',
    'server',
  ];
  await run('x509', '-req', '-in', 'server.csr', ...from, '-out', 'server.crt', '-days', '30');
  return {
    ca: join(folder, 'ca.crt'),
    certificate: join(folder, 'server.crt'),
    key: join(folder, 'server.key'),
  };
}
