import { isLoopbackHost } from '../values/network-address.js';
import { Malformed, type Parser } from '../values/parse-values.js';
import { hasReadableCredentials, parseUrl } from '../values/web-address.js';

/** An S3-compatible bucket, as `https://<key id>:<secret key>@<host>/<bucket>[/<prefix>][?region=<region>]`. */
export interface BackupAddress {
  /** Origin of the service. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Ends with a slash, or is empty. */
  readonly prefix: string;
  readonly region: string;
  readonly keyId: string;
  readonly secretKey: string;
}

const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const prefixName = /^(?:[\w-][\w.-]{0,99}\/){0,5}$/;

/** Null when the text is none. */
export function readBackupAddress(text: string): BackupAddress | null {
  const url = parseUrl(text, ['https:', 'http:']);
  if (url === null || url.username === '' || url.password === '' || url.hash !== '') return null;
  if (!hasReadableCredentials(url)) return null;
  const [, bucket = '', ...parts] = url.pathname.replace(/\/$/, '').split('/');
  const prefix = parts.map((part) => `${part}/`).join('');
  const { region = regionIn(url.hostname), ...unknown } = Object.fromEntries(url.searchParams);
  if (!bucketName.test(bucket) || !prefixName.test(prefix) || !/^[a-z0-9-]{2,40}$/.test(region)) return null;
  if (Object.keys(unknown).length > 0) return null;
  return {
    endpoint: url.origin,
    bucket,
    prefix,
    region,
    keyId: decodeURIComponent(url.username),
    secretKey: decodeURIComponent(url.password),
  };
}

/** Hosts of the form `s3.eu-west-1.amazonaws.com` name theirs; where there are none, any word does. */
const regionIn = (host: string): string => /^s3[.-]([a-z0-9-]+)\.[a-z]/.exec(host)?.[1] ?? 'auto';

export const parseBackupAddress: Parser<string> = (text) => {
  const found = readBackupAddress(text);
  if (found === null)
    return new Malformed(
      'is not the address of a bucket with its credentials',
      'Write https://<key id>:<secret key>@<host>/<bucket>/<prefix>?region=<region>, percent-encoding special characters in the keys.',
    );
  const { protocol, hostname } = new URL(found.endpoint);
  return protocol === 'https:' || isLoopbackHost(hostname)
    ? text.trim()
    : new Malformed('would send backups without TLS', 'Write https://; http:// is for this machine alone.');
};

/** A public key of age, in bech32 (https://age-encryption.org/v1): an identity in its place must be refused, and not repeated. */
export const parseBackupRecipient: Parser<string> = (text) =>
  /^age1[02-9ac-hj-np-z]{58}$/.test(text.trim())
    ? text.trim()
    : new Malformed(
        'is no public key of age',
        'Write the age1… of an identity that is kept elsewhere: age-keygen.',
      );
