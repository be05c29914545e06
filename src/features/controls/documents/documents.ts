import { checklist } from './checklist.js';
import { enterprise } from './enterprise.js';
import { guide } from './guide.js';
import type { SourceDocument } from './source-document.js';

/** The documents that the service fulfils, line by line. */
export const sourceDocuments: readonly SourceDocument[] = [guide, checklist, enterprise];
