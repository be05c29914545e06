import { afterEach, describe, expect, it } from '@jest/globals';
import { UnlinkedFiles } from '../../../../adapters/disk/unlinked-files.js';
import type { TemporaryFile } from '../../../../ports/uploads/temporary-files.js';
import { zipOf } from '../../../../../test/support/storage/zips.js';
import { judgePdf } from './pdf.js';

const files = new UnlinkedFiles();
const signal = new AbortController().signal;

describe('a PDF', () => {
  let file: TemporaryFile;
  afterEach(() => file.close());
  const judge = async (...parts: (string | Buffer)[]): Promise<void> => {
    file = await files.open();
    for (const part of parts) await file.append(Buffer.from(part));
    await judgePdf(file, signal);
  };

  it('that is a zip in front of its own end is refused', async () => {
    await expect(
      judge('%PDF-1.7\n', zipOf([{ name: 'a.txt', bytes: Buffer.from('x') }]), '\n%%EOF\n'),
    ).rejects.toMatchObject({ refusal: { reason: 'hidden_bytes' } });
  });

  it('whose encryption is named where two looks meet is refused', async () => {
    for (const at of [1024 * 1024 - 70, 1024 * 1024 - 4, 1024 * 1024]) {
      const refused = judge('%PDF-1.7\n'.padEnd(at, ' '), '/Encrypt 9 0 R', ' '.repeat(70_000), '%%EOF');
      await expect(refused).rejects.toMatchObject({ refusal: { reason: 'encrypted' } });
      await file.close();
    }
  });

  it('is read in steady time where it is nothing but beginnings of streams', async () => {
    await expect(judge('%PDF-1.7\n', 'stream\nx\x9c'.repeat(20_000), '%%EOF')).resolves.toBeUndefined();
    await file.close();
    const starts = Buffer.from('stream\n\x78\x9c', 'latin1');
    const many = judge('%PDF-1.7\n', Buffer.concat(Array.from({ length: 20_000 }, () => starts)), '%%EOF');
    await expect(many).rejects.toMatchObject({ refusal: { reason: 'too_many_parts' } });
  });
});
