import { eicar } from '../clamav/eicar.js';
import { uploadBy, type SentFile } from '../storage/upload.js';
import type { EventRow } from './event-stage.js';

const upload = (text: string, level: EventRow['level'], by: string, file: SentFile): EventRow => ({
  text,
  event: 'upload_validation',
  level,
  by,
  arrange: async (stage) => {
    const person = await stage.person();
    return () => uploadBy(person, file);
  },
});
const text = { name: 'a.txt', type: 'text/plain' };

export const uploadEvents: readonly EventRow[] = [
  upload('UPLOAD malware found', 'HIGH', 'the test file', { ...text, bytes: eicar }),
  upload('UPLOAD refused', 'LOW', 'bytes under the name of a text', { ...text, bytes: Buffer.from([0]) }),
];
