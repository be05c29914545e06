import { Readable } from 'node:stream';
import { fileTypeFromBuffer } from 'file-type';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultFileTypes } from '../../../../config/values/file-types.js';
import { UnlinkedFiles } from '../../../adapters/disk/unlinked-files.js';
import { NoScanner } from '../../../adapters/clamav/no-scanner.js';
import { HttpsFiles } from '../../../adapters/https/https-files.js';
import {
  MalwareScanner,
  ScannerUnavailable,
  type ScanResult,
} from '../../../ports/uploads/malware-scanner.js';
import { InProcessDecoder } from '../../../../test/support/generations/in-process-decoder.js';
import { badFiles, goodFiles } from '../../../../test/support/storage/bad-files.js';
import { zipOf } from '../../../../test/support/storage/zips.js';
import { MediaIntake } from '../../media/media-intake.js';
import { FileIntake } from './file-intake.js';
import { fileNameOf } from './file-name.js';
import { FileRefused } from './file-refused.js';
import { InspectionService } from './inspection.service.js';

const running = (): AbortSignal => new AbortController().signal;
const files = new UnlinkedFiles();

class GivenScanner extends MalwareScanner {
  scans = 0;
  result: ScanResult | Error = { isClean: true };
  scan(bytes: Readable): Promise<ScanResult> {
    bytes.destroy();
    this.scans += 1;
    return this.result instanceof Error ? Promise.reject(this.result) : Promise.resolve(this.result);
  }
}

const intakeWith = (scanner: MalwareScanner): FileIntake => {
  const uploads = { allowedTypes: [...defaultFileTypes, 'application/zip'] };
  const media = new MediaIntake(new HttpsFiles(), undefined as never, new InProcessDecoder());
  return new FileIntake(
    new InspectionService(scanner, undefined as never, undefined as never, { uploads } as never),
    media,
  );
};

describe('the intake of uploaded files', () => {
  const scanner = new GivenScanner();
  let intake: FileIntake;
  beforeAll(() => {
    intake = intakeWith(scanner);
  });
  afterAll(() => undefined);

  const prepare = async (name: string, declaredType: string, bytes: Buffer, by = intake) => {
    const file = await files.open();
    try {
      await file.append(bytes);
      const prepared = await by.prepare({ name: fileNameOf(name), declaredType, file }, running());
      const body = prepared.body();
      const parts: Buffer[] = [];
      if (body instanceof Readable) for await (const part of body) parts.push(part as Buffer);
      return { ...prepared, stored: body instanceof Readable ? Buffer.concat(parts) : Buffer.from(body) };
    } finally {
      await file.close();
    }
  };
  /** What the sender is told, by the refusal. */
  const told = (error: unknown): unknown => {
    if (!(error instanceof FileRefused)) return error;
    const { refusal } = error;
    const code = {
      name: 'file_name_refused',
      type: 'file_type_refused',
      content: 'file_refused',
      infected: 'file_infected',
    };
    return { code: code[refusal.kind], ...(refusal.kind === 'content' ? { reason: refusal.reason } : {}) };
  };

  it.each(badFiles)('refuses $title', async ({ name, type, bytes, code, reason }) => {
    scanner.result = { isClean: true };
    const outcome = await prepare(name, type, await bytes()).catch(told);
    expect(outcome).toEqual({ code, ...(reason === undefined ? {} : { reason }) });
  });

  it.each(goodFiles)('takes $title', async ({ name, type, bytes }) => {
    scanner.result = { isClean: true };
    const received = await bytes();
    const before = scanner.scans;
    const { contentType, stored, bytes: size, width } = await prepare(name, type, received);
    expect([size, scanner.scans - before]).toEqual([stored.length, 1]);
    if (!contentType.startsWith('image/')) expect(stored.equals(received)).toBe(true);
    else {
      expect(width).toBe(64);
      expect((await fileTypeFromBuffer(stored))?.mime).toBe(contentType);
      for (const foreign of ['<script', 'PK\x03\x04', 'Comment'])
        expect(stored.includes(Buffer.from(foreign, 'latin1'))).toBe(false);
    }
  });

  it('refuses what the scanner finds, whatever the judges say of it', async () => {
    scanner.result = { isClean: false, signature: 'Some.Virus' };
    const refused = prepare('a.txt', 'text/plain', Buffer.from('x'));
    await expect(refused).rejects.toMatchObject({ refusal: { kind: 'infected', signature: 'Some.Virus' } });
  });

  it('takes nothing while the scanner does not answer', async () => {
    scanner.result = new ScannerUnavailable('gone');
    await expect(prepare('a.txt', 'text/plain', Buffer.from('x'))).rejects.toBeInstanceOf(ScannerUnavailable);
  });

  it('takes with no scanner what a scanner would be asked for, but not the test file', async () => {
    const bare = intakeWith(new NoScanner());
    await expect(prepare('a.txt', 'text/plain', Buffer.from('x'), bare)).resolves.toMatchObject({ bytes: 1 });
    for (const { name, type, bytes } of badFiles.filter(({ code }) => code === 'file_infected'))
      await expect(prepare(name, type, await bytes(), bare)).rejects.toBeInstanceOf(FileRefused);
  });

  it('says nothing of an aborted judgement', async () => {
    const file = await files.open();
    await file.append(zipOf([{ name: 'a.txt', bytes: Buffer.from('x') }]));
    const given = new AbortController();
    given.abort(new Error('the client left'));
    const judged = intake.prepare({ name: 'a.zip', declaredType: 'application/zip', file }, given.signal);
    await expect(judged).rejects.toThrow('the client left');
    await file.close();
  });
});
