import { ObjectRefused, StorageUnavailable, type SignedUrl } from '../../ports/object-storage.js';

/** An entry of the answer to a request for links: `error` says that this object alone was not signed. */
interface SignedEntry {
  readonly path: string | null;
  readonly error: string | null;
  readonly signedUrl: string | null;
}

/**
 * The links of `keys`, in their order. `unsigned`: the address below which the links lie, without a token.
 * @throws Error when the answer leaves out an object, or has the link of another one
 */
export function signedUrlsOf(
  keys: readonly string[],
  answer: readonly SignedEntry[],
  unsigned: string,
): SignedUrl[] {
  const entries = new Map(answer.map((entry) => [entry.path, entry]));
  return keys.map((key) => {
    const { error = null, signedUrl = null } = entries.get(key) ?? {};
    const url = `${unsigned}/${key}`;
    // The storage opens no address without a token, so the page can be shown with it.
    if (typeof error === 'string') return { url, isSigned: false };
    if (signedUrl?.startsWith(`${url}?`) !== true) throw new Error('an object is without its link');
    return { url: signedUrl, isSigned: true };
  });
}

/** Whether an error says that there is no such object; any other, a missing bucket among them, says nothing of the object. */
export function isMissingObject(error: { readonly message: string; readonly code?: unknown }): boolean {
  // By the storage's own record of the object, or by the store of files behind it.
  return error.code === 'NoSuchKey' || error.message === 'Object not found' || error.message === 'NoSuchKey';
}

/** Why an object was not stored: by itself, or because the storage takes none, of which a used up quota is 402 or 413 as well. */
export function notStored(cause: { readonly message: string; readonly code?: unknown }): StorageUnavailable {
  const { code, message } = cause;
  const isOfObject =
    code === 'EntityTooLarge' ||
    code === 'InvalidMimeType' ||
    message.startsWith('The object exceeded') ||
    /^mime type .* is not supported$/.test(message);
  return new (isOfObject ? ObjectRefused : StorageUnavailable)('the object was not stored', { cause });
}

/** @throws StorageUnavailable when the listing has more but no cursor: a partial listing must not pass for a complete one */
export function nextOf(
  page: { readonly hasNext: boolean; readonly nextCursor?: string },
  before: string | undefined,
): string | undefined {
  if (!page.hasNext) return undefined;
  if (page.nextCursor === undefined || page.nextCursor === before) {
    throw new StorageUnavailable('the objects were not listed', {
      cause: new Error('the listing does not go on'),
    });
  }
  return page.nextCursor;
}
