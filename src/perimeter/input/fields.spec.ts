import { describe, expect, it } from '@jest/globals';
import { inputValidation } from './validation.js';
import { AddressRangesField, MomentField, UuidField } from './fields.js';

class Query {
  @UuidField({ description: 'An id.', optional: true })
  id?: string;

  @MomentField({ description: 'A moment.', optional: true })
  since?: string;

  @AddressRangesField({ description: 'Ranges.', optional: true, max: 2 })
  ranges?: string[];
}

const read = (value: unknown): Promise<unknown> =>
  inputValidation().transform(value, { type: 'query', metatype: Query }) as Promise<unknown>;

describe('a field', () => {
  it.each([
    ['of a usual version', '0193c1f0-7d1e-7cc0-9b57-2f7de54aa001'],
    ['of no version that is in use', '00000000-0000-0000-0000-00000000000a'],
  ])('for an id takes one %s, as paths do', async (_title, id) => {
    expect(await read({ id })).toEqual({ id });
  });

  it('for an id takes capitals, and reads them as small letters', async () => {
    expect(await read({ id: '0193C1F0-7D1E-7CC0-9B57-2F7DE54AA001' })).toEqual({
      id: '0193c1f0-7d1e-7cc0-9b57-2f7de54aa001',
    });
  });

  it.each(['', 'x', '0193c1f0-7d1e-7cc0-9b57-2f7de54aa00', '0193c1f07d1e7cc09b572f7de54aa001', ['x'], 1])(
    'for an id refuses %p',
    async (id) => {
      await expect(read({ id })).rejects.toMatchObject({
        parts: { errors: [{ field: 'id', code: 'is_uuid' }] },
      });
    },
  );

  it('for ranges holds each once, and refuses more than its bound even where they are equal', async () => {
    expect(await read({ ranges: ['192.0.2.7', '192.0.2.7'] })).toMatchObject({ ranges: { length: 1 } });
    await expect(read({ ranges: Array<string>(3).fill('192.0.2.7') })).rejects.toMatchObject({
      parts: { errors: [{ field: 'ranges', code: 'array_max_size' }] },
    });
  });

  it('for a moment takes any offset and parts of a second', async () => {
    const since = '2026-11-27T08:00:00.123456789+05:45';
    expect(await read({ since })).toEqual({ since });
  });

  it.each(['0099-12-31T23:59:59Z', '2026-11-27t08:00:00z', '2026-02-30T08:00:00Z', '2026-11-27'])(
    'for a moment refuses %s',
    async (since) => {
      await expect(read({ since })).rejects.toMatchObject({ parts: { errors: [{ field: 'since' }] } });
    },
  );
});
