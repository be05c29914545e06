import type { Mutant } from '../../mutant.ts';

const scanner = 'src/adapters/clamav/clamav-scanner.ts';
const verdict = 'src/adapters/clamav/instream-answer.ts';
const scannerSpec = ['test/contracts/malware-scanner.spec.ts'];

const judges = 'src/features/storage/uploads/judges';
const intakeSpec = ['src/features/storage/uploads/file-intake.spec.ts'];
const nameSpec = ['src/features/storage/uploads/file-name.spec.ts'];

export const inspectionMutants: readonly Mutant[] = [
  {
    title: 'a file is clean that the scanner has not read to its end',
    file: scanner,
    find: 'result.isClean && !call.isWhole',
    replace: 'false',
    specs: scannerSpec,
  },
  {
    title: 'an answer of the scanner that was cut off counts',
    file: verdict,
    find: 'end === -1 || end !== answer.length - 1',
    replace: 'answer.length === 0',
    specs: scannerSpec,
  },
  {
    title: 'a scanner that says something else has found nothing',
    file: verdict,
    find: "throw new ScannerUnavailable('the answer of clamd is no verdict');",
    replace: 'return { isClean: true };',
    specs: scannerSpec,
  },
  {
    title: 'a file is stored whatever the scanner finds',
    file: 'src/features/storage/uploads/inspection.service.ts',
    find: 'if (!result.isClean) throw',
    replace: 'if (result.isClean && !result.isClean) throw',
    specs: intakeSpec,
  },
  {
    title: 'the test file is taken where no scanner is configured',
    file: 'src/features/storage/uploads/inspection.service.ts',
    find: '      matcher.add(piece);\n',
    replace: '',
    specs: intakeSpec,
  },
  {
    title: 'the test file is not seen where pieces meet',
    file: `${judges}/eicar.ts`,
    find: 'seam.includes(eicar) || piece.includes(eicar)',
    replace: 'piece.includes(eicar)',
    specs: intakeSpec,
  },
  {
    title: 'an archive expands without end',
    file: `${judges}/expansion.ts`,
    find: "if (this.partBytes > partBytes || this.bytes > bytes) throw refusedContent('expands');",
    replace: 'if (partBytes + bytes < 0) return;',
    specs: intakeSpec,
  },
  {
    title: 'many small entries expand without end',
    file: `${judges}/expansion.ts`,
    find: ' || this.bytes > bytes',
    replace: '',
    specs: intakeSpec,
  },
  {
    title: 'an encrypted archive is taken',
    file: `${judges}/archive.ts`,
    find: "if (entry.isEncrypted()) throw refusedContent('encrypted');",
    replace: '',
    specs: intakeSpec,
  },
  {
    title: 'an archive in an archive is taken under another name',
    file: `${judges}/archive.ts`,
    find: "archiveTypes.test(sniffed?.mime ?? '') || start.includes(zipEntry)",
    replace: 'false',
    specs: intakeSpec,
  },
  {
    title: 'an archive may have bytes that no entry speaks of',
    file: `${judges}/archive.ts`,
    find: '    if (end === 0 ? gap !== 0 : !descriptorBytes.has(gap)) throw',
    replace: '    if (gap < -Infinity) throw',
    specs: intakeSpec,
  },
  {
    title: 'an encrypted PDF is taken',
    file: `${judges}/pdf.ts`,
    find: "if (encryption.test(text)) throw refusedContent('encrypted');",
    replace: '',
    specs: intakeSpec,
  },
  {
    title: 'a PDF may be a zip as well',
    file: `${judges}/pdf.ts`,
    find: "if (tail.includes(zipEnd)) throw refusedContent('hidden_bytes');",
    replace: '',
    specs: ['src/features/storage/uploads/judges/pdf.spec.ts'],
  },
  {
    title: 'compressed texts of a PNG are not looked at',
    file: 'src/features/storage/uploads/inspection.service.ts',
    find: "if (contentType === 'image/png') judgePngTexts(await file.read(0, file.bytes));",
    replace: '',
    specs: intakeSpec,
  },
  {
    title: 'the declared type of a file does not matter',
    file: `${judges}/file-kind.ts`,
    find: '!isAllowed || ![contentType, ...(type.declaredAs ?? [])].includes(said.trim())',
    replace: '!isAllowed',
    specs: intakeSpec,
  },
  {
    title: 'the content of a file does not matter',
    file: `${judges}/file-kind.ts`,
    find: "sniffed?.mime !== (type.kind === 'text' ? undefined : contentType)",
    replace: "type.kind === 'text' && sniffed !== undefined",
    specs: intakeSpec,
  },
  {
    title: 'a name may turn the direction of text around',
    file: 'src/features/storage/uploads/file-name.ts',
    find: '\\p{Bidi_Control}',
    replace: '',
    specs: nameSpec,
  },
  {
    title: 'a name may be a path',
    file: 'src/features/storage/uploads/file-name.ts',
    find: '[/\\\\\\p{Cc}',
    replace: '[\\p{Cc}',
    specs: nameSpec,
  },
];
