/** The queue of pictures on this instance is full: nothing was done, a retry may succeed. */
export class MediaBusy extends Error {
  override readonly name = 'MediaBusy';
  constructor() {
    super('too many pictures are waiting');
  }
}
