import { docsPaths } from './headers.js';
import { probePaths } from './http.js';

/** Pages that other sites may link to: they answer everybody alike, are not limited, and change nothing. */
export const openPages: readonly string[] = [docsPaths.page, docsPaths.description, ...probePaths];

/** Signed media, which other sites may embed. */
export const mediaPaths: readonly string[] = ['/media'];
