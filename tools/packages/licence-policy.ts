/** Licences (SPDX) under which a package may be in the image: all allow use in a closed product and ask for their notice alone. */
export const allowedLicences: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
];

/** Packages that may have a further licence, by the beginning of their name, with the reason. */
export const licenceExceptions: readonly {
  readonly name: string;
  readonly licence: string;
  readonly reason: string;
}[] = [
  {
    name: '@img/sharp-',
    licence: 'LGPL-3.0-or-later',
    reason: 'libvips, unchanged, in a library of its own that is loaded dynamically and can be replaced',
  },
];

/** Packages that name no licence where programs look, with that of the text which they come with. */
export const licencesByText: Readonly<Record<string, string>> = { pause: 'MIT' };
