export const fileKinds = ['result', 'reference', 'upload'] as const;
export type FileKind = (typeof fileKinds)[number];

/** A file of an account in the object storage. */
export interface StoredFile {
  readonly id: string;
  readonly kind: FileKind;
  /** For a result: its generation. */
  readonly generationId: string | null;
  /** Of an upload: what it is called; null for the others. */
  readonly fileName: string | null;
  readonly objectKey: string;
  readonly contentType: string;
  /** Pixels; null where they are not known. */
  readonly width: number | null;
  readonly height: number | null;
  readonly bytes: number;
  readonly createdAt: Date;
  /** No scanner has seen it: nobody reads it before one has. */
  readonly isQuarantined: boolean;
  /** Null: until it is deleted. */
  readonly expiresAt: Date | null;
}

/** Size of an account's files in bytes, in total and by kind. */
export interface StorageUsage {
  readonly bytes: number;
  readonly byKind: Readonly<Record<FileKind, { readonly files: number; readonly bytes: number }>>;
}
