import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { uploadPolicy } from '../../../../config/policy/generations/uploads.js';
import { Log } from '../../../observability/log.js';
import {
  FileUnscannable,
  MalwareScanner,
  ScannerUnavailable,
} from '../../../ports/uploads/malware-scanner.js';
import type { TemporaryFile } from '../../../ports/uploads/temporary-files.js';
import { fileNameOf } from './file-name.js';
import { FileRefused, refusedContent } from './file-refused.js';
import { judgeArchive } from './judges/archive.js';
import { EicarMatcher, eicarSignature } from './judges/eicar.js';
import { identify, identifyPicture, requireDeclared, type IdentifiedFile } from './judges/file-kind.js';
import { judgePdf } from './judges/pdf.js';
import { judgePngTexts } from './judges/png-text.js';
import { judgeText } from './judges/text.js';
import type { ClientContext } from '../../../network/client-context.js';
import { UploadFailures } from './upload-failures.js';
import type { ReceivedFile } from './received-file.js';

/** What passed. `isScanned`: false where the scanner was away. */
export type InspectedFile = IdentifiedFile & { readonly isScanned: boolean };

/** Judges every file that a person sends, whatever for: what passes here is of an allowed type, can be read, and has no known malware in it. */
@Injectable()
export class InspectionService {
  private readonly allowedTypes: readonly string[];
  private readonly takesUnscanned: boolean;

  constructor(
    private readonly scanner: MalwareScanner,
    private readonly failures: UploadFailures,
    private readonly log: Log,
    @Inject(CONFIG) { uploads }: Pick<Config, 'uploads'>,
  ) {
    this.allowedTypes = uploads.allowedTypes;
    this.takesUnscanned = uploads.whenScannerIsDown === 'quarantine';
  }

  /** For a file that is announced: what its name and declared type refuse. @throws FileRefused */
  requireAllowed(name: string, declaredType: string): void {
    requireDeclared(name, declaredType, this.allowedTypes);
  }

  /**
   * A picture passes as it came: whoever stores it encodes it anew.
   * @throws FileRefused; ScannerUnavailable unless unscanned files go into quarantine, or the signal's reason
   */
  async inspect({ name, declaredType, file }: ReceivedFile, signal: AbortSignal): Promise<InspectedFile> {
    const head = await file.read(0, uploadPolicy.headBytes);
    const identified = await identify(name, declaredType, head, this.allowedTypes);
    const matcher = new EicarMatcher();
    await file.each((piece) => {
      matcher.add(piece);
    });
    refuseMatched(matcher);
    await judgeContent(identified, file, signal);
    return { ...identified, isScanned: await this.scanIfUp(file, signal) };
  }

  /**
   * The same for a picture in memory, whose name and declared type count where it has any: `name` and `declaredType` are empty for one that
   * was fetched.
   * @throws Problem `file_name_refused`, `file_type_refused`, `file_refused`, `file_infected`, `unavailable`, or the signal's reason
   */
  inspectPicture(
    client: ClientContext,
    bytes: Uint8Array,
    said: Omit<ReceivedFile, 'file'>,
    signal: AbortSignal,
  ): Promise<void> {
    return this.failures.explain(client, () => this.judgePicture(bytes, said, signal));
  }

  private async judgePicture(
    bytes: Uint8Array,
    { name, declaredType }: Omit<ReceivedFile, 'file'>,
    signal: AbortSignal,
  ): Promise<void> {
    if (name !== '') fileNameOf(name);
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const head = buffer.subarray(0, uploadPolicy.headBytes);
    const { contentType } = await identifyPicture(name, declaredType, head, this.allowedTypes);
    const matcher = new EicarMatcher();
    matcher.add(buffer);
    refuseMatched(matcher);
    if (contentType === 'image/png') judgePngTexts(buffer);
    await this.scan(streamOf(buffer), signal);
  }

  private async scanIfUp(file: TemporaryFile, signal: AbortSignal): Promise<boolean> {
    try {
      await this.scan(file.stream(), signal);
      return true;
    } catch (error) {
      if (!this.takesUnscanned || !(error instanceof ScannerUnavailable)) throw error;
      this.log.warn('the malware scanner is away: a file goes into quarantine', { cause: error });
      return false;
    }
  }

  private async scan(bytes: Readable, signal: AbortSignal): Promise<void> {
    try {
      const result = await this.scanner.scan(bytes, signal);
      if (!result.isClean) throw new FileRefused({ kind: 'infected', signature: result.signature });
    } catch (error) {
      throw error instanceof FileUnscannable ? refusedContent('unscannable', error) : error;
    }
  }
}

const streamOf = (bytes: Buffer): Readable => Readable.from([bytes], { objectMode: false });

/** Whatever the scanner: none may be configured, or one without a signature of it. */
function refuseMatched({ hasMatched }: EicarMatcher): void {
  if (hasMatched) throw new FileRefused({ kind: 'infected', signature: eicarSignature });
}

async function judgeContent(
  { kind, contentType }: IdentifiedFile,
  file: TemporaryFile,
  signal: AbortSignal,
): Promise<void> {
  switch (kind) {
    case 'archive':
      await judgeArchive(file, signal);
      return;
    case 'pdf':
      await judgePdf(file, signal);
      return;
    case 'text':
      await judgeText(file);
      return;
    case 'picture':
      if (file.bytes > uploadPolicy.pictureBytes) throw refusedContent('picture_too_large');
      if (contentType === 'image/png') judgePngTexts(await file.read(0, file.bytes));
      return;
    case 'opaque':
  }
}
