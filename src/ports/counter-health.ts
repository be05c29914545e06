/** Whether the counters that instances share are there. Where one instance counts alone, nothing can be away. */
export abstract class CounterHealth {
  abstract isUp(): boolean;
  /** Tells of each change. Who begins to listen while they are away is told so at once. */
  abstract listen(listener: (up: boolean) => void): void;
}
