// npm run sbom [-- --out <file>]: the software bill of materials of the image, as CycloneDX JSON. `npm sbom --omit dev` is not used: it
// also leaves out production packages that a package of development names.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../build.ts';
import { readLock, type LockedPackage } from './locked-packages.ts';

/** A component of CycloneDX 1.5, as far as it is written here. */
interface Component {
  readonly type: 'application' | 'library';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly scope?: 'required' | 'optional';
  readonly hashes?: readonly { readonly alg: 'SHA-512'; readonly content: string }[];
  readonly licenses?: readonly { readonly expression: string }[];
}

export interface Sbom {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.5';
  readonly serialNumber: string;
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const purlOf = (name: string, version: string): string =>
  `pkg:npm/${name.replace(/^@/, '%40')}@${encodeURIComponent(version)}`;

/** The same text for the same lock file: neither a time nor a random number stands in it. */
export function sbomOf(folder: string): Sbom {
  const { name, version, needs, packages } = readLock(folder);
  const refs = new Map(packages.map((one) => [one.path, refOf(one)]));
  const refsOf = (paths: readonly string[]): string[] => paths.flatMap((path) => refs.get(path) ?? []);
  const purl = purlOf(name, version);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${uuidOf(readFileSync(join(folder, 'package-lock.json')))}`,
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': purl, name, version, purl } },
    components: packages.map(toComponent),
    dependencies: [
      { ref: purl, dependsOn: refsOf(needs) },
      ...packages.map((one) => ({ ref: refOf(one), dependsOn: refsOf(one.needs) })),
    ],
  };
}

/** One package may be installed twice in one version. */
const refOf = ({ name, version, path }: LockedPackage): string => `${purlOf(name, version)}#${path}`;

function toComponent(one: LockedPackage): Component {
  const sha512 = one.integrity.split(' ').find((hash) => hash.startsWith('sha512-'));
  if (sha512 === undefined) throw new Error(`${one.path} has no SHA-512 in package-lock.json`);
  return {
    type: 'library',
    'bom-ref': refOf(one),
    name: one.name,
    version: one.version,
    purl: purlOf(one.name, one.version),
    scope: one.isOptional ? 'optional' : 'required',
    hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512.slice(7), 'base64').toString('hex') }],
    ...(one.licence === undefined ? {} : { licenses: [{ expression: one.licence }] }),
  };
}

/** A UUID of version 8 (RFC 9562) from a hash of the content. */
function uuidOf(content: Buffer): string {
  const hex = createHash('sha256').update(content).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  const text = `${JSON.stringify(sbomOf(root), null, 2)}\n`;
  if (values.out === undefined) process.stdout.write(text);
  else {
    writeFileSync(values.out, text);
    process.stdout.write(`wrote ${values.out}\n`);
  }
}
