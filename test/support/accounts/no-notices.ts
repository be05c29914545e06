import type { NoticesService } from '../../../src/features/notices/notices.service.js';

/** For stages without a mail server. */
export const noNotices = { add: () => Promise.resolve(true) } as unknown as NoticesService;
